"""Whether a record's units are what their form takes: asked by the server of all that comes in."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from shared.changes import Answer
from shared.forms.casts import to_truth
from shared.forms.checks import fault_of
from shared.forms.expressions import expression
from shared.forms.instance import Element, element_at
from shared.forms.instance_text import as_text
from shared.forms.instances import direct_questions, instances_of
from shared.forms.model import Form, Question, Repeat, walk_repeats
from shared.forms.references import references
from shared.forms.register_lists import COLUMNS
from shared.forms.scope import Moment, Scope, Tables, World
from shared.forms.units import stands_alone
from shared.forms.values import read_sent
from shared.forms.words import Words, sentence
from shared.records import is_missing


class Problem(Struct, frozen=True):
    """What is wrong with the answer to one question."""

    unit: str
    question: str
    key: str
    """Names the kind of fault, for those who count or translate."""
    words: Words
    """What is wrong and what to do, in each language."""


def check_units(form: Form, units: Mapping[str, Answer], moment: Moment) -> list[Problem]:
    """What is wrong with these units of a record, in the form's order.

    A unit that the form does not know is no problem: a newer form asked for it, and it is kept.
    Each answer is judged by itself, since a change brings only some of a record's answers.
    """
    problems: list[Problem] = []
    for unit, members in form.units.items():
        if unit not in units:
            continue
        if unit in form.repeats:
            found = _row_problems(form, form.repeats[unit], units[unit], moment)
            problems += (replace(one, unit=unit) for one in found)
        else:
            problems += _unit_problems(form, members, units[unit], moment)
    return problems


def _row_problems(form: Form, repeat: Repeat, rows: Answer, moment: Moment) -> Iterator[Problem]:
    """What is wrong in the instances of a repeat; what an instance has besides is left alone."""
    if rows is None or is_missing(rows):
        return
    instances = instances_of(rows)
    if instances is None:
        yield Problem(repeat.unit, repeat.unit, "not_list", sentence("not_list"))
        return
    for instance in instances:
        for question in direct_questions(repeat.children):
            yield from _problems(form, question, instance.get(question.name), moment)
        for inner in walk_repeats(repeat.children):
            yield from _row_problems(form, inner, instance.get(inner.unit), moment)


def _unit_problems(
    form: Form, members: tuple[Question, ...], value: Answer, moment: Moment
) -> Iterator[Problem]:
    unit = members[0].unit
    if stands_alone(unit, members) or value is None or is_missing(value):
        yield from _problems(form, members[0], value, moment)
    elif not isinstance(value, Mapping):
        yield Problem(unit, members[0].name, "not_object", sentence("not_object"))
    else:
        for member in members:
            yield from _problems(form, member, value.get(member.name), moment)


def _problems(form: Form, question: Question, answer: Answer, moment: Moment) -> Iterator[Problem]:
    reading = read_sent(form, question, answer)
    if reading.fault:
        yield Problem(question.unit, question.name, reading.key, reading.fault)
    elif reading.value is not None and not is_missing(reading.value):
        wrong = _check_fault(question, reading.value, moment)
        if wrong:
            yield Problem(question.unit, question.name, f"bad_{question.check}", wrong)
        elif not _meets_constraint(form, question, reading.value, moment):
            words = question.constraint_message or sentence("constraint")
            yield Problem(question.unit, question.name, "constraint", words)


def _check_fault(question: Question, value: Answer, moment: Moment) -> Words:
    text = value if isinstance(value, str) else ""
    return fault_of(question.check, text, moment.now.date()) if question.check else {}


def _meets_constraint(form: Form, question: Question, value: Answer, moment: Moment) -> bool:
    """One that looks at other answers, or at the register, cannot be judged from one alone."""
    if not question.constraint or any(name in question.constraint for name in COLUMNS):
        return True
    if references(question.constraint, question.path) - {question.path}:
        return True
    root = Element("")
    element = element_at(root, question.path)
    element.text = as_text(value)
    scope = Scope(World(form, root, Tables(form), moment), element, element)
    return to_truth(expression(question.constraint).evaluate(scope))
