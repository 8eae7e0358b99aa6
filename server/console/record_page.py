"""Everything about one record, for its page: answers, what hangs on it, conflicts, timeline."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.console.belongings import (
    Member,
    Neighbour,
    VisitLine,
    households_at,
    members_of,
    visits_of,
)
from server.console.desk import Desk
from server.console.gaps import Gaps, gaps_of
from server.console.labels import (
    NO_TITLES,
    Reader,
    Sight,
    form_of,
    label,
    rules_of,
    seen_answer,
    seen_files,
)
from server.console.timeline import Step, mentioned, steps
from server.console.titles import titles_of
from server.console.words import language, say
from server.db.engine import reading
from server.db.register_tables import ConflictRow
from server.office.people import AccountIdentity
from server.register import standing
from server.register.aliases import merged_into
from server.register.file_uses import Uses
from server.review.questions import Question as Asked
from server.review.questions import Questions
from shared.changes import Answer
from shared.files import FileRef
from shared.forms.model import SILENT_TYPES, Form, Group, Node, Question
from shared.merge import Rules, settled, shown
from shared.privacy import NON_ANSWERS
from shared.records import Candidate, Record

HOUSEHOLD, DWELLING = "household", "dwelling"


class Fact(Struct, frozen=True):
    """One answer."""

    unit: str
    label: str
    text: str
    given: bool
    who: str = ""
    at: int | None = None
    """When the shown value was written, corrected time."""
    others: tuple[str, ...] = ()
    """The other values of an answer that waits for a decision."""
    conflict: str = ""
    """Its id."""
    masked: bool = False
    """It is shown whole only with a reason."""
    files: tuple[FileRef, ...] = ()
    """Photos, recordings and documents that the answer names, if its reader may see them."""


class Section(Struct, frozen=True):
    """Answers that a page of the form asks together."""

    label: str
    facts: tuple[Fact, ...]


class RecordPage(Struct, frozen=True, kw_only=True):
    """What a record's page shows."""

    id: str
    kind: str
    title: str
    grid: str
    version: int
    deleted: bool
    sections: tuple[Section, ...]
    conflicts: int
    timeline: tuple[Step, ...]
    titles: Mapping[str, str]
    household: str = ""
    """The household that a resident or a visit belongs to."""
    dwelling: str = ""
    members: tuple[Member, ...] = ()
    visits: tuple[VisitLine, ...] = ()
    households: tuple[Neighbour, ...] = ()
    files_here: frozenset[str] = frozenset()
    """Of the files that it names, those that have come, by hash."""
    questions: tuple[Asked, ...] = ()
    """What the office asked workers about it."""
    gaps: Gaps = Gaps()
    """Of a household: what is missing of it and its people."""
    merged: tuple[str, ...] = ()
    """The records that were merged into it."""
    survivor: str = ""
    """The record that it was merged into."""


def record_page(
    desk: Desk, who: AccountIdentity, record_id: str, *, kind: str, sight: Sight
) -> RecordPage | None:
    """The record's page, or None when it is not in the reader's area."""
    record = desk.register.record(who.town, record_id)
    if record is None or record.kind != kind or record.grid not in who.grids:
        return None
    history = desk.register.history(who.town, record_id, with_children=kind == HOUSEHOLD)
    rules = rules_of(kind)
    questions = Questions(desk.register, desk.engine, desk.clock).about(who, [record_id])
    with reading(desk.engine) as conn:
        ids = mentioned(history) | references(record) | {record_id}
        titles = titles_of(conn, who, ids, sight)
        reader = Reader(sight, titles)
        names = {entry.who: entry.who_name for entry in history}
        family = merged_into(conn, who.town, [record_id])
        return RecordPage(
            id=record_id,
            kind=kind,
            title=titles.get(record_id) or say(f"kind.{kind}"),
            grid=titles.get(record.grid, ""),
            version=record.version,
            deleted=record.deleted,
            sections=sections_of(record, reader, names, waiting_units(conn, who.town, record_id)),
            conflicts=len(standing.waiting(record, rules)),
            timeline=steps(history, reader),
            titles=titles,
            household=_refers_to(record, rules, "household"),
            dwelling=_refers_to(record, rules, "dwelling"),
            members=members_of(conn, who, family, reader) if kind == HOUSEHOLD else (),
            visits=visits_of(conn, who, family, reader) if kind == HOUSEHOLD else (),
            households=households_at(conn, who, family, reader) if kind == DWELLING else (),
            files_here=Uses(conn, who.town).here(record_id),
            questions=tuple(questions),
            gaps=gaps_of(desk, who, family, titles) if kind == HOUSEHOLD else Gaps(),
            merged=tuple(family[1:]),
            survivor=record.alias_of or "",
        )


