"""How much of an answer its reader is shown: one rule for pages, lists, files and feeds."""

from datetime import date
from enum import StrEnum
from functools import partial

from server.office.people import AccountIdentity
from server.office.roles import Action, may
from shared.changes import Answer
from shared.forms.instances import each_answer
from shared.forms.model import Form, Question, QuestionType, unit_classes
from shared.policies import PrivacyClass
from shared.privacy import mask_answer, mask_numbers

ALWAYS_MASKED = frozenset({"phone", "landlord_phone", "id_number", "birth_date"})
"""Shown whole only where somebody has to decide between them."""


class Sight(StrEnum):
    """How much of an answer its reader is shown."""

    WHOLE = "whole"
    """To decide between values one must see them."""
    DESK = "desk"
    """Names and notes whole; phones, ID numbers, birth dates and class S masked."""
    MASKED = "masked"
    """Names and notes masked too."""


def sight_of_account(who: AccountIdentity) -> Sight:
    """What an account sees by default."""
    return Sight.DESK if may(who.role, Action.REVEAL) else Sight.MASKED


def seen_answer(
    form: Form | None, unit: str, value: Answer, *, sight: Sight, today: date
) -> Answer:
    """The answer, or what stands for it where its reader may not see it whole.

    unit: a merge unit of the form; one that the form does not know is taken for a personal text.
    """
    if sight is Sight.WHOLE:
        return value
    if form is not None and unit in form.repeats:
        see = partial(seen_alone, sight=sight, today=today)
        return each_answer(form.repeats[unit], value, see)
    members = form.units.get(unit, ()) if form is not None else ()
    privacy = unit_classes(form).get(unit) if form is not None else None
    name = members[0].name if members else unit
    asked = members[0].type if members else QuestionType.TEXT
    return _seen((name, asked, privacy or PrivacyClass.PERSONAL), value, sight=sight, today=today)


def seen_alone(question: Question, value: Answer, *, sight: Sight, today: date) -> Answer:
    """An answer to one question of several that share a unit, as it may be seen."""
    about = question.name, question.type, question.privacy
    return _seen(about, value, sight=sight, today=today)


def _seen(
    about: tuple[str, QuestionType, PrivacyClass], value: Answer, *, sight: Sight, today: date
) -> Answer:
    name, asked, privacy = about
    if sight is Sight.WHOLE or (
        sight is Sight.DESK and name not in ALWAYS_MASKED and privacy is not PrivacyClass.SENSITIVE
    ):
        # A number that is masked in its own answer is not told by another one's words.
        words = asked is QuestionType.TEXT and privacy is PrivacyClass.PERSONAL
        if words and sight is Sight.DESK and isinstance(value, str):
            return mask_numbers(value)
        return value
    return mask_answer(value, question=name, type=asked, privacy=privacy, today=today)
