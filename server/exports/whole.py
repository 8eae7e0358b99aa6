"""The whole register as lines: each record with its version and every open candidate.

Unlike the tables of `columns`, this is what a program needs to go on with the records elsewhere.
"""

from collections.abc import Iterator

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from server.db.engine import reading
from server.db.register_tables import ConflictRow, RecordRow
from server.register.contested import CLAIM, OPEN
from server.register.standing import waiting as waiting_units
from server.services import Services
from shared.changes import Answer
from shared.codec import Stored, unpack
from shared.folded import several
from shared.merge import Rules
from shared.policies import Policy
from shared.records import Candidate, Record, Stamp
from shared.settle import shown
from shared.work.values import OFFICE_ONLY

PAGE = 500
"""Records that are in memory at once."""


class OpenCandidate(Struct, frozen=True):
    """A value that nobody has superseded."""

    value: Answer
    writes: list[Stamp]


class Extent(Struct, frozen=True):
    """What of a town is written out."""

    town: str
    grids: frozenset[str] | None = None
    """None: all of it."""


class Line(Struct, frozen=True, omit_defaults=True):
    """One record. Reserved units (beginning with @) are told by the other fields."""

    id: str
    kind: str
    grid: str
    version: int
    form: str
    answers: dict[str, Answer]
    contested: dict[str, list[Answer]] = {}
    """All values of the units that wait for a person."""
    candidates: dict[str, list[OpenCandidate]] = {}
    """Of every unit but sets that has several, whether it waits or its policy shows one of them:
    each with who wrote it, when, and having seen what."""
    claims: list[str] = []
    """Units with a number that another record claimed before."""
    alias_of: str | None = None
    deleted: bool = False


def lines(
    services: Services,
    town: str,
    *,
    grids: frozenset[str] | None = None,
    sensitive: bool = False,
) -> Iterator[tuple[Line, int]]:
    """The records of a town, or of grids, in the order of ids, with how many there are in all."""
    extent = Extent(town, grids)
    rules = {kind: services.register.rules(town, kind) for kind in services.register.forms(town)}
    with reading(services.engine) as conn:
        total = _count(conn, extent)
        after = ""
        while page := _page(conn, extent, after):
            ids = [kept.stored.id for kept in page]
            whole = services.register.records(town, ids) if sensitive else {}
            claims = _claims(conn, town, ids)
            told = (k for k in page if sensitive or k.stored.kind not in OFFICE_ONLY)
            for kept in told:
                record = whole.get(kept.stored.id) or unpack(kept.stored)
                line = _line(record, kept.deleted, rules.get(record.kind, Rules()))
                yield structs.replace(line, claims=claims.get(record.id, [])), total
            after = ids[-1]


def count_lines(services: Services, town: str, grids: frozenset[str] | None) -> int:
    """How many records there are, tombstones included."""
    with reading(services.engine) as conn:
        return _count(conn, Extent(town, grids))


def _within(extent: Extent) -> tuple[ColumnElement[bool], ...]:
    of_town = col(RecordRow.town_id) == extent.town
    if extent.grids is None:
        return (of_town,)
    return of_town, col(RecordRow.grid).in_(sorted(extent.grids))


def _count(conn: Connection, extent: Extent) -> int:
    wanted = select(func.count()).select_from(RecordRow)
    return conn.execute(wanted.where(*_within(extent))).scalar_one()


def _claims(conn: Connection, town: str, ids: list[str]) -> dict[str, list[str]]:
    """The units of these records whose number another record claimed before."""
    rows = conn.execute(
        select(col(ConflictRow.record_id), col(ConflictRow.unit)).where(
            col(ConflictRow.town_id) == town,
            col(ConflictRow.state) == OPEN,
            col(ConflictRow.about) == CLAIM,
            col(ConflictRow.record_id).in_(ids),
        )
    )
    found: dict[str, list[str]] = {}
    for record, unit in rows:
        found.setdefault(record, []).append(unit)
    return found


class _Kept(Struct, frozen=True):
    """The open part of a record's row."""

    stored: Stored
    deleted: bool


def _page(conn: Connection, extent: Extent, after: str) -> list[_Kept]:
    rows = conn.execute(
        select(RecordRow)
        .where(*_within(extent), col(RecordRow.id) > after)
        .order_by(col(RecordRow.id))
        .limit(PAGE)
    )
    return [
        _Kept(Stored(row.id, row.kind, row.version, row.form, row.body), row.deleted)
        for row in rows
    ]


def _line(record: Record, deleted: bool, rules: Rules) -> Line:
    waiting = sorted(unit for unit in waiting_units(record, rules) if unit in record.units)
    beside = {unit for unit in several(record.units) if rules.policy(unit) is not Policy.UNION}
    return Line(
        id=record.id,
        kind=record.kind,
        grid=record.grid,
        version=record.version,
        form=record.form,
        answers=shown(record, rules),
        contested={unit: [each.value for each in record.units[unit]] for unit in waiting},
        candidates={
            unit: [_candidate(candidate) for candidate in record.units[unit]]
            for unit in sorted({*waiting, *beside})
        },
        alias_of=record.alias_of,
        deleted=deleted,
    )


def _candidate(candidate: Candidate) -> OpenCandidate:
    writes = [Stamp(*structs.astuple(write)) for write in candidate.writes]
    return OpenCandidate(candidate.value, writes)