def sections_of(
    record: Record,
    reader: Reader,
    names: Mapping[str, str],
    waiting: Mapping[str, str] = NO_TITLES,
) -> tuple[Section, ...]:
    """The answers of any record, by the pages of its form.

    names: of their authors, by id. waiting: the ids of its open conflicts, by unit.
    """
    return tuple(_sections(_Told(record, rules_of(record.kind), reader, names, waiting)))


def references(record: Record) -> frozenset[str]:
    """What may be the ids of other records among its answers."""
    answers = shown(record, rules_of(record.kind)).values()
    return frozenset(value for value in answers if isinstance(value, str))


def waiting_units(conn: Connection, town: str, record_id: str) -> dict[str, str]:
    """The ids of a record's open conflicts, by unit."""
    rows = conn.execute(
        select(col(ConflictRow.unit), col(ConflictRow.id)).where(
            col(ConflictRow.town_id) == town,
            col(ConflictRow.record_id) == record_id,
            col(ConflictRow.state) == "open",
        )
    )
    return {row.unit: row.id for row in rows}


class _Told(Struct, frozen=True):
    """A record with what is needed to tell of its answers."""

    record: Record
    rules: Rules
    reader: Reader
    names: Mapping[str, str]
    waiting: Mapping[str, str]


def _sections(told: _Told) -> Iterator[Section]:
    form = form_of(told.record.kind)
    if form is None:
        units = [unit for unit in told.record.units if not unit.startswith("@")]
        yield Section("", tuple(_fact(told, unit) for unit in units))
        return
    seen: set[str] = set()
    for node in form.children:
        units = [unit for unit in _units(form, node) if unit not in seen]
        seen.update(units)
        words = form.words(node.label, language()) if isinstance(node, Group) else ""
        if units:
            yield Section(words, tuple(_fact(told, unit) for unit in units))


def _units(form: Form, node: Node) -> Iterator[str]:
    """The units of the form's questions below a node that a reader is told of, in order."""
    if isinstance(node, Question):
        if node.stored and node.type not in SILENT_TYPES and node.on:
            yield node.unit
    elif isinstance(node, Group):
        for child in node.children:
            yield from _units(form, child)
    else:
        yield node.unit


def _fact(told: _Told, unit: str) -> Fact:
    kind = told.record.kind
    candidates = told.record.units.get(unit, ())
    shown = settled(told.record, unit, told.rules)
    newest = _newest(candidates, shown.value)
    others = [c.value for c in candidates if shown.contested and c.value != shown.value]
    return Fact(
        unit=unit,
        label=label(kind, unit),
        text=told.reader.text(kind, unit, shown.value),
        given=shown.value not in (None, "", []),
        who=told.names.get(newest[0], "") if newest else "",
        at=newest[1] if newest else None,
        others=tuple(told.reader.text(kind, unit, value) for value in others),
        conflict=told.waiting.get(unit, ""),
        masked=_is_masked(told, unit, shown.value),
        files=seen_files(kind, unit, shown.value, told.reader.sight),
    )


def _is_masked(told: _Told, unit: str, value: Answer) -> bool:
    """Whether there is more to an answer than its reader is shown."""
    if value in (None, "", []) or (isinstance(value, Mapping) and value in NON_ANSWERS):
        return False
    seen = seen_answer(told.record.kind, unit, value, told.reader.sight)
    return seen is not value


def _newest(candidates: tuple[Candidate, ...], value: object) -> tuple[str, int] | None:
    writes = [w for c in candidates if c.value == value for w in c.writes]
    writes = writes or [write for candidate in candidates for write in candidate.writes]
    last = max(writes, key=lambda write: write.effective, default=None)
    return None if last is None else (last.worker, last.effective)


def _refers_to(record: Record, rules: Rules, unit: str) -> str:
    value = settled(record, unit, rules).value
    return value if isinstance(value, str) else ""
