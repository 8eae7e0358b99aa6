"""Between a record's merge units and the answers of its form's questions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from shared.changes import Answer
from shared.forms.model import SILENT_TYPES, Form, Question, QuestionType
from shared.records import is_missing


def answers_of(form: Form, units: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers by question name that a record's units hold; a repeat's unit is one answer.

    Units that the form does not know are left out here and stay in the record.
    """
    answers: dict[str, Answer] = {
        unit: units[unit] for unit in form.repeats if units.get(unit) is not None
    }
    for unit, members in form.units.items():
        value = units.get(unit)
        if value is None or unit in form.repeats:
            continue
        if stands_alone(unit, members):
            answers[members[0].name] = value
        elif isinstance(value, Mapping) and not is_missing(value):
            answers.update({m.name: value[m.name] for m in members if m.name in value})
    return answers


def units_of(form: Form, values: Mapping[str, Answer]) -> dict[str, Answer]:
    """The units that answers by question name make; several questions' unit is an object."""
    units: dict[str, Answer] = {
        unit: values[unit] for unit in form.repeats if values.get(unit) is not None
    }
    for unit, members in form.units.items():
        if unit in form.repeats:
            continue
        given = {m.name: values[m.name] for m in members if values.get(m.name) is not None}
        if given:
            units[unit] = given[members[0].name] if stands_alone(unit, members) else given
    return units


def edited_units(
    form: Form, before: Mapping[str, Answer], after: Mapping[str, Answer], opened: AbstractSet[str]
) -> dict[str, Answer]:
    """The units that differ; None for one that was answered and no longer is.

    `opened` names the questions and repeats that were relevant when the form was opened: only
    their units can be cleared, so that a rule of a newer form never wipes what was not even shown.
    """
    edits: dict[str, Answer] = {}
    for unit in form.units | form.repeats:
        members = form.units.get(unit, ())
        old, new = before.get(unit), after.get(unit)
        if _same(members, old, new) or not (unit in form.repeats or all(map(_editable, members))):
            continue
        seen = unit in opened if unit in form.repeats else any(m.name in opened for m in members)
        if new is not None or seen:
            edits[unit] = new
    return edits if any(_is_asked(form, unit) for unit in edits) else {}


def stands_alone(unit: str, members: tuple[Question, ...]) -> bool:
    """Whether the unit is one question's answer, not an object of several."""
    return len(members) == 1 and members[0].unit == unit


def _editable(question: Question) -> bool:
    return question.on and question.type is not QuestionType.UNSUPPORTED


def _is_asked(form: Form, unit: str) -> bool:
    return any(member.type not in SILENT_TYPES for member in form.units.get(unit, ()))


def _same(members: tuple[Question, ...], old: Answer, new: Answer) -> bool:
    """Several choices are a set: their order says nothing."""
    chosen = len(members) == 1 and members[0].type is QuestionType.SELECT_MULTIPLE
    if chosen and isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return sorted(map(str, old)) == sorted(map(str, new))
    if isinstance(old, tuple) or isinstance(new, tuple):
        return _listed(old) == _listed(new)
    return old == new


def _listed(value: Answer) -> Answer:
    return list(value) if isinstance(value, tuple) else value
