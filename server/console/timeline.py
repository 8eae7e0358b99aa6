"""A record's history as people read it: who, when, from which visit, before and after."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from server.console.labels import Reader, form_of, label, question_of
from server.console.titles import Titles
from server.register.history import JournalEntry, UnitStep
from shared.changes import GRID, ChangeKind
from shared.forms.model import QuestionType
from shared.merge import same

CLOCKS_APART_MS = 60_000
"""From here on both the device's time and the corrected one are shown."""


class Line(Struct, frozen=True):
    """What a step did to one answer."""

    label: str
    before: str
    after: str
    written: str = ""
    """What the author wrote, where something else is shown now."""
    contested: bool = False
    unit: str = ""
    """The unit, where what was written may be written again."""


class Step(Struct, frozen=True, kw_only=True):
    """One change."""

    seq: int
    kind: ChangeKind
    record: str
    record_kind: str
    title: str
    who: str
    on_behalf: str
    """For whom it was typed in; "" where they wrote for themselves."""
    console: bool
    claimed: int
    effective: int | None
    """The corrected time, where the device's clock was off."""
    received: int
    visit: str | None
    visit_title: str
    outcome: str
    lines: tuple[Line, ...]


def steps(entries: Iterable[JournalEntry], reader: Reader) -> tuple[Step, ...]:
    """The steps, newest first."""
    told = [_step(entry, reader) for entry in entries]
    return tuple(sorted(told, key=lambda step: step.seq, reverse=True))


def mentioned(entries: Sequence[JournalEntry]) -> set[str]:
    """The ids of the records that a history speaks of."""
    values = (v for e in entries for u in e.units for v in (u.before, u.after, u.written))
    return (
        {entry.record for entry in entries}
        | {entry.visit for entry in entries if entry.visit}
        | {value for value in values if isinstance(value, str)}
    )


def _step(entry: JournalEntry, reader: Reader) -> Step:
    apart = abs(entry.claimed - entry.effective) >= CLOCKS_APART_MS
    titles: Titles = reader.titles
    return Step(
        seq=entry.seq,
        kind=entry.kind,
        record=entry.record,
        record_kind=entry.record_kind,
        title=titles.get(entry.record, ""),
        who=entry.who_name,
        on_behalf=entry.on_behalf_name,
        console=entry.console,
        claimed=entry.claimed,
        effective=entry.effective if apart else None,
        received=entry.received,
        visit=entry.visit,
        visit_title=titles.get(entry.visit or "", ""),
        outcome=entry.outcome,
        lines=tuple(_line(entry, unit, reader) for unit in _told(entry)),
    )


def _told(entry: JournalEntry) -> list[UnitStep]:
    """What is worth telling, in the order that the form asks."""
    form = form_of(entry.record_kind)
    places = {unit: place for place, unit in enumerate(form.units)} if form else {}
    told = [unit for unit in entry.units if not _goes_without_saying(entry, unit)]
    return sorted(told, key=lambda step: places.get(step.unit, len(places)))


def _goes_without_saying(entry: JournalEntry, step: UnitStep) -> bool:
    """Where a new record was made, and what it was made for."""
    if entry.kind is not ChangeKind.CREATE:
        return False
    question = question_of(entry.record_kind, step.unit)
    refers = question is not None and question.type is QuestionType.REFERENCE
    return step.unit == GRID or refers


def _line(entry: JournalEntry, step: UnitStep, reader: Reader) -> Line:
    kind, unit = entry.record_kind, step.unit
    as_written = entry.kind in (ChangeKind.ADD, ChangeKind.REMOVE) or same(step.after, step.written)
    return Line(
        label=label(kind, unit),
        before=reader.text(kind, unit, step.before),
        after=reader.text(kind, unit, step.after),
        written="" if as_written else reader.text(kind, unit, step.written),
        contested=unit in entry.contested,
        unit=unit if unit == GRID or not unit.startswith("@") else "",
    )
