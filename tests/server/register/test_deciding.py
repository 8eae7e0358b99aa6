"""Conflicts: opened, shown, decided once, opened again."""

import pytest

from server.errors import NotFound
from server.register.outcomes import AlreadyDecided, Committed
from server.register.refusals import EditsRefused
from shared.changes import DELETED, GRID, ChangeKind
from tests.server.register.world import (
    CHIEF,
    DEPUTY,
    GRID_A,
    GRID_B,
    LI,
    MINUTE,
    TOWN,
    WANG,
    Phone,
    World,
)


@pytest.fixture
def household(world: World, li: Phone) -> str:
    """Two phone numbers stand against each other; the record is at version 3."""
    wang = world.phone(WANG)
    record = wang.create("household", {"head_name": "张建国", "phone": "13800000000"})
    wang.send()
    wang.set(record, 1, phone="13811111111")
    wang.send()
    world.clock.now += MINUTE
    li.note(
        ChangeKind.SET,
        record,
        {"phone": "13822222222"},
        base=1,
        old={"phone": "13800000000"},
    )
    li.send()
    return record


def test_the_inbox_shows_both_answers_with_who_and_when(world: World, household: str) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    detail = world.register.conflict(TOWN, line.id)

    assert (line.title, line.unit, line.record) == ("张建国", "phone", household)
    assert detail is not None
    assert [(v.value, v.origins[0].who_name, v.shown) for v in detail.values] == [
        ("13811111111", "王芳", False),
        ("13822222222", "李强", True),
    ]
    assert detail.values[1].origins[0].old == "13800000000"
    assert detail.record.version == 3
    assert world.register.count_conflicts(TOWN, frozenset({GRID_A})) == 1
    assert world.register.count_conflicts(TOWN, frozenset({GRID_B})) == 0


def test_a_decision_closes_the_conflict_and_is_an_ordinary_change(
    world: World, household: str
) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    decided = world.register.decide(world.account(CHIEF), line.id, "13811111111", 3)

    assert isinstance(decided, Committed)
    assert world.values(household, "phone") == ["13811111111"]
    assert world.conflicts() == []
    last = world.register.history(TOWN, household)[-1]
    assert (last.kind, last.who_name, last.console) == (ChangeKind.SET, "陈主任", True)
    detail = world.register.conflict(TOWN, line.id)
    assert detail is not None
    assert not detail.open
    assert (detail.decided_by_name, detail.decision) == ("陈主任", "13811111111")
    assert [value.value for value in detail.values] == ["13811111111", "13822222222"]
    world.assert_whole()


def test_who_decides_second_is_told_the_first_decision(world: World, household: str) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    world.register.decide(world.account(CHIEF), line.id, "13811111111", 3)

    second = world.register.decide(world.account(DEPUTY), line.id, "13822222222", 3)

    assert isinstance(second, AlreadyDecided)
    assert (second.by_name, second.decision) == ("陈主任", "13811111111")
    assert world.values(household, "phone") == ["13811111111"]


def test_an_edit_that_had_not_seen_the_decision_opens_it_again(
    world: World, li: Phone, household: str
) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    world.register.decide(world.account(CHIEF), line.id, "13811111111", 3)
    li.set(household, 3, phone="13833333333")

    assert li.outcomes() == ["conflict"]

    [again] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    assert again.id != line.id
    assert world.values(household, "phone") == ["13811111111", "13833333333"]
    world.assert_whole()


def test_a_decision_keeps_what_its_author_had_not_seen(
    world: World, li: Phone, household: str
) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    third = world.phone(WANG)
    third.set(household, 1, phone="13844444444")
    third.send()

    decided = world.register.decide(world.account(CHIEF), line.id, "13811111111", 3)

    assert isinstance(decided, Committed)
    assert decided.results[0].outcome == "conflict"
    assert world.values(household, "phone") == ["13811111111", "13844444444"]
    assert [each.id for each in world.register.open_conflicts(TOWN, frozenset({GRID_A}))] == [
        line.id
    ]
    world.assert_whole()


