"""Whatever several hands do without knowing of each other, everybody ends with the same case."""

from random import Random
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.work.guards import possible
from shared.work.standing import Why
from shared.work.values import HANDOVERS, OPEN, Action, Case, Level, Phase, Step
from tests.shared.work.cases import DISPUTE, HAZARD, MONDAY, Hand, stands

Move: TypeAlias = tuple[int, int, bool, int, str]
HANDS = st.lists(st.sampled_from(list(Level)), min_size=2, max_size=4)
MOVES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 99),
        st.booleans(),
        st.integers(-50, 50),
        st.sampled_from(["ok", "not_ok", "agreed", "failed"]),
    ),
    min_size=1,
    max_size=14,
)
CASES = st.sampled_from([HAZARD, DISPUTE])


def play(case: Case, levels: list[Level], moves: list[Move], *, always_meet: bool) -> list[Step]:
    """Each move: who, which of the possible steps, whether all meet before it, its wrong clock."""
    hands = [Hand(f"h{place}", level) for place, level in enumerate(levels)]
    for minute, (who, which, meets, wrong, how) in enumerate(moves):
        hand = hands[who % len(hands)]
        if meets or always_meet:
            hand.meet(*[other for other in hands if other is not hand])
        offered = possible(hand.actor(case), hand.standing(case))
        action = offered[which % len(offered)]
        clock = 0 if always_meet else wrong
        hand.step(
            case,
            action,
            MONDAY + (minute * 10 + clock) * 60_000,
            ok=how != "not_ok",
            outcome=how if action is Action.SESSION and how in ("agreed", "failed") else "",
            to="police" if action is Action.TRANSFER else "",
            same_as="other" if action is Action.DUPLICATE else "",
        )
    hands[0].meet(*hands[1:])
    return hands[0].seen


@settings(max_examples=150, deadline=None)
@given(CASES, HANDS, MOVES, st.integers(0, 2**32))
def test_the_order_in_which_steps_arrive_changes_nothing(
    case: Case, levels: list[Level], moves: list[Move], seed: int
) -> None:
    steps = play(case, levels, moves, always_meet=False)
    shuffled = list(steps)
    Random(seed).shuffle(shuffled)

    assert stands(case, *shuffled) == stands(case, *steps)


@settings(max_examples=150, deadline=None)
@given(CASES, HANDS, MOVES)
def test_no_step_is_lost(case: Case, levels: list[Level], moves: list[Move]) -> None:
    steps = play(case, levels, moves, always_meet=False)

    standing = stands(case, *steps)

    told = [*standing.took, *(aside.step for aside in standing.asides)]
    assert sorted(step.id for step in told) == sorted(step.id for step in steps)
    assert all(aside.why is not Why.UNSEEN for aside in standing.asides)


@settings(max_examples=150, deadline=None)
@given(CASES, HANDS, MOVES)
def test_whoever_knows_of_everything_takes_steps_that_all_count(
    case: Case, levels: list[Level], moves: list[Move]
) -> None:
    steps = play(case, levels, moves, always_meet=True)

    standing = stands(case, *steps)

    assert standing.asides == ()
    assert standing.contested == ()


@settings(max_examples=150, deadline=None)
@given(CASES, HANDS, MOVES)
def test_a_contested_case_waits_where_it_was_handed_to(
    case: Case, levels: list[Level], moves: list[Move]
) -> None:
    standing = stands(case, *play(case, levels, moves, always_meet=False))

    if standing.contested:
        closing, handing = standing.contested
        assert closing.closes
        assert handing.action in HANDOVERS
        assert closing.turn == handing.turn
        assert standing.phase in OPEN
        assert standing.phase is not Phase.HANDLING
