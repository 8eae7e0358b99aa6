"""What it takes to give a record back what it had before another one was merged into it."""

from collections.abc import Collection, Mapping
from enum import Enum, auto
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Connection
from sqlmodel import col

from server.db.register_tables import JournalRow
from server.register.aliases import echoed, is_echo
from server.register.edits import Edit
from server.register.entries import Bookkeeper, JournalLine, Told
from shared.answers import elements_of
from shared.changes import ALIAS, DELETED, GRID, Answer, ChangeKind
from shared.merge import Rules, same, settle
from shared.policies import Policy
from shared.records import Candidate, Record, Write

Dot = tuple[str, int]
NOT_TAKEN = Told()
"""What a late change is: the merge itself did not write it."""


class TakenBack(Struct, frozen=True):
    """The edits that take a merge back, and the units that they leave to a person."""

    edits: tuple[Edit, ...]
    left: tuple[str, ...] = ()


class _How(Enum):
    """How a unit is given back."""

    WHOLE = auto()
    """Its value, instead of all that stands."""
    BESIDE = auto()
    """Its value, beside what others wrote who had not seen what was taken over."""
    WITHOUT = auto()
    """Without these elements."""


class _Parted(NamedTuple):
    """A unit's candidates: what the merge, or late changes, brought, and what stands beside it."""

    mine: tuple[Candidate, ...]
    others: tuple[Candidate, ...]


class _Back(Struct, frozen=True):
    """What a unit is given back, if anything, and whether it is left to a person."""

    how: _How = _How.WHOLE
    units: Mapping[str, Answer] = {}
    left: bool = False


def taken_back(
    conn: Connection, book: Bookkeeper, pair: tuple[Record, Record], rules: Rules
) -> TakenBack:
    """What un-merging the first record from the second does to the second."""
    merged, survivor = pair
    merging = merge_write(merged)
    if merging is None:
        return TakenBack(())
    brought = _brought(conn, book, merged, survivor)
    units: dict[_How, dict[str, Answer]] = {how: {} for how in _How}
    left = []
    for unit, candidates in survivor.units.items():
        parted = _parted(candidates, brought)
        if not parted.mine or unit in (ALIAS, DELETED):
            continue
        back = _given_back(unit, parted, _taken(parted.mine, unit, brought), rules)
        units[back.how] |= back.units
        left += [unit] if back.left else []
    edits = (
        *_edits(survivor, units[_How.WHOLE], units[_How.WITHOUT], base=survivor.version),
        *_edits(survivor, units[_How.BESIDE], {}, base=merging.seq),
    )
    return TakenBack(edits, tuple(left))


def _given_back(unit: str, parted: _Parted, taken: Told, rules: Rules) -> _Back:
    """taken: what the merge itself wrote, where it wrote this unit."""
    mine, others = parted
    policy, before = rules.policy(unit), taken.before.get(unit)
    if unit != GRID and policy is Policy.UNION:
        if unit in taken.units:
            return _Back(units={unit: _elements_again(taken, unit, mine, others)})
        return _Back(_How.WITHOUT, {unit: [candidate.value for candidate in mine]})
    if not others:
        return _Back(units={unit: before})
    stands = settle(others, policy, rules.orders.get(unit, ()))
    if stands.contested:
        return _Back(left=True)
    if before is None or same(before, stands.value):
        return _Back(units={unit: stands.value})
    return _Back(_How.BESIDE, {unit: before}, left=True)


def _parted(candidates: Collection[Candidate], brought: Mapping[Dot, Told]) -> _Parted:
    mine = tuple(c for c in candidates if all(_dot(write) in brought for write in c.writes))
    return _Parted(mine, tuple(candidate for candidate in candidates if candidate not in mine))


def merge_write(record: Record) -> Write | None:
    """The write that merged a record into the one that it names."""
    candidates = record.units.get(ALIAS, ())
    return candidates[0].writes[0] if len(candidates) == 1 else None


def _brought(
    conn: Connection, book: Bookkeeper, merged: Record, survivor: Record
) -> Mapping[Dot, Told]:
    """The writes that the merge, or late changes, brought to the survivor; what stood before."""
    since = merge_write(merged)
    if since is None:
        return {}
    save = _save_at(conn, book, since.seq)
    of_survivor = col(JournalRow.record_id) == survivor.id
    # What the survivor took over was written just before the merge itself.
    after = (col(JournalRow.seq) >= since.seq) | (col(JournalRow.save_id) == save)
    lines = list(book.lines(conn, of_survivor, after))
    echoes = [line for line in lines if is_echo(line.device_id)]
    own = _dots_of(conn, book, merged.id, since.seq) if echoes else frozenset[Dot]()
    brought = {
        (line.device_id, line.n): NOT_TAKEN
        for line in echoes
        if (echoed(line.device_id), line.n) in own
    }
    for line in lines:
        if line.save_id == save and line.device_id == since.device:
            brought[line.device_id, line.n] = book.told(line)
    return brought


def _dots_of(conn: Connection, book: Bookkeeper, record: str, since: int) -> frozenset[Dot]:
    of_record = col(JournalRow.record_id) == record
    return frozenset(
        (line.device_id, line.n)
        for line in book.lines(conn, of_record, col(JournalRow.seq) > since)
    )


def _save_at(conn: Connection, book: Bookkeeper, seq: int) -> str:
    found: list[JournalLine] = list(book.lines(conn, col(JournalRow.seq) == seq))
    return found[0].save_id if found else ""


def _taken(mine: Collection[Candidate], unit: str, brought: Mapping[Dot, Told]) -> Told:
    """What the merge itself wrote to the unit, and what stood before; nothing, if it did not."""
    for candidate in mine:
        for write in candidate.writes:
            if unit in brought[_dot(write)].units:
                return brought[_dot(write)]
    return NOT_TAKEN


def _elements_again(
    taken: Told, unit: str, mine: Collection[Candidate], others: Collection[Candidate]
) -> Answer:
    """The elements that a set had, but for those taken out since, and those that others added."""
    there = [candidate.value for candidate in (*mine, *others)]
    gone = [each for each in elements_of(taken.units[unit]) if not _in(each, there)]
    had = [each for each in elements_of(taken.before.get(unit)) if not _in(each, gone)]
    added = [candidate.value for candidate in others if not _in(candidate.value, had)]
    return [*had, *added]


def _in(value: Answer, values: Collection[Answer]) -> bool:
    return any(same(value, other) for other in values)


def _edits(
    survivor: Record, whole: Mapping[str, Answer], elements: Mapping[str, Answer], *, base: int
) -> list[Edit]:
    answers = {unit: value for unit, value in whole.items() if unit != GRID}
    units = {ChangeKind.SET: answers, ChangeKind.REMOVE: elements}
    if GRID in whole:
        place = whole[GRID]
        target = place[1] if isinstance(place, list | tuple) else place
        units[ChangeKind.MOVE] = {GRID: [survivor.grid, target]}
    return [
        Edit(
            kind=kind,
            record=survivor.id,
            record_kind=survivor.kind,
            grid=survivor.grid,
            base=base,
            units=dict(named),
        )
        for kind, named in units.items()
        if named
    ]


def _dot(write: Write) -> Dot:
    return write.device, write.n
