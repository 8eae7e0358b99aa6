"""Every statement of a push, a pull, a decision and a merge says of which town it speaks."""

import pytest

from server.register.deeds import Merging
from server.register.waiting_room import Wanted
from server.register.way_back import Place
from shared.changes import GRID, ChangeKind
from tests.server.by_town import listened, strays, tables_in
from tests.server.register.world import CHIEF, GRID_A, GRID_B, TOWN, Phone, World


def sync(world: World, wang: Phone, li: Phone) -> tuple[str, str]:
    """What devices ask: two households with one number, one of them in conflict."""
    record = wang.create("household", {"head_name": "张建国", "household_no": "1"})
    other = wang.create("household", {"head_name": "张建国", "household_no": "1"})
    wang.create("resident", {"name": "张建国", "household": record})
    wang.create("visit", {"household": record, "outcome": "done"})
    parcel = wang.parcel()
    wang.send()
    world.register.push(wang.identity, parcel)
    wang.set(record, 4, phone="13811111111")
    wang.send()
    li.set(record, 4, phone="13822222222")
    li.set("nobody", 0, phone="13822222222")
    li.set(record, 4, phone="call me")
    li.send()
    cursor = li.pull().cursor
    li.pull(cursor)
    li.snapshot(GRID_A)
    world.register.contact(wang.identity, None, wang.parcel().report)
    return record, other


def review(world: World, wang: Phone, li: Phone, pair: tuple[str, str]) -> None:
    """What people at the office ask."""
    chief, (record, other) = world.account(CHIEF), pair
    [line] = [c for c in world.register.open_conflicts(TOWN, chief.grids) if c.unit == "phone"]
    detail = world.register.conflict(TOWN, line.id)
    assert detail is not None
    world.register.decide(chief, line.id, "13811111111", detail.record.version)
    base, second = world.record(record).version, world.record(other).version
    world.register.deeds.merge(
        chief, Merging(merged=other, base=second, survivor=record, survivor_base=base)
    )
    wang.set(other, 2, needs="修灯")
    wang.note(ChangeKind.MOVE, record, {GRID: [GRID_A, GRID_B]}, base=base)
    wang.send()
    world.register.deeds.unmerge(chief, other, world.record(other).version)
    world.register.history(TOWN, record, with_children=True)
    world.register.not_taken(chief, Wanted.OPEN)
    world.register.way_back.give_back(chief, Place(li.identity.id, 3), "请核对")


def test_no_statement_touches_two_towns(world: World, wang: Phone, li: Phone) -> None:
    with listened(world.engine) as said:
        review(world, wang, li, sync(world, wang, li))

    touched = {table for statement in said for table, _ in tables_in(statement)}
    assert {"record", "journal", "conflict", "quarantine", "device", "counter"} <= touched
    assert strays(said) == []


@pytest.mark.parametrize(
    ("statement", "stray"),
    [
        ("SELECT record.id FROM record WHERE record.id = ?", True),
        ("SELECT record.id FROM record WHERE record.town_id = ?", False),
        ("SELECT 1 FROM record JOIN exit ON exit.id = record.id WHERE record.town_id = ?", True),
        ("SELECT 1 FROM record, exit WHERE record.town_id = exit.town_id", True),
        ("SELECT 1 FROM visit AS v, household WHERE household.town_id = ? AND v.id = ?", True),
        ("UPDATE device SET last_n = ? WHERE id = ?", True),
        ("UPDATE device SET last_n = ? WHERE town_id = ? AND id = ?", False),
        ("INSERT INTO exit (grid, seq) VALUES (?, ?)", True),
        ("DELETE FROM exit", True),
        ("SELECT 1", False),
    ],
)  # fmt: skip
def test_a_statement_that_does_is_noticed(statement: str, stray: bool) -> None:
    assert bool(strays([statement])) is stray
