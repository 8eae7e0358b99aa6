"""A form's question as an input of a page, and what came back from it."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from starlette.datastructures import FormData

from server.console.labels import ALWAYS_MASKED, Reader, Sight
from server.console.words import language, say
from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.model import Choice, Form, Question, QuestionType
from shared.forms.scope import Moment
from shared.forms.units import stands_alone
from shared.forms.values import Missing
from shared.policies import PrivacyClass
from shared.records import is_missing

TEXT_MAX = 2000
WRITABLE = frozenset(
    {
        QuestionType.TEXT,
        QuestionType.INTEGER,
        QuestionType.DECIMAL,
        QuestionType.DATE,
        QuestionType.SELECT_ONE,
        QuestionType.SELECT_MULTIPLE,
    }
)
"""What can be typed at a desk; a place, a photo or another record cannot."""


class Input(Struct, frozen=True, kw_only=True):
    """One input of a page."""

    name: str
    label: str
    hint: str
    type: QuestionType
    value: str = ""
    chosen: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    """Codes with their labels; the explicit non-answers among them."""
    long: bool = False
    hidden: str = ""
    """What stands for a value that is not shown; left empty, it stays."""
    missing: str = ""
    """The explicit non-answer that stands now."""
    may_be_missing: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    contested: bool = False
    required: bool = False
    """Whether it must be answered, whatever else is."""


def can_write(form: Form, unit: str) -> bool:
    """Whether a value of the unit can be typed at a desk."""
    members = form.units.get(unit, ())
    return (
        bool(members)
        and stands_alone(unit, members)
        and members[0].type in WRITABLE
        and members[0].asked
        and not members[0].readonly
    )


def is_masked(question: Question) -> bool:
    """Whether the answer is not shown whole at a desk."""
    return question.name in ALWAYS_MASKED or question.privacy is PrivacyClass.SENSITIVE


def blank_input(form: Form, question: Question, required: frozenset[str] = frozenset()) -> Input:
    """An empty input for the question. required: the questions that must be answered."""
    blank = filled_input(form, question, None, Sight.WHOLE, offered=None)
    return replace(blank, required=question.name in required)


def required_in(form: Form, said: Mapping[str, Answer], moment: Moment) -> frozenset[str]:
    """The questions that must be answered where no more than this is said.

    A browser holds back what lacks them, and keeps what was typed; what further answers ask for is
    judged when it was sent.
    """
    pages = FormState.fresh(form, moment, said).pages()
    return frozenset(asked.key for page in pages for asked in page.questions if asked.unanswered)


def filled_input(
    form: Form,
    question: Question,
    value: Answer,
    sight: Sight,
    *,
    offered: tuple[Choice, ...] | None,
    contested: bool = False,
    fault: str = "",
) -> Input:
    """An input with the value that stands; a masked one is only hinted at."""
    tongue = language()
    masked = sight is not Sight.WHOLE and is_masked(question) and value is not None
    spoken = "" if masked or value is None or is_missing(value) else str(value)
    chosen = value if isinstance(value, list | tuple) and not masked else ()
    listed = form.choices.get(question.choice_list, ()) if offered is None else offered
    return Input(
        name=question.name,
        label=form.words(question.label, tongue) or question.name,
        hint=form.words(question.hint, tongue),
        type=question.type,
        value="" if chosen else spoken,
        chosen=tuple(str(code) for code in chosen),
        choices=tuple((choice.name, form.words(choice.label, tongue)) for choice in listed),
        long="multiline" in question.appearance,
        hidden=Reader(sight).text(form.kind, question.unit, value) if masked else "",
        missing=str(value["missing"]) if isinstance(value, Mapping) and is_missing(value) else "",
        may_be_missing=tuple(_missing_choices(question)),
        fault=fault,
        contested=contested,
    )


def read_input(data: FormData, question: Question) -> Answer:
    """What was typed or chosen; None for nothing."""
    missing = str(data.get(f"{question.name}:missing") or "")
    if missing in tuple(Missing):
        return {"missing": missing}
    if question.type is QuestionType.SELECT_MULTIPLE:
        return sorted(str(code)[:TEXT_MAX] for code in data.getlist(question.name)) or None
    return str(data.get(question.name) or "").strip()[:TEXT_MAX] or None


def _missing_choices(question: Question) -> list[tuple[str, str]]:
    offered = []
    if question.allow_declined:
        offered.append((Missing.DECLINED.value, say("answer.declined")))
    if question.allow_not_known:
        offered.append((Missing.NOT_KNOWN.value, say("answer.not_known")))
    return offered
