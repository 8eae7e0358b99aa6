"""A thousand seeds hold every invariant; `python -m tests.simulator` runs as many as you like.

Each class is a share that one worker of the test run takes: `--dist loadscope`.
"""

from typing import ClassVar

import pytest

from tests.simulator.run import trial

SHARE, AT_ONCE = 125, 25


class Share:
    """So many seeds from the first on."""

    first: ClassVar[int]

    @pytest.mark.parametrize("after", range(0, SHARE, AT_ONCE))
    def test_these_seeds_hold_every_invariant(self, after: int) -> None:
        beginning = self.first + after

        found = [trial(seed).says for seed in range(beginning, beginning + AT_ONCE)]

        assert not any(found), "\n\n".join(says for says in found if says)


class TestSeedsFrom0(Share):
    first = 0


class TestSeedsFrom125(Share):
    first = SHARE


class TestSeedsFrom250(Share):
    first = 2 * SHARE


class TestSeedsFrom375(Share):
    first = 3 * SHARE


class TestSeedsFrom500(Share):
    first = 4 * SHARE


class TestSeedsFrom625(Share):
    first = 5 * SHARE


class TestSeedsFrom750(Share):
    first = 6 * SHARE


class TestSeedsFrom875(Share):
    first = 7 * SHARE
