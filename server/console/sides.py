"""Two records side by side: each answer of both, which differ, and what the survivor keeps."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from sqlalchemy import Connection

from server.console.belongings import Member, members_of
from server.console.desk import Desk
from server.console.labels import Reader, Sight, form_of, label, rules_of
from server.console.titles import titles_of
from server.db.engine import reading
from server.duplicates.pairs import Standing, standing
from server.office.people import AccountIdentity
from server.register.aliases import merged_into
from shared.changes import Answer
from shared.forms.model import SILENT_TYPES, Form
from shared.merge import same, settled, shown
from shared.policies import PrivacyClass
from shared.records import Record

NEVER_WHOLE = frozenset({"id_number"})
"""Beside a birth date not even to who decides: that they differ is enough."""


class SideLine(Struct, frozen=True):
    """One answer of both records."""

    unit: str
    label: str
    stands: str
    goes: str
    differs: bool
    takes: bool
    """Whether the survivor would take the other's answer, unless the reviewer says otherwise."""
    waits: bool = False
    """Whether the survivor has two answers of its own, of which a person must choose first."""


class Side(Struct, frozen=True):
    """One of the two."""

    id: str
    title: str
    grid: str
    version: int
    changes: int
    created_at: int | None
    who: str
    members: tuple[Member, ...]


class Sides(Struct, frozen=True, kw_only=True):
    """What the page of a pair shows."""

    kind: str
    stands: Side
    goes: Side
    lines: tuple[SideLine, ...]
    known: Standing
    merged: bool
    """They are one already."""


def sides(desk: Desk, who: AccountIdentity, pair: tuple[str, str], sight: Sight) -> Sides | None:
    """The pair, the first as the one that stands; None where the reader may not see both."""
    found = desk.register.records(who.town, pair)
    stands, goes = found.get(pair[0]), found.get(pair[1])
    if stands is None or goes is None or stands.kind != goes.kind or stands.id == goes.id:
        return None
    if {stands.grid, goes.grid} - who.grids or stands.deleted or goes.deleted:
        return None
    rules = rules_of(stands.kind)
    told = tuple(shown(each, rules) for each in (stands, goes))
    waiting = frozenset(unit for unit in stands.units if settled(stands, unit, rules).contested)
    with reading(desk.engine) as conn:
        mentioned = {value for each in told for value in each.values() if isinstance(value, str)}
        titles = titles_of(conn, who, mentioned | set(pair), sight)
        reader = Reader(sight, titles)
        first, second = (_side(desk, conn, who, (each, reader)) for each in (stands, goes))
        known = standing(conn, who.town, pair)
    return Sides(
        kind=stands.kind,
        stands=first,
        goes=second,
        lines=tuple(_lines(stands.kind, told, reader, waiting)),
        known=known,
        merged=goes.alias_of == stands.id or stands.alias_of == goes.id,
    )


def _side(desk: Desk, conn: Connection, who: AccountIdentity, seen: tuple[Record, Reader]) -> Side:
    record, reader = seen
    history = desk.register.history(who.town, record.id)
    first = history[0] if history else None
    family = merged_into(conn, who.town, [record.id])
    return Side(
        id=record.id,
        title=reader.titles.get(record.id, ""),
        grid=reader.titles.get(record.grid, ""),
        version=record.version,
        changes=len(history),
        created_at=first.effective if first else None,
        who=first.who_name if first else "",
        members=members_of(conn, who, family, reader) if record.kind == "household" else (),
    )


def _lines(
    kind: str, told: tuple[Mapping[str, Answer], ...], reader: Reader, waiting: frozenset[str]
) -> Iterator[SideLine]:
    stands, goes = told
    form = form_of(kind)
    for unit in _units(form, stands, goes):
        mine, theirs = stands.get(unit), goes.get(unit)
        if _nothing(mine) and _nothing(theirs):
            continue
        seen = _reader_of(form, unit, reader)
        yield SideLine(
            unit=unit,
            label=label(kind, unit),
            stands=seen.text(kind, unit, mine),
            goes=seen.text(kind, unit, theirs),
            differs=not same(mine, theirs),
            takes=_nothing(mine) and unit not in waiting,
            waits=unit in waiting,
        )


def _units(
    form: Form | None, stands: Mapping[str, Answer], goes: Mapping[str, Answer]
) -> list[str]:
    given = [unit for unit in {**stands, **goes} if not unit.startswith("@")]
    if form is None:
        return given
    silent = {
        unit for unit, members in form.units.items() if all(q.type in SILENT_TYPES for q in members)
    }
    return [unit for unit in form.units if unit in given and unit not in silent]


def _reader_of(form: Form | None, unit: str, reader: Reader) -> Reader:
    """Who reads this answer: an ID number and class S are told apart without being shown."""
    members = form.units.get(unit, ()) if form is not None else ()
    secret = any(q.privacy is PrivacyClass.SENSITIVE for q in members) or unit in NEVER_WHOLE
    return Reader(Sight.DESK, reader.titles) if secret and reader.sight is Sight.WHOLE else reader


def _nothing(value: Answer) -> bool:
    return value in (None, "", [])
