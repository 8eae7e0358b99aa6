"""Whatever may happen happens, each seed is one history, and known mistakes are found out."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.mobile.field import Fault
from tests.simulator import mistakes_of_phones as phones
from tests.simulator import mistakes_of_servers as servers
from tests.simulator.acts import ACTS
from tests.simulator.run import LONG_EVERY, simulate, trial
from tests.simulator.settled import settled_town

SEEDS_IN_WHICH_ALL_HAPPENS = 75
SEEDS_TO_FIND_IT = 100
MISTAKES = (
    servers.winner_by_clock,
    servers.no_dedupe,
    phones.cursor_kept_before_the_rows,
    servers.own_chain_ignored,
    phones.what_left_is_kept,
    phones.stale_answer_accepted,
    servers.numbers_out_of_order,
    phones.overlay_dropped_when_received,
    servers.delete_always_wins,
    servers.a_dot_lost_when_equal_values_meet,
    phones.base_of_today_instead_of_when_the_form_was_opened,
    phones.asked_until_the_office_has_the_answer,
    phones.asked_what_others_are_asked,
)
BESIDE_ACTS = {
    "the battery dies",
    "two syncs at once",
    "an edit during a sync",
    "a file was imported again",
    "an untouched merge taken back",
    "a number claimed twice",
    "an answer that the office has not read",
    "answered 409 gap",
    "answered 409 fork",
    "answered 410 epoch",
    "answered 410 too_old",
    *(f"line: {fault}" for fault in Fault if fault is not Fault.NONE),
    "line: late",
    "line: crash before",
    "line: crash after",
    "line: server dies",
}


@pytest.fixture(autouse=True)
def _a_town_without_mistakes() -> None:
    settled_town()


@pytest.mark.parametrize("seed", [LONG_EVERY, 3])
def test_a_seed_is_the_same_history_twice(seed: int) -> None:
    first, again = simulate(seed), simulate(seed)

    assert first.trace == again.trace
    assert first.happened == again.happened
    assert [made.key for made in first.oracle.made] == [made.key for made in again.oracle.made]


def test_everything_that_may_happen_happens() -> None:
    happened: Counter[str] = Counter()
    for seed in range(SEEDS_IN_WHICH_ALL_HAPPENS):
        happened += simulate(seed).happened

    assert {each.name for each in ACTS} | BESIDE_ACTS <= {name for name, n in happened.items() if n}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: str(mistake.__name__))
def test_a_known_mistake_is_found_out(
    mistake: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(monkeypatch)

    assert any(trial(seed).says for seed in range(SEEDS_TO_FIND_IT))
