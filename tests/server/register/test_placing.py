"""Moves that cannot be: they are queued, and the old place stays."""

import msgspec
import pytest

from server.register.waiting_room import Wanted
from server.register.way_back import Place
from shared.changes import GRID, ChangeKind
from shared.forms.model import Question
from shared.forms.types import QuestionType
from tests.server.register.world import CHIEF, GRID_A, GRID_B, TOWN, Phone, World


def queue(world: World) -> list[tuple[str, str]]:
    """The records and reasons of what waits for the office."""
    lines = world.register.not_taken(world.account(CHIEF), Wanted.OPEN)
    return [(line.record, line.code) for line in lines]


def test_two_moves_to_different_grids_wait_and_the_old_place_stays(
    world: World, wang: Phone, li: Phone
) -> None:
    world.add_grid("grid-c")
    record = wang.create("household", {"head_name": "张建国"})
    wang.send()
    wang.note(ChangeKind.MOVE, record, {GRID: [GRID_A, GRID_B]}, base=1)
    wang.send()
    li.note(ChangeKind.MOVE, record, {GRID: [GRID_A, "grid-c"]}, base=1)

    assert li.outcomes() == ["conflict"]
    assert world.record(record).grid == GRID_A
    assert world.conflicts() == [f"{record}:{GRID}"]
    world.assert_whole()


def test_a_move_under_a_deleted_parent_is_queued_and_the_old_parent_stays(
    world: World, wang: Phone, li: Phone
) -> None:
    old = wang.create("household", {"head_name": "张建国"})
    new = wang.create("household", {"head_name": "李芳"})
    child = wang.create("resident", {"name": "张小明", "household": old})
    wang.send()
    li.note(ChangeKind.DELETE, new, base=3)
    li.send()
    wang.note(ChangeKind.SET, child, {"household": new}, kind="resident", base=3)

    [result] = wang.results()

    assert (result.outcome, result.units) == ("rejected", ("household",))
    assert world.values(child, "household") == [old]
    assert world.projection("resident", child)["household_id"] == old
    assert queue(world) == [(child, "parent_deleted")]
    version = world.record(new).version
    world.edit(world.account(CHIEF), ChangeKind.RESTORE, new, {}, base=version)
    world.register.way_back.release(world.account(CHIEF), Place(wang.identity.id, 4))
    assert world.values(child, "household") == [new]
    assert queue(world) == []
    world.assert_whole()


def test_the_rest_of_such_a_change_is_taken(world: World, wang: Phone, li: Phone) -> None:
    old = wang.create("household", {"head_name": "张建国"})
    new = wang.create("household", {"head_name": "李芳"})
    child = wang.create("resident", {"name": "张小明", "household": old})
    wang.send()
    li.note(ChangeKind.DELETE, new, base=3)
    li.send()
    units = {"household": new, "name": "张晓明"}
    wang.note(ChangeKind.SET, child, units, kind="resident", base=3)

    [result] = wang.results()

    assert (result.outcome, result.units) == ("applied", ("household",))
    assert world.shown(child) == {"name": "张晓明", "household": old}
    assert queue(world) == [(child, "parent_deleted")]


def test_who_registers_somebody_in_a_deleted_household_loses_nothing(
    world: World, wang: Phone, li: Phone
) -> None:
    household = wang.create("household", {"head_name": "张建国"})
    wang.send()
    li.note(ChangeKind.DELETE, household, base=1)
    li.send()

    child = wang.create("resident", {"name": "张小明", "household": household})

    assert wang.outcomes() == ["applied"]
    assert world.values(child, "household") == [household]


@pytest.mark.parametrize("between", [0, 1, 3])
def test_a_parent_cycle_is_queued_and_the_old_place_stays(
    world: World, wang: Phone, li: Phone, between: int
) -> None:
    _let_households_lie_in_households(world)
    top = wang.create("household", {"head_name": "甲"})
    last = top
    for _ in range(between):
        last = wang.create("household", {"head_name": "乙", "part_of": last})
    bottom = wang.create("household", {"head_name": "丙", "part_of": last})
    wang.send()
    version = world.record(bottom).version
    li.note(ChangeKind.SET, top, {"part_of": bottom}, base=version)

    [result] = li.results()

    assert result.outcome == "rejected"
    assert world.values(top, "part_of") == []
    assert queue(world) == [(top, "parent_cycle")]
    world.assert_whole()


def test_two_that_are_put_under_each_other_at_once_make_no_cycle(
    world: World, wang: Phone, li: Phone
) -> None:
    _let_households_lie_in_households(world)
    one = wang.create("household", {"head_name": "甲"})
    other = wang.create("household", {"head_name": "乙"})
    wang.send()
    wang.note(ChangeKind.SET, one, {"part_of": other}, base=2)
    li.note(ChangeKind.SET, other, {"part_of": one}, base=2)

    assert (wang.outcomes(), li.outcomes()) == (["applied"], ["rejected"])
    assert queue(world) == [(other, "parent_cycle")]
    world.assert_whole()


def test_a_parent_that_nobody_knows_or_that_is_no_id_makes_no_trouble(
    world: World, wang: Phone
) -> None:
    child = wang.create("resident", {"name": "张小明"})
    wang.send()
    unknown = "01966a3e-0000-7000-8000-0000000000b1"
    for household in (unknown, "\0", "x" * 500, None):
        wang.note(ChangeKind.SET, child, {"household": household}, kind="resident", base=1)
    wang.note(ChangeKind.SET, child, {"@alias": "\0"}, kind="resident", base=1)
    wang.create("household", {"head_name": "李"})

    outcomes = wang.outcomes()

    assert (outcomes[0], outcomes[-2], outcomes[-1]) == ("applied", "rejected", "applied")
    world.assert_whole()


def _let_households_lie_in_households(world: World) -> None:
    form = world.register.forms(TOWN)["household"]
    asked = Question(
        name="part_of",
        path="/data/part_of",
        type=QuestionType.REFERENCE,
        unit="part_of",
        reference="household",
    )
    children = (*form.children, asked)
    world.register.publish_form(TOWN, msgspec.structs.replace(form, version="2", children=children))
