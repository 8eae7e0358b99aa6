"""Seeds hold every invariant, and known mistakes are found out."""

from collections.abc import Callable

import pytest

from tests.simulator import mistakes_of_phones as phones
from tests.simulator import mistakes_of_servers as servers
from tests.simulator.run import simulate, trial
from tests.simulator.settled import settled_town

SEEDS = 12
"""Here; CI runs thousands by `python -m tests.simulator`."""
SEEDS_TO_FIND_IT = 25
MISTAKES = (
    servers.winner_by_clock,
    servers.no_dedupe,
    phones.cursor_kept_before_the_rows,
    servers.own_chain_ignored,
    phones.what_left_is_kept,
    servers.numbers_out_of_order,
    phones.overlay_dropped_when_received,
    servers.delete_always_wins,
    servers.a_dot_lost_when_equal_values_meet,
    phones.base_of_today_instead_of_when_the_form_was_opened,
)


@pytest.fixture(autouse=True)
def _a_town_without_mistakes() -> None:
    settled_town()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_seed_holds_every_invariant(seed: int) -> None:
    simulate(seed)


def test_a_seed_is_the_same_history_twice() -> None:
    first, again = simulate(3), simulate(3)

    assert first.trace == again.trace
    assert [made.key for made in first.oracle.made] == [made.key for made in again.oracle.made]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: str(mistake.__name__))
def test_a_known_mistake_is_found_out(
    mistake: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(monkeypatch)

    assert any(says for _, says in map(trial, range(SEEDS_TO_FIND_IT)))