def test_both_may_be_right_with_a_third_answer(world: World, household: str) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    world.register.decide(world.account(CHIEF), line.id, "13855555555", 3)

    assert world.values(household, "phone") == ["13855555555"]
    assert world.conflicts() == []


def test_an_impossible_decision_is_refused_and_changes_nothing(
    world: World, household: str
) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    with pytest.raises(EditsRefused) as refused:
        world.register.decide(world.account(CHIEF), line.id, "call me", 3)

    assert "联系电话" in refused.value.words.zh
    assert world.conflicts() == [f"{household}:phone"]


def test_who_may_not_see_the_grid_does_not_find_the_conflict(world: World, household: str) -> None:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    with pytest.raises(NotFound):
        world.register.decide(world.account(CHIEF, GRID_B), line.id, "13811111111", 3)


@pytest.mark.parametrize("delete", [True, False])
def test_a_deletion_in_conflict_is_decided_either_way(
    world: World, li: Phone, delete: bool
) -> None:
    wang = world.phone(WANG)
    record = wang.create("household", {"head_name": "张建国"})
    wang.send()
    wang.note(ChangeKind.DELETE, record, base=1)
    wang.send()
    li.set(record, 1, needs="修灯")
    li.send()
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    detail = world.register.conflict(TOWN, line.id)
    assert detail is not None
    assert [(v.value, v.shown, v.origins[0].who) for v in detail.values] == [
        (True, False, WANG),
        (False, True, LI),
    ]

    world.register.decide(world.account(CHIEF), line.id, delete, detail.record.version)

    assert line.unit == DELETED
    assert world.record(record).deleted is delete
    assert world.conflicts() == []
    after = world.register.conflict(TOWN, line.id)
    assert after is not None
    assert after.decision is delete
    world.assert_whole()


def test_two_moves_are_decided_by_choosing_a_grid(world: World, li: Phone) -> None:
    world.add_grid("grid-c")
    wang = world.phone(WANG)
    record = wang.create("household", {"head_name": "张建国"})
    wang.send()
    wang.note(ChangeKind.MOVE, record, {"@grid": [GRID_A, GRID_B]}, base=1)
    wang.send()
    li.note(ChangeKind.MOVE, record, {"@grid": [GRID_A, "grid-c"]}, base=1)
    li.send()
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    world.register.decide(world.account(CHIEF, GRID_A, GRID_B, "grid-c"), line.id, GRID_B, 3)

    assert world.record(record).grid == GRID_B
    assert world.conflicts() == []
    world.assert_whole()


def test_a_conflict_moves_with_its_record(world: World, household: str) -> None:
    world.edit(
        world.account(CHIEF), ChangeKind.MOVE, household, {"@grid": [GRID_A, GRID_B]}, base=3
    )

    assert world.register.count_conflicts(TOWN, frozenset({GRID_B})) == 1
    assert world.register.count_conflicts(TOWN, frozenset({GRID_A})) == 0
    world.assert_whole()


def test_what_was_deleted_with_its_conflict_in_view_waits_for_nobody_until_it_is_restored(
    world: World, household: str
) -> None:
    chief = world.account(CHIEF)

    world.edit(chief, ChangeKind.DELETE, household, {}, base=3)
    waiting_then = world.conflicts()
    world.edit(chief, ChangeKind.RESTORE, household, {}, base=world.record(household).version)

    assert waiting_then == []
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))
    assert (line.record, line.unit) == (household, "phone")
    assert world.values(household, "phone") == ["13811111111", "13822222222"]
    world.assert_whole()


def test_a_deleted_household_that_two_moves_fought_over_waits_for_nobody(
    world: World, household: str
) -> None:
    world.add_grid("grid-c")
    for who, grid in ((CHIEF, GRID_B), (DEPUTY, "grid-c")):
        world.edit(world.account(who), ChangeKind.MOVE, household, {GRID: [GRID_A, grid]}, base=3)
    fought_over = world.conflicts()
    version = world.record(household).version

    world.edit(world.account(CHIEF), ChangeKind.DELETE, household, {}, base=version)

    assert fought_over == [f"{household}:{GRID}", f"{household}:phone"]
    assert world.conflicts() == []
