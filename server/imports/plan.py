"""What each row of a table would do to the register: the dry run, and what a commit commits."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from server.imports.lines import Line
from server.imports.match import Matched, Matcher
from server.imports.words import Remark, remark
from server.register.edits import Edit
from shared.changes import Answer, ChangeKind
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from shared.merge import Rules, conflicts, same, shown
from shared.records import Record
from shared.wire import Words

KINDS = ("dwelling", "household", "resident")
"""In the order they are made: what is referred to comes first."""
NEVER_REPLACED = frozenset({"plate", "code", "household_no", "building", "unit_no", "room"})
"""What a row was found by: another spelling of the same door is no news."""


class RowState(StrEnum):
    """What will become of a row."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    BAD = "bad"
    LEFT = "left"
    """A person chose not to import it."""


class FieldChange(Struct, frozen=True, array_like=True):
    """One answer that the row would write."""

    kind: str
    unit: str
    before: Answer
    after: Answer


class RowPlan(Struct, frozen=True, kw_only=True):
    """What one row would do."""

    number: int
    state: RowState
    name: str
    door: str
    grid: str = ""
    makes: tuple[str, ...] = ()
    """Kinds of the records that it makes."""
    changes: tuple[FieldChange, ...] = ()
    """To records that are there already."""
    remarks: tuple[Remark, ...] = ()
    """Why it is bad; else what to know of it."""
    edits: tuple[Edit, ...] = ()

    @property
    def effect(self) -> tuple[object, ...]:
        """What a person saw of it: the same effect needs no second look."""
        return self.number, self.state, self.makes, self.changes


class Register(Struct, frozen=True):
    """What planning needs of the register: the matched records and what their forms say."""

    records: Mapping[str, Record]
    rules: Mapping[str, Rules]
    forms: Mapping[str, Form]
    moment: Moment


def plan_rows(
    lines: Sequence[Line], matched: Sequence[Matched | Remark], register: Register
) -> list[RowPlan]:
    """The plan of every row, in the order of the table."""
    return [_plan(line, found, register) for line, found in zip(lines, matched, strict=True)]


def match_rows(lines: Sequence[Line], matcher: Matcher) -> list[Matched | Remark]:
    """For each row where it belongs, or why that cannot be told."""
    return [matcher.match(line) for line in lines]


def _plan(line: Line, matched: Matched | Remark, register: Register) -> RowPlan:
    problems = list(line.problems)
    if isinstance(matched, Remark):
        problems.append(matched)
    problems += _form_problems(line, register)
    if problems or isinstance(matched, Remark):
        return RowPlan(
            number=line.number,
            state=RowState.BAD,
            name=line.name,
            door=line.door,
            remarks=tuple(dict.fromkeys(problems)),
        )
    return _good(line, matched, register)


def _good(line: Line, matched: Matched, register: Register) -> RowPlan:
    drafts = [_draft(kind, line, matched, register) for kind in KINDS]
    edits = tuple(draft.edit for draft in drafts if draft.edit is not None)
    makes = tuple(edit.record_kind for edit in edits if edit.kind is ChangeKind.CREATE)
    state = RowState.UPDATE if edits else RowState.UNCHANGED
    notes = [note for draft in drafts for note in draft.notes]
    return RowPlan(
        number=line.number,
        state=RowState.NEW if "household" in makes else state,
        name=line.name,
        door=line.door,
        grid=matched.grid,
        makes=makes,
        changes=tuple(change for draft in drafts for change in draft.changes),
        remarks=(*(line.notes if edits else ()), *notes),
        edits=edits,
    )


class _Draft(Struct, frozen=True):
    """What a row does to one record."""

    edit: Edit | None = None
    changes: tuple[FieldChange, ...] = ()
    notes: tuple[Remark, ...] = ()


def _draft(kind: str, line: Line, matched: Matched, register: Register) -> _Draft:
    target = matched.targets.get(kind)
    if target is None:
        return _Draft(notes=(remark("head_not_listed"),) if kind == "resident" else ())
    units = {**target.units, **line.answers.get(kind, {})}
    record = register.records.get(target.id)
    if record is None:
        return _created(kind, target.id, matched.grid, units)
    return _changed(record, units, register)


def _created(kind: str, record: str, grid: str, units: dict[str, Answer]) -> _Draft:
    return _Draft(
        Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, grid=grid, units=units)
    )


def _changed(record: Record, units: Mapping[str, Answer], register: Register) -> _Draft:
    rules = register.rules.get(record.kind, Rules())
    before = shown(record, rules)
    open_units = conflicts(record, rules)
    news = {
        unit: value
        for unit, value in units.items()
        if not same(before.get(unit), value)
        and not (unit in NEVER_REPLACED and before.get(unit) not in (None, ""))
    }
    written = {unit: value for unit, value in news.items() if unit not in open_units}
    notes = tuple(
        remark("waits_for_decision", field=label(register.forms, record.kind, unit))
        for unit in news
        if unit in open_units
    )
    if not written:
        return _Draft(notes=notes)
    old = {unit: before.get(unit) for unit in written}
    edit = Edit(
        kind=ChangeKind.SET,
        record=record.id,
        record_kind=record.kind,
        grid=record.grid,
        base=record.version,
        units=written,
        old=old,
    )
    changes = (FieldChange(record.kind, unit, old[unit], value) for unit, value in written.items())
    return _Draft(edit, tuple(changes), notes)


def label(forms: Mapping[str, Form], kind: str, unit: str) -> Words:
    """What the form calls a unit, in both languages."""
    form = forms.get(kind)
    members = form.units.get(unit, ()) if form is not None else ()
    if form is None or not members:
        return Words(unit, unit)
    said = members[0].label
    return Words(form.words(said, "zh"), form.words(said, "en"))


def _form_problems(line: Line, register: Register) -> list[Remark]:
    """What the forms themselves find wrong with the answers."""
    return [
        remark(
            "form_says",
            field=label(register.forms, kind, problem.unit),
            reason=Words(problem.words.get("zh", ""), problem.words.get("en", "")),
        )
        for kind, units in line.answers.items()
        if (form := register.forms.get(kind)) is not None
        for problem in check_units(form, units, register.moment)
    ]
