"""Two thousand seeds hold every invariant; `python -m tests.simulator` runs as many as you like.

Each class is a share that one worker of the test run takes: `--dist loadscope`.
"""

from typing import ClassVar

import pytest

from tests.simulator.run import trial

SHARE, AT_ONCE = 250, 25


class Share:
    """So many seeds from the first on."""

    first: ClassVar[int]

    @pytest.mark.parametrize("after", range(0, SHARE, AT_ONCE))
    def test_these_seeds_hold_every_invariant(self, after: int) -> None:
        beginning = self.first + after

        found = [trial(seed).says for seed in range(beginning, beginning + AT_ONCE)]

        assert not any(found), "\n\n".join(says for says in found if says)


class TestFirstShare(Share):
    first = 0


class TestSecondShare(Share):
    first = SHARE


class TestThirdShare(Share):
    first = 2 * SHARE


class TestFourthShare(Share):
    first = 3 * SHARE


class TestFifthShare(Share):
    first = 4 * SHARE


class TestSixthShare(Share):
    first = 5 * SHARE


class TestSeventhShare(Share):
    first = 6 * SHARE


class TestEighthShare(Share):
    first = 7 * SHARE
