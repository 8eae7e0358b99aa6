"""What the office does meanwhile: it edits, moves, and decides conflicts."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from server.register.edits import Edit
from server.register.outcomes import Committed
from shared.changes import DELETED, GRID, Answer, Change, ChangeKind
from tests.simulator.choices import some_answers
from tests.simulator.judged import ECHO

if TYPE_CHECKING:
    from tests.simulator.world import World


def registers(world: "World", record: str) -> None:
    """A household that was there before the phones."""
    edit = Edit(
        kind=ChangeKind.CREATE,
        record=record,
        record_kind="household",
        grid=world.made.grid("g1"),
        units=some_answers(world.chance),
    )
    _commit(world, edit)


def edits(world: "World") -> str | None:
    """Somebody at the console corrects a household."""
    record, answers = world.known_at_the_office(), some_answers(world.chance)
    if record is None:
        return None
    answers.pop("marks", None)
    _commit(world, _edit_of(world, ChangeKind.SET, record, answers))
    return f"(the office) edits {world.name_of(record)} {answers}"


def moves(world: "World") -> str | None:
    """A household goes to the other grid."""
    record = world.known_at_the_office()
    known = world.made.record(record) if record else None
    if record is None or known is None:
        return None
    to = world.made.grid("g2" if known.grid == world.made.grid("g1") else "g1")
    _commit(world, _edit_of(world, ChangeKind.MOVE, record, {GRID: [known.grid, to]}))
    return f"(the office) moves {world.name_of(record)}"


def decides(world: "World") -> str | None:
    """A reviewer decides one conflict."""
    register, admin = world.made.town.services.register, world.made.admin
    waiting = [each for each in register.open_conflicts(admin.town, admin.grids) if not each.claim]
    if not waiting:
        return None
    summary = world.chance.choice(sorted(waiting, key=lambda each: (each.opened_seq, each.unit)))
    detail = register.conflict(admin.town, summary.id)
    assert detail is not None
    value = world.chance.choice(sorted((each.value for each in detail.values), key=str))
    committed = register.decide(admin, summary.id, value, detail.record.version)
    assert isinstance(committed, Committed)
    decision = Edit(
        kind=_kind_of(summary.unit, value),
        record=summary.record,
        record_kind=detail.record.kind,
        grid=detail.record.grid,
        base=detail.record.version,
        units=_units_of(summary.unit, value, detail.record.grid),
    )
    tell(world, committed.save, [decision])
    return f"(the office) decides {summary.unit} of {world.name_of(summary.record)}: {value}"


def tell(world: "World", save: str, edits: Iterable[Edit]) -> None:
    """Tells the oracle."""
    for edit in edits:
        change = Change(
            n=0,
            save=save,
            kind=edit.kind,
            record=edit.record,
            record_kind=edit.record_kind,
            grid=edit.grid,
            worker="",
            at=0,
            units=edit.units,
        )
        world.oracle.heard("office", edit.base, [change])


def tell_written(world: "World", seen: Mapping[str, int]) -> int:
    """Tells the oracle what the register itself has just written into these records; how much.

    seen: the version of each that was on the author's screen.
    """
    register, town = world.made.town.services.register, world.made.town.who.town
    written = [
        entry
        for record, version in seen.items()
        for entry in register.history(town, record)
        if entry.seq > version and not entry.device.startswith(ECHO)
    ]
    for entry in written:
        units = {step.unit: step.written for step in entry.units}
        edit = Edit(
            kind=entry.kind,
            record=entry.record,
            record_kind=entry.record_kind,
            grid=entry.grid,
            base=entry.base,
            units=units,
        )
        tell(world, entry.save, [edit])
    return len(written)


def _kind_of(unit: str, value: Answer) -> ChangeKind:
    if unit == DELETED:
        return ChangeKind.DELETE if value is True else ChangeKind.RESTORE
    return ChangeKind.MOVE if unit == GRID else ChangeKind.SET


def _units_of(unit: str, value: Answer, grid: str) -> dict[str, Answer]:
    if unit == DELETED:
        return {}
    return {unit: [grid, value] if unit == GRID else value}


def _edit_of(world: "World", kind: ChangeKind, record: str, units: dict[str, Answer]) -> Edit:
    known = world.made.record(record)
    assert known is not None
    return Edit(
        kind=kind,
        record=record,
        record_kind=known.kind,
        grid=known.grid,
        base=known.version,
        units=units,
    )


def _commit(world: "World", edit: Edit) -> None:
    committed = world.made.town.services.register.commit(world.made.admin, [edit])
    tell(world, committed.save, [edit])
