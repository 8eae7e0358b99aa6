"""Two phones, one household: what the register makes of it."""

import pytest

from shared.changes import DELETED, ChangeKind
from tests.server.register.world import (
    DAY,
    LI,
    NOON,
    TOWN,
    WANG,
    Phone,
    World,
)


def test_different_answers_are_both_kept(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    li.set(household, 1, landlord_name="刘房东")

    assert wang.outcomes() + li.outcomes() == ["applied", "merged"]
    assert world.values(household, "phone") == ["13811111111"]
    assert world.values(household, "landlord_name") == ["刘房东"]
    assert world.conflicts() == []
    world.assert_whole()


def test_different_answers_to_one_question_wait_for_a_person(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    li.set(household, 1, phone="13822222222", landlord_name="刘房东")
    wang.send()

    [result] = li.results()

    assert (result.outcome, result.units) == ("conflict", ("phone",))
    assert world.values(household, "phone") == ["13811111111", "13822222222"]
    assert world.conflicts() == [f"{household}:phone"]
    world.assert_whole()


def test_who_has_seen_the_other_answer_replaces_it(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    wang.send()
    li.set(household, 2, phone="13822222222")

    assert li.outcomes() == ["applied"]
    assert world.values(household, "phone") == ["13822222222"]
    assert world.conflicts() == []


def test_there_and_back_on_one_phone_is_not_overlooked(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    wang.set(household, 1, phone="13800000000")
    wang.send()
    li.set(household, 1, phone="13822222222")

    assert li.outcomes() == ["conflict"]
    assert world.values(household, "phone") == ["13800000000", "13822222222"]


def test_an_untouched_answer_is_not_overwritten_by_an_old_form(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    wang.send()
    li.note(ChangeKind.SET, household, {"needs": "修灯"}, base=1, old={"phone": "13800000000"})
    li.send()

    assert world.values(household, "phone") == ["13811111111"]


def test_the_same_new_answer_from_two_phones_is_one_with_both_authors(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    li.set(household, 1, phone="13811111111")
    wang.send()
    li.send()

    [candidate] = world.record(household).units["phone"]
    assert {write.worker for write in candidate.writes} == {WANG, LI}
    assert world.conflicts() == []
    # Who has seen only one of the two does not hide the other.
    third = world.phone(WANG)
    third.set(household, 2, phone="13833333333")
    assert third.outcomes() == ["conflict"]
    world.assert_whole()


@pytest.mark.parametrize("deletes_first", [True, False])
def test_a_deletion_that_had_not_seen_an_edit_waits_for_a_person(
    world: World, wang: Phone, li: Phone, household: str, deletes_first: bool
) -> None:
    wang.note(ChangeKind.DELETE, household, base=1)
    li.set(household, 1, phone="13822222222")
    first, second = (wang, li) if deletes_first else (li, wang)

    assert first.outcomes() == ["applied"]
    assert second.outcomes() == ["conflict"]

    assert not world.record(household).deleted
    assert world.conflicts() == [f"{household}:{DELETED}"]
    assert world.projection("household", household)["deleted"] is False
    world.assert_whole()


def test_a_deletion_that_had_seen_everything_is_one(
    world: World, wang: Phone, household: str
) -> None:
    wang.note(ChangeKind.DELETE, household, base=1)
    wang.send()

    assert world.record(household).deleted
    assert world.conflicts() == []
    assert world.projection("household", household)["deleted"] is True
    world.assert_whole()


def test_marks_from_two_phones_are_joined(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.note(ChangeKind.ADD, household, {"marks": ["unit_leader"]}, base=1)
    li.note(ChangeKind.REMOVE, household, {"marks": ["floating", "unit_leader"]}, base=1)

    assert wang.outcomes() + li.outcomes() == ["applied", "merged"]
    assert world.values(household, "marks") == ["unit_leader"]
    assert world.projection("household", household)["marks"] == "unit_leader"
    world.assert_whole()


def test_the_newer_note_is_shown_whatever_the_phones_clock_says(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    rules = world.register.rules(TOWN, "household")
    wang.note(ChangeKind.SET, household, {"access_note": "旧"}, base=1, at=NOON + 4000 * DAY)
    world.clock.now += DAY
    li.note(ChangeKind.SET, household, {"access_note": "新"}, base=1, at=NOON - 4000 * DAY)

    assert li.outcomes() + wang.outcomes() == ["applied", "merged"]
    assert world.shown(household)["access_note"] == "新"
    assert rules.policy("access_note").value == "latest"
    world.assert_whole()


def test_what_was_written_in_a_visit_stays(world: World, wang: Phone, household: str) -> None:
    visit = wang.create("visit", {"household": household, "note": "门铃坏了", "mode": "door"})
    wang.send()
    wang.note(ChangeKind.SET, visit, {"note": "改写"}, kind="visit", base=2)
    parcel = wang.parcel()

    [result] = wang.results()

    assert (result.outcome, result.units) == ("applied", ("note",))
    assert result.problem is not None
    assert result.problem.code == "already_written"
    assert world.register.push(wang.identity, parcel).results == [result]
    assert world.values(visit, "note") == ["门铃坏了"]
    world.assert_whole()


def test_a_note_changes_no_answer(world: World, wang: Phone, household: str) -> None:
    before = world.shown(household)
    wang.note(ChangeKind.NOTE, household, {"@note": "家里有狗"}, base=1)

    assert wang.outcomes() == ["applied"]
    assert world.shown(household) == before
    assert world.register.history(TOWN, household)[-1].units[0].written == "家里有狗"
    world.assert_whole()


def test_the_last_visit_stands_with_its_household_in_any_order(
    world: World, wang: Phone, household: str
) -> None:
    late, early = "2025-07-20T10:00:00+08:00", "2025-07-01T10:00:00+08:00"
    wang.create("visit", {"household": household, "started": late, "outcome": "done"})
    wang.create("visit", {"household": household, "started": early, "outcome": "refused"})
    wang.create("visit", {"household": "0190b2a0-0000-7000-8000-000000000001", "outcome": "done"})
    wang.note(ChangeKind.CREATE, "0190b2a0-0000-7000-8000-000000000001", {"head_name": "后到"})
    wang.send()

    row = world.projection("household", household)
    assert (row["last_visit_at"], row["last_outcome"]) == (1752976800000, "done")
    other = world.projection("household", "0190b2a0-0000-7000-8000-000000000001")
    assert (other["last_visit_at"], other["last_outcome"]) == (world.clock.now, "done")
    world.assert_whole()


def test_the_timeline_tells_every_step_with_before_and_after(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    visit = wang.create("visit", {"household": household, "outcome": "done"})
    old = {"phone": "13800000000"}
    new = {"phone": "13811111111"}
    wang.note(ChangeKind.SET, household, new, base=1, visit=visit, old=old)
    wang.send()
    world.clock.now += DAY
    li.set(household, 1, phone="13822222222")
    li.send()

    steps = world.register.history(TOWN, household, with_children=True)

    assert [(step.record_kind, step.kind.value, step.who_name) for step in steps] == [
        ("household", "create", "王芳"),
        ("visit", "create", "王芳"),
        ("household", "set", "王芳"),
        ("household", "set", "李强"),
    ]
    [phone] = steps[2].units
    assert (phone.before, phone.written, phone.old) == ("13800000000", "13811111111", phone.before)
    assert steps[2].visit == visit
    assert (steps[3].outcome, steps[3].contested) == ("conflict", ("phone",))
    assert (steps[3].units[0].before, steps[3].units[0].after) == ("13811111111", "13822222222")
