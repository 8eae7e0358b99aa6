"""What it takes to give a record back what it had before another one was merged into it."""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import Connection
from sqlmodel import col

from server.db.register_tables import JournalRow
from server.register.aliases import ECHO, is_echo
from server.register.edits import Edit
from server.register.entries import Bookkeeper, JournalLine
from shared.changes import ALIAS, DELETED, GRID, Answer, ChangeKind
from shared.merge import Rules, settle
from shared.policies import Policy
from shared.records import Candidate, Record, Write

Dot = tuple[str, int]


class TakenBack(Struct, frozen=True):
    """The edits that take a merge back, and the units that they leave to a person."""

    edits: tuple[Edit, ...]
    left: tuple[str, ...] = ()


def taken_back(
    conn: Connection, book: Bookkeeper, pair: tuple[Record, Record], rules: Rules
) -> TakenBack:
    """What un-merging the first record from the second does to the second."""
    merged, survivor = pair
    brought = _brought(conn, book, merged, survivor)
    whole: dict[str, Answer] = {}
    elements: dict[str, Answer] = {}
    left = []
    for unit, candidates in survivor.units.items():
        mine = [c for c in candidates if all(_dot(write) in brought for write in c.writes)]
        if not mine or unit in (ALIAS, DELETED):
            continue
        others = tuple(candidate for candidate in candidates if candidate not in mine)
        if unit != GRID and rules.policy(unit) is Policy.UNION:
            elements[unit] = [candidate.value for candidate in mine]
        elif not others:
            whole[unit] = _before(mine, unit, brought)
        else:
            stands = settle(others, rules.policy(unit), rules.orders.get(unit, ()))
            if stands.contested:
                left.append(unit)
            else:
                whole[unit] = stands.value
    return TakenBack(tuple(_edits(survivor, whole, elements)), tuple(left))


def merge_write(record: Record) -> Write | None:
    """The write that merged a record into the one that it names."""
    candidates = record.units.get(ALIAS, ())
    return candidates[0].writes[0] if len(candidates) == 1 else None


def _brought(
    conn: Connection, book: Bookkeeper, merged: Record, survivor: Record
) -> Mapping[Dot, Mapping[str, Answer]]:
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
    brought: dict[Dot, Mapping[str, Answer]] = {
        (line.device_id, line.n): {}
        for line in echoes
        if (line.device_id.removeprefix(ECHO), line.n) in own
    }
    for line in lines:
        if line.save_id == save and line.device_id == since.device:
            brought[line.device_id, line.n] = book.told(line).before
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


def _before(
    mine: Collection[Candidate], unit: str, brought: Mapping[Dot, Mapping[str, Answer]]
) -> Answer:
    """What the survivor showed before the merge wrote something else; nothing, if it did not."""
    for candidate in mine:
        for write in candidate.writes:
            if unit in brought[_dot(write)]:
                return brought[_dot(write)][unit]
    return None


def _edits(
    survivor: Record, whole: Mapping[str, Answer], elements: Mapping[str, Answer]
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
            base=survivor.version,
            units=dict(named),
        )
        for kind, named in units.items()
        if named
    ]


def _dot(write: Write) -> Dot:
    return write.device, write.n
