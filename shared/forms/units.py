"""Between a record's merge units and the answers of its form's questions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from shared.changes import Answer
from shared.forms.model import SILENT_TYPES, Form, Question, QuestionType
from shared.records import is_missing


def answers_of(form: Form, units: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers by question name that a record's units hold.

    Units that the form does not know are left out here and stay in the record.
    """
    answers: dict[str, Answer] = {}
    for unit, members in form.units.items():
        value = units.get(unit)
        if value is None:
            continue
        if stands_alone(unit, members):
            answers[members[0].name] = value
        elif isinstance(value, Mapping) and not is_missing(value):
            answers.update({m.name: value[m.name] for m in members if m.name in value})
    return answers


def units_of(form: Form, values: Mapping[str, Answer]) -> dict[str, Answer]:
    """The units that answers by question name make; several questions' unit is an object."""
    units: dict[str, Answer] = {}
    for unit, members in form.units.items():
        given = {m.name: values[m.name] for m in members if values.get(m.name) is not None}
        if given:
            units[unit] = given[members[0].name] if stands_alone(unit, members) else given
    return units


def edited_units(
    form: Form, before: Mapping[str, Answer], after: Mapping[str, Answer], opened: AbstractSet[str]
) -> dict[str, Answer]:
    """The units that differ; None for one that was answered and no longer is.

    `opened` names the questions that were relevant when the form was opened: only their units
    can be cleared, so that a rule of a newer form never wipes what was not even shown.
    """
    edits: dict[str, Answer] = {}
    for unit, members in form.units.items():
        old, new = before.get(unit), after.get(unit)
        if _same(old, new) or not all(_editable(member) for member in members):
            continue
        if new is not None or any(member.name in opened for member in members):
            edits[unit] = new
    return edits if any(_is_asked(form, unit) for unit in edits) else {}


def stands_alone(unit: str, members: tuple[Question, ...]) -> bool:
    """Whether the unit is one question's answer, not an object of several."""
    return len(members) == 1 and members[0].unit == unit


def _editable(question: Question) -> bool:
    return question.on and question.type is not QuestionType.UNSUPPORTED


def _is_asked(form: Form, unit: str) -> bool:
    return any(member.type not in SILENT_TYPES for member in form.units[unit])


def _same(old: Answer, new: Answer) -> bool:
    """Lists of codes are sets: their order says nothing."""
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return sorted(map(str, old)) == sorted(map(str, new))
    return old == new
