"""What the register knew of a record on a day: the fold of its journal up to then.

It is about what was *received* by then: a change that a phone kept back until later was not known.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from server.console.desk import Desk
from server.console.labels import Reader, Sight, form_of, label
from server.console.timeline import mentioned
from server.console.titles import titles_of
from server.db.engine import reading
from server.office.people import AccountIdentity
from server.register.history import JournalEntry
from shared.changes import DELETED, GRID, Answer, ChangeKind
from shared.forms.model import SILENT_TYPES


class Known(Struct, frozen=True):
    """One answer as it was known, and from whom."""

    unit: str
    label: str
    text: str
    who: str
    claimed: int
    received: int
    against: str = ""
    """Another answer that stood against it, with nobody's decision yet; "" for none."""


class KnownMember(Struct, frozen=True):
    """A resident as the household's page would have shown them."""

    id: str
    name: str
    relation: str
    status: str


class AsOf(Struct, frozen=True, kw_only=True):
    """A record as it was known."""

    id: str
    kind: str
    title: str
    there: bool
    """Whether it was known at all, and not deleted."""
    version: int
    """The town's change number of the last change that was known."""
    facts: tuple[Known, ...]
    members: tuple[KnownMember, ...]


class _Stand(Struct, frozen=True):
    """A value with the entry that made it."""

    value: Answer
    entry: JournalEntry
    against: Answer = None
    """Of a conflict that was open then: the answer that was not shown."""


Answers = dict[str, _Stand]


def as_of(
    desk: Desk, who: AccountIdentity, wanted: tuple[str, str], *, at: int, sight: Sight
) -> AsOf | None:
    """The record (kind, id) as it was known at that time; None outside the reader's area."""
    kind, record_id = wanted
    record = desk.register.record(who.town, record_id)
    if record is None or record.kind != kind or record.grid not in who.grids:
        return None
    history = desk.register.history(who.town, record_id, with_children=kind == "household")
    known = [entry for entry in history if entry.received <= at]
    folded = fold(known)
    mine = folded.get(record_id, {})
    with reading(desk.engine) as conn:
        titles = titles_of(conn, who, mentioned(known) | {record_id}, sight)
    reader = Reader(sight, titles)
    return AsOf(
        id=record_id,
        kind=kind,
        title=titles.get(record_id, ""),
        there=bool(mine) and not _deleted(mine),
        version=max((entry.seq for entry in known if entry.record == record_id), default=0),
        facts=tuple(_facts(kind, mine, reader)),
        members=tuple(_members(record_id, known, folded, reader)),
    )


def fold(entries: Iterable[JournalEntry]) -> dict[str, Answers]:
    """What each record showed after these changes, by unit."""
    records: dict[str, Answers] = {}
    for entry in sorted(entries, key=lambda each: each.seq):
        answers = records.setdefault(entry.record, {})
        for step in entry.units:
            against = None
            if step.unit in entry.contested:
                against = step.before if step.after == step.written else step.written
            answers[step.unit] = _Stand(step.after, entry, against)
        if entry.kind in (ChangeKind.DELETE, ChangeKind.RESTORE):
            answers[DELETED] = _Stand(entry.kind is ChangeKind.DELETE, entry)
    return records


def _deleted(answers: Mapping[str, _Stand]) -> bool:
    return DELETED in answers and answers[DELETED].value is True


def _facts(kind: str, answers: Mapping[str, _Stand], reader: Reader) -> Iterator[Known]:
    form = form_of(kind)
    told = [unit for unit in answers if not unit.startswith("@")]
    if form is not None:
        silent = {
            unit for unit, asked in form.units.items() if all(q.type in SILENT_TYPES for q in asked)
        }
        places = {unit: place for place, unit in enumerate(form.units)}
        told = sorted(set(told) - silent, key=lambda unit: places.get(unit, len(places)))
    for unit in (*told, *(GRID,) * (GRID in answers)):
        stand = answers[unit]
        if stand.value in (None, "", []):
            continue
        yield Known(
            unit=unit,
            label=label(kind, unit),
            text=reader.text(kind, unit, stand.value),
            who=stand.entry.who_name,
            claimed=stand.entry.claimed,
            received=stand.entry.received,
            against="" if stand.against is None else reader.text(kind, unit, stand.against),
        )


def _members(
    household: str,
    known: Iterable[JournalEntry],
    folded: Mapping[str, Answers],
    reader: Reader,
) -> Iterator[KnownMember]:
    residents = dict.fromkeys(e.record for e in known if e.record_kind == "resident")
    for resident in residents:
        answers = folded[resident]
        belongs = answers.get("household")
        if belongs is None or belongs.value != household or _deleted(answers):
            continue

        def text(unit: str, answers: Answers = answers) -> str:
            value = answers[unit].value if unit in answers else None
            return reader.text("resident", unit, value) if value not in (None, "") else ""

        yield KnownMember(resident, text("name"), text("relation"), text("status"))
