"""Fields that are typed into.

The answer is taken first, and synchronously: a field that waits loses characters, and Chinese
input with them.
"""

from datetime import date, datetime

import flet as ft
from msgspec import Struct

from mobile.views.context import current_tab
from mobile.views.form.labelled import hint_words, marked
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import icon_button
from mobile.views.parts.field import with_words
from mobile.views.state.dates import parse, parse_day
from mobile.views.state.sheet import Sheet
from mobile.views.theme import field_border
from shared.changes import Answer
from shared.forms.direction import reads_from_right
from shared.forms.logic import QuestionState
from shared.forms.model import QuestionType
from shared.policies import PrivacyClass

MULTILINE = "multiline"
KEYBOARDS = {
    MULTILINE: ft.KeyboardType.MULTILINE,
    "numbers": ft.KeyboardType.PHONE,
    "url": ft.KeyboardType.URL,
    "email": ft.KeyboardType.EMAIL,
}
COVERED = frozenset({"masked", "hide-input"})
TIME_DIGITS = 4
"""A time may be typed without its colon."""
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2099, 12, 31)
DATE_TIME = "%Y-%m-%d %H:%M"
DAY_DIGITS = 8
"""A day may be typed without its dashes."""


class Look(Struct, frozen=True, kw_only=True):
    """How a text field looks and which keyboard it brings up."""

    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT
    value: str | None = None
    """What stands in it, where that is not the answer itself."""
    hint: str = ""
    lines: int = 1
    hidden: bool = False
    suffix: ft.Control | None = None


def text_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """A line of text, or several. What is sensitive is covered until she asks to see it."""
    asked = question.question
    words = set(asked.appearance.split())
    several = MULTILINE in words
    keyboards = (kind for word, kind in KEYBOARDS.items() if word in words)
    keyboard = next(keyboards, ft.KeyboardType.TEXT)
    if not several and (asked.privacy is PrivacyClass.SENSITIVE or words & COVERED):
        return _covered_field(sheet, question, keyboard)
    return _field(sheet, question, Look(keyboard=keyboard, lines=3 if several else 1))


def number_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """A number; what is typed stays there, also while it is none."""
    return _field(sheet, question, Look(keyboard=ft.KeyboardType.NUMBER))


@guarded
def date_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """A day, typed (also as eight digits) or picked from a calendar."""
    texts = current_tab().texts
    picking, set_picking = ft.use_state(False)
    name = question.key

    async def picked(event: ft.Event[ft.DatePicker]) -> None:
        if event.control.value is not None:
            sheet.answer(name, _day(event.control.value).isoformat())
        set_picking(False)
        await off_loop(sheet.keep_and_compare)()

    shown = parse_day(sheet.text(name)) or current_tab().now().date()
    picker = ft.DatePicker(
        value=shown,
        first_date=min(FIRST_DAY, shown),
        last_date=max(LAST_DAY, shown),
        on_change=picked,
        on_dismiss=lambda: set_picking(False),
    )
    ft.use_dialog(picker if picking else None)
    calendar = icon_button(
        f"pick-{name}",
        texts("form.pick_date"),
        ft.Icons.CALENDAR_MONTH_OUTLINED,
        lambda: set_picking(True),
    )
    look = Look(keyboard=ft.KeyboardType.DATETIME, hint=texts("form.date_hint"), suffix=calendar)
    return _field(sheet, question, look)


def time_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """A time of day, typed (also as four digits)."""
    look = Look(keyboard=ft.KeyboardType.DATETIME, hint="14:30")
    return _field(sheet, question, look)


def date_time_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """A day and a time, on this device's clock."""
    texts, zone = current_tab().texts, current_tab().now().tzinfo
    at = parse(sheet.text(question.key), zone)
    look = Look(
        keyboard=ft.KeyboardType.DATETIME,
        value=at.strftime(DATE_TIME) if at else None,
        hint=texts("form.date_time_hint"),
    )
    return _field(sheet, question, look)


@guarded
def _covered_field(sheet: Sheet, question: QuestionState, keyboard: ft.KeyboardType) -> ft.Control:
    """Flet's own button for this has no name that a screen reader could say."""
    texts = current_tab().texts
    shown, set_shown = ft.use_state(False)
    eye = icon_button(
        f"show-{question.key}",
        texts("form.cover" if shown else "form.uncover"),
        ft.Icons.VISIBILITY_OFF_OUTLINED if shown else ft.Icons.VISIBILITY_OUTLINED,
        lambda: set_shown(not shown),
    )
    return _field(sheet, question, Look(keyboard=keyboard, hidden=not shown, suffix=eye))


def _field(sheet: Sheet, question: QuestionState, look: Look) -> ft.Control:
    name = question.key

    async def typed(event: ft.Event[ft.TextField]) -> None:
        sheet.answer(name, _raw(question.question.type, event.control.value))
        await off_loop(sheet.keep_and_compare)()

    field = ft.TextField(
        value=sheet.text(name) if look.value is None else look.value,
        on_change=typed,
        label=marked(question),
        rtl=reads_from_right(question.label),
        helper=hint_words(question) or None,
        helper_max_lines=3,
        hint_text=look.hint or None,
        error=sheet.fault(name) or None,
        error_max_lines=3,
        suffix_icon=look.suffix,
        keyboard_type=look.keyboard,
        multiline=look.lines > 1,
        align_label_with_hint=True,
        min_lines=look.lines,
        max_lines=None if look.lines > 1 else 1,
        password=look.hidden,
        autofocus=sheet.draft.at == name,
        autocorrect=False,
        enable_ime_personalized_learning=False,
        border=field_border(),
    )
    return with_words(sheet.tab, field)


def _raw(kind: QuestionType, typed: str) -> Answer:
    if kind is QuestionType.INTEGER and typed == str(_integer(typed)):
        return _integer(typed)
    if kind is QuestionType.DATE and len(typed) == DAY_DIGITS and typed.isdecimal():
        return f"{typed[:4]}-{typed[4:6]}-{typed[6:]}"
    if kind is QuestionType.TIME and len(typed) == TIME_DIGITS and typed.isdecimal():
        return f"{typed[:2]}:{typed[2:]}"
    if kind is QuestionType.DATE_TIME:
        return _date_time(typed)
    return typed or None


def _integer(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdecimal() else None


def _date_time(typed: str) -> Answer:
    try:
        local = datetime.strptime(typed.strip(), DATE_TIME).astimezone()
    except ValueError:
        return typed or None
    return local.isoformat(timespec="seconds")


def _day(picked: date) -> date:
    # The calendar answers with midnight of this device's zone, told in another one.
    return picked.astimezone().date() if isinstance(picked, datetime) else picked
