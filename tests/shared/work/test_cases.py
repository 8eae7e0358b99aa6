"""What becomes of a case: step by step, and when people could not know of each other."""

from itertools import permutations

from msgspec import structs

from shared.work.guards import possible
from shared.work.standing import Why
from shared.work.values import Action, Actor, Case, Level, Phase, Step
from tests.shared.work.cases import DISPUTE, HAZARD, MONDAY, Hand, stands

MINUTE = 60_000


def at(minutes: int) -> int:
    return MONDAY + minutes * MINUTE


def test_a_case_that_is_solved_on_the_spot_waits_only_to_be_verified() -> None:
    ann = Hand("ann")
    close = ann.step(HAZARD, Action.CLOSE, at(0), on_spot=True)

    standing = stands(HAZARD, close)

    assert standing.phase is Phase.DONE
    assert standing.closing is not None
    assert standing.closing.on_spot
    assert standing.closing.in_time


def test_a_case_goes_up_level_by_level_and_comes_back_settled() -> None:
    ann, leader, mayor = Hand("ann"), Hand("lea", Level.COMMUNITY), Hand("may", Level.TOWN)
    ann.step(HAZARD, Action.ACCEPT, at(1))
    ann.step(HAZARD, Action.ESCALATE, at(2))
    leader.meet(ann)
    leader.step(HAZARD, Action.CONSULT, at(3))
    leader.step(HAZARD, Action.ESCALATE, at(4))
    mayor.meet(leader)
    assert stands(HAZARD, *mayor.seen).level is Level.TOWN
    mayor.step(HAZARD, Action.RETURN, at(5))
    leader.meet(mayor)
    leader.step(HAZARD, Action.CLOSE, at(6))
    mayor.meet(leader)
    mayor.step(HAZARD, Action.VERIFY, at(7))

    standing = stands(HAZARD, *mayor.seen)

    assert standing.phase is Phase.CLOSED
    assert not standing.asides
    assert standing.closing is not None
    assert standing.closing.level is Level.COMMUNITY
    assert len(standing.took) == 7


def test_above_the_grid_nobody_verifies_their_own_closing() -> None:
    leader = Hand("lea", Level.COMMUNITY)
    ann = Hand("ann")
    ann.step(HAZARD, Action.ESCALATE, at(1))
    leader.meet(ann)
    leader.step(HAZARD, Action.CLOSE, at(2))

    assert Action.VERIFY not in possible(leader.actor(HAZARD), leader.standing(HAZARD))
    leader.step(HAZARD, Action.VERIFY, at(3))

    standing = leader.standing(HAZARD)
    assert standing.phase is Phase.DONE
    assert [aside.why for aside in standing.asides] == [Why.OWN_WORK]


def test_two_closings_are_one_closing_and_one_note() -> None:
    ann, bob = Hand("ann"), Hand("bob")
    first = ann.step(HAZARD, Action.CLOSE, at(1))
    second = bob.step(HAZARD, Action.CLOSE, at(2))

    for order in permutations([first, second]):
        standing = stands(HAZARD, *order)
        assert standing.phase is Phase.DONE
        assert standing.closing is not None
        assert standing.closing.author == "ann"
        assert [(a.step.id, a.why) for a in standing.asides] == [(second.id, Why.ALSO_CLOSED)]


def test_a_closing_against_an_escalation_is_for_the_higher_level_to_decide() -> None:
    for closed, raised in ((1, 2), (2, 1)):
        ann, bob, leader = Hand("ann"), Hand("bob"), Hand("lea", Level.COMMUNITY)
        close = ann.step(HAZARD, Action.CLOSE, at(closed))
        escalate = bob.step(HAZARD, Action.ESCALATE, at(raised))
        leader.meet(ann, bob)

        standing = leader.standing(HAZARD)

        assert (standing.phase, standing.level) == (Phase.WAITING, Level.COMMUNITY)
        assert standing.contested == (close, escalate)
        assert Action.VERIFY in possible(leader.actor(HAZARD), standing)

        leader.step(HAZARD, Action.VERIFY, at(3))
        assert leader.standing(HAZARD).phase is Phase.CLOSED
        assert leader.standing(HAZARD).contested == ()


def test_the_higher_level_may_also_take_a_contested_case_in_hand() -> None:
    ann, bob, leader = Hand("ann"), Hand("bob"), Hand("lea", Level.COMMUNITY)
    ann.step(HAZARD, Action.CLOSE, at(1))
    bob.step(HAZARD, Action.ESCALATE, at(2))
    leader.meet(ann, bob)

    leader.step(HAZARD, Action.HANDLE, at(3))

    standing = leader.standing(HAZARD)
    assert standing.phase is Phase.HANDLING
    assert standing.contested == ()


def test_what_somebody_acted_upon_is_not_undone_by_a_phone_that_was_away() -> None:
    ann, bob, cat = Hand("ann"), Hand("bob"), Hand("cat")
    ann.step(HAZARD, Action.CLOSE, at(5))
    late = bob.step(HAZARD, Action.ESCALATE, at(1))
    cat.meet(ann)
    cat.step(HAZARD, Action.VERIFY, at(6))
    cat.meet(bob)

    standing = cat.standing(HAZARD)

    assert standing.phase is Phase.CLOSED
    assert standing.level is Level.GRID
    assert [(aside.step, aside.why) for aside in standing.asides] == [(late, Why.LATE)]


