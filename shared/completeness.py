"""How complete a record is: of the items that apply, which are answered, declined or missing."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from shared.changes import Answer
from shared.forms.logic import FormState, QuestionState
from shared.forms.model import Form, Question
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.forms.values import Missing
from shared.records import is_missing


class Completeness(Struct, frozen=True):
    """The items of one record, by question name in the order of the form."""

    answered: tuple[str, ...] = ()
    """With an answer; to decline, or not to know, is one."""
    declined: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    """Of the missing, those that count for the collection rate."""

    @property
    def applicable(self) -> int:
        """How many items apply."""
        return len(self.answered) + len(self.missing)


def completeness(form: Form, units: Mapping[str, Answer], moment: Moment) -> Completeness:
    """How complete a record with these units is. What is off, or not relevant, does not count."""
    state = FormState(form, answers_of(form, units), moment)
    items = [one for one in state.visible() if one.question.item]
    missing = [one for one in items if one.answer is None]
    return Completeness(
        answered=_names(one for one in items if one.answer is not None),
        declined=_names(one for one in items if is_declined(one.answer)),
        missing=_names(missing),
        wanted=_names(one for one in missing if one.question.mandatory),
    )


def wanted_units(form: Form) -> dict[str, bool]:
    """The units that count for the collection rate; whether a rule says if they apply."""
    return {
        question.unit: _has_rule(form, question)
        for question in form.questions
        if question.mandatory and question.asked and question.item
    }


def _has_rule(form: Form, question: Question) -> bool:
    return bool(question.relevant) or any(
        question.path.startswith(f"{node.path}/") and node.relevant != ""
        for node in form.children
        if not isinstance(node, Question)
    )


def _names(states: Iterable[QuestionState]) -> tuple[str, ...]:
    return tuple(one.question.name for one in states)


def is_declined(answer: Answer) -> bool:
    """Whether somebody said that they do not want to answer."""
    return (
        isinstance(answer, Mapping)
        and is_missing(answer)
        and (answer.get("missing") == Missing.DECLINED)
    )
