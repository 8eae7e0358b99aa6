"""One question's words, rules and columns, from the XForm's parts into our model."""

import re

from msgspec.structs import replace

from server.forms.columns import Ours
from server.forms.xform import Attributes, Control, XForm, message
from shared.forms.core import CORE
from shared.forms.model import Question, QuestionType
from shared.forms.words import Words

_SHOWN = re.compile(r"\$\{([^}]*)\}")
_LIMITS = ("start", "end", "step")
_PIXELS = "orx:max-pixels"


def with_words(question: Question, control: Control) -> Question:
    """With what is shown, and how."""
    attributes = control.attributes
    return replace(
        question,
        label=control.label,
        hint=control.hint,
        guidance=control.guidance,
        appearance=attributes.get("appearance", ""),
        parameters={name: attributes[name] for name in _LIMITS if name in attributes},
    )


def with_rules(question: Question, xform: XForm, bind: Attributes) -> Question:
    """With its rules and messages."""
    preload = (bind.get("jr:preload", ""), bind.get("jr:preloadParams", ""))
    set_by = xform.triggered.get(question.path)
    pixels = {"max-pixels": bind[_PIXELS]} if _PIXELS in bind else {}
    return replace(
        question,
        relevant=bind.get("relevant", "").strip(),
        required=_unless_false(bind.get("required", "")),
        required_message=message(xform, bind.get("jr:requiredMsg", "")),
        constraint=bind.get("constraint", "").strip(),
        constraint_message=message(xform, bind.get("jr:constraintMsg", "")),
        calculation=bind.get("calculate", "").strip(),
        readonly=_unless_false(bind.get("readonly", "")),
        preload=":".join(filter(None, preload)),
        default_expression=xform.first_values.get(question.path, "").strip(),
        triggers=set_by.sources if set_by else (),
        triggered=set_by.value if set_by else "",
        parameters=question.parameters | pixels,
    )


def with_ours(question: Question, ours: Ours, kind: str) -> Question:
    """With what our own columns say."""
    return replace(
        question,
        type=QuestionType.REFERENCE if ours.reference else question.type,
        policy=ours.policy,
        privacy=ours.privacy,
        unit=ours.unit,
        purpose=ours.purpose,
        basis=ours.basis,
        retention=ours.retention,
        order=ours.order,
        reference=ours.reference,
        check=ours.check,
        item=ours.item,
        unique=ours.unique,
        core=ours.core or question.name in CORE.get(kind, {}),
        mandatory=ours.mandatory,
        on=ours.on,
        allow_declined=ours.allow_declined,
        allow_not_known=ours.allow_not_known,
    )


def instance_words(words: Words, path: str) -> Words:
    """A repeat's label as each instance says it: its own answers, not those of the first one."""
    return {
        language: _SHOWN.sub(lambda found: _own(found[1], path), text)
        for language, text in words.items()
    }


def _own(expression: str, path: str) -> str:
    return "${" + re.sub(rf"{re.escape(path)}/(?=\w)", "./", expression) + "}"


def _unless_false(expression: str) -> str:
    plain = expression.strip()
    return "" if plain == "false()" else plain