def test_a_step_waits_for_what_its_author_had_seen() -> None:
    ann, leader = Hand("ann"), Hand("lea", Level.COMMUNITY)
    ann.step(HAZARD, Action.ESCALATE, at(1))
    leader.meet(ann)
    accept = leader.step(HAZARD, Action.ACCEPT, at(2))

    standing = stands(HAZARD, accept)

    assert [aside.why for aside in standing.asides] == [Why.UNSEEN]
    assert not stands(HAZARD, *leader.seen).asides


def test_work_that_was_done_while_somebody_handed_the_case_up_is_kept_beside_it() -> None:
    ann, bob = Hand("ann"), Hand("bob")
    ann.step(HAZARD, Action.ESCALATE, at(1))
    bob.step(HAZARD, Action.HANDLE, at(2))
    ann.meet(bob)

    standing = ann.standing(HAZARD)

    assert standing.level is Level.COMMUNITY
    assert [aside.why for aside in standing.asides] == [Why.MEANWHILE]


def test_a_department_acts_only_on_what_was_handed_to_it() -> None:
    leader, police = Hand("lea", Level.COMMUNITY), Hand("pol", post="police")
    ann = Hand("ann")
    ann.step(HAZARD, Action.ESCALATE, at(1))
    leader.meet(ann)
    assert possible(Actor("pol", Level.COMMUNITY, "police"), leader.standing(HAZARD)) == ()
    leader.step(HAZARD, Action.TRANSFER, at(2), to="police")
    police.meet(leader)

    offered = possible(police.actor(HAZARD), police.standing(HAZARD))

    assert {Action.ACCEPT, Action.CLOSE, Action.RETURN} <= set(offered)
    assert not {Action.ESCALATE, Action.VERIFY, Action.TRANSFER} & set(offered)
    police.step(HAZARD, Action.RETURN, at(3))
    back = police.standing(HAZARD)
    assert (back.level, back.post, back.phase) == (Level.COMMUNITY, "", Phase.WAITING)
    assert back.posts == {"police"}


def test_only_an_emergency_may_pass_over_a_level() -> None:
    ann = Hand("ann")
    emergency = Case(id="case", sort="hazard", discovered=MONDAY, urgency="emergency")
    skip = ann.step(HAZARD, Action.ESCALATE, at(1), to="town")

    assert stands(HAZARD, skip).level is Level.COMMUNITY
    assert stands(emergency, skip).level is Level.TOWN


def test_the_reporter_may_take_a_report_back_and_others_may_join_it_with_another() -> None:
    ann, bob = Hand("ann"), Hand("bob")
    withdrawn = stands(HAZARD, ann.step(HAZARD, Action.WITHDRAW, at(1)))
    merged = stands(HAZARD, bob.step(HAZARD, Action.DUPLICATE, at(1), same_as="other"))

    assert withdrawn.phase is Phase.WITHDRAWN
    assert (merged.phase, merged.same_as) == (Phase.MERGED, "other")
    assert withdrawn.has_ended
    assert merged.has_ended


def test_a_session_with_an_agreement_closes_a_dispute_and_return_visits_follow() -> None:
    ann = Hand("ann")
    ann.step(DISPUTE, Action.SESSION, at(1), outcome="failed")
    ann.step(DISPUTE, Action.SESSION, at(2), outcome="agreed")
    ann.step(DISPUTE, Action.VERIFY, at(3))
    standing = ann.standing(DISPUTE)
    assert standing.phase is Phase.VISITING
    assert [(due - at(0)) // (24 * 60 * MINUTE) for due in standing.visits_due] == [6, 29, 89]

    for minute in (4, 5, 6):
        ann.step(DISPUTE, Action.RETURN_VISIT, at(minute))

    assert ann.standing(DISPUTE).phase is Phase.CLOSED
    assert not ann.standing(DISPUTE).asides


def test_a_relapse_opens_the_dispute_again() -> None:
    ann = Hand("ann")
    ann.step(DISPUTE, Action.SESSION, at(1), outcome="agreed")
    ann.step(DISPUTE, Action.VERIFY, at(2))
    ann.step(DISPUTE, Action.RETURN_VISIT, at(3), ok=False)

    standing = ann.standing(DISPUTE)

    assert standing.phase is Phase.HANDLING
    assert (standing.relapsed, standing.reopened, standing.visits_due) == (1, 1, ())


def test_every_step_that_is_offered_counts() -> None:
    for level in Level:
        hand = Hand("ann", level)
        standing = hand.standing(HAZARD)
        for action in possible(hand.actor(HAZARD), standing):
            more = {"to": "police"} if action is Action.TRANSFER else {}
            step = Hand("ann", level).step(HAZARD, action, at(1), **more)
            assert stands(HAZARD, step).took == (step,), action


def test_an_unknown_level_below_or_above_is_not_invented() -> None:
    step = Step(id="x", action=Action.RETURN, at=at(1))

    assert [aside.why for aside in stands(HAZARD, step).asides] == [Why.NO_FURTHER]


def test_what_is_urgent_stands_above_what_is_due_sooner_until_it_is_settled() -> None:
    ann = Hand("ann")
    urgent = structs.replace(HAZARD, urgency="urgent", discovered=at(24 * 60))
    close = ann.step(urgent, Action.CLOSE, at(25 * 60))

    assert stands(urgent).deadline > stands(HAZARD).deadline
    assert stands(urgent).place < stands(HAZARD).place < stands(urgent, close).place
