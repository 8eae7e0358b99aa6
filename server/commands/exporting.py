"""`export`: the whole register as JSON lines, one record a line."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from server.commands.opening import area_of, chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, hint, progress
from server.db.engine import reading
from server.db.register_tables import ConflictRow, RecordRow
from server.office.areas import grids_below
from server.office.audit import Deed
from server.office.errors import refused
from server.register.contested import CLAIM, OPEN
from server.register.standing import waiting as waiting_units
from server.services import Services
from shared.changes import Answer
from shared.codec import Stored, unpack
from shared.merge import Rules
from shared.records import Candidate, Record
from shared.settle import shown

PAGE = 500
"""Records that are in memory at once."""


class Format(StrEnum):
    """How the register can be written."""

    JSONL = "jsonl"


class OpenWrite(Struct, frozen=True):
    """Who wrote a candidate: its dot, its base, and both times."""

    seq: int
    device: str
    n: int
    base: int
    worker: str
    claimed: int
    effective: int
    visit: str | None


class OpenCandidate(Struct, frozen=True):
    """A value that nobody has superseded."""

    value: Answer
    writes: list[OpenWrite]


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
    """The same with who wrote each, when, and having seen what."""
    claims: list[str] = []
    """Units with a number that another record claimed before."""
    alias_of: str | None = None
    deleted: bool = False


def export(
    to: Annotated[
        Path | None, typer.Option(help="写入文件，省略为标准输出 · File to write")
    ] = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="格式 · Format")] = Format.JSONL,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="包含敏感信息 · With sensitive answers")
    ] = False,
    reason: Annotated[str, typer.Option(help="导出理由，记入审计 · Why; goes to the audit")] = "",
    area: Annotated[str, typer.Option(help="只导出该编码的区域 · Only the area of that code")] = "",
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """导出整个登记册 · Write out the whole register."""
    if sensitive and not reason.strip():
        raise refused(
            "reason",
            "导出敏感信息须用 --reason 说明理由，会记入审计。",
            "Sensitive answers need a --reason; it goes into the audit trail.",
        )
    if as_json and to is None:
        raise refused("where", "--json 需要同时给出 --to。", "--json needs --to as well.")
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with operating(services, town_id) as act:
            place = area_of(act.conn, town_id, area) if area else ""
            grids = grids_below(act.conn, town_id, place) if place else None
            what = f"register.{form}{'+sensitive' * sensitive}"
            act.note(Deed.EXPORTED, f"{what} {place}".rstrip(), reason)
        with _written(to) as file:
            count = _write(lines(services, town_id, grids=grids, sensitive=sensitive), file)
    if as_json:
        answer_json({"file": str(to), "records": count})
    else:
        hint(f"已导出 {count} 条记录。", f"Wrote {count} records.")


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
            for kept in page:
                record = whole.get(kept.stored.id) or unpack(kept.stored)
                line = _line(record, kept.deleted, rules.get(record.kind, Rules()))
                yield structs.replace(line, claims=claims.get(record.id, [])), total
            after = ids[-1]


def _write(found: Iterable[tuple[Line, int]], file: BinaryIO) -> int:
    count = 0
    with progress("正在导出", "Exporting") as bar:
        for line, total in found:
            file.write(msgspec.json.encode(line) + b"\n")
            count += 1
            if count % PAGE == 0:
                bar.at(count, total)
    return count


@contextmanager
def _written(to: Path | None) -> Iterator[BinaryIO]:
    """The file, there under its name only when it is whole, and only for its owner to read."""
    if to is None:
        yield sys.stdout.buffer
        return
    if to.exists() and not to.is_file():
        with to.open("wb") as device:
            yield device
        return
    unfinished = to.with_name(f"{to.name}.unfinished")
    handle = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)


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
    waiting = {
        unit: [candidate.value for candidate in record.units[unit]]
        for unit in sorted(waiting_units(record, rules))
        if unit in record.units
    }
    return Line(
        id=record.id,
        kind=record.kind,
        grid=record.grid,
        version=record.version,
        form=record.form,
        answers=shown(record, rules),
        contested=waiting,
        candidates={
            unit: [_candidate(candidate) for candidate in record.units[unit]] for unit in waiting
        },
        alias_of=record.alias_of,
        deleted=deleted,
    )


def _candidate(candidate: Candidate) -> OpenCandidate:
    writes = [OpenWrite(*structs.astuple(write)) for write in candidate.writes]
    return OpenCandidate(candidate.value, writes)
