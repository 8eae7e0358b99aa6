"""A number between two others: tapped where there are few, slid where there are many."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import flet as ft

from mobile.views.form.labelled import under_label
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct
from mobile.views.parts.chip import chip
from mobile.views.parts.type import title
from mobile.views.state.sheet import Sheet
from shared.forms.logic import QuestionState

STEPS_MAX = 11
"""With more steps than these, a slider."""
START, END, STEP = 1.0, 10.0, 1.0

Slide: TypeAlias = Callable[[ft.Event[ft.Slider]], Awaitable[None]]


def range_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """The steps to tap, or a slider with the number above it."""
    limits = question.question.parameters
    start, end = _limit(limits, "start", START), _limit(limits, "end", END)
    step = abs(_limit(limits, "step", STEP)) or STEP
    count = round(abs(end - start) / step) + 1
    low, high = min(start, end), max(start, end)
    if count <= STEPS_MAX:
        sign = 1 if end >= start else -1
        numbers = [start + sign * step * place for place in range(count)]
        return under_label(sheet, question, _steps(sheet, question, numbers))
    value = question.value if isinstance(question.value, int | float) else None
    return under_label(
        sheet,
        question,
        title("—" if value is None else _plain(float(value))),
        ft.Semantics(
            identifier=f"q-{question.key}-slider",
            label=question.label,
            content=ft.Slider(
                min=low,
                max=high,
                divisions=count - 1,
                value=low if value is None else min(max(float(value), low), high),
                on_change=_slid(sheet, question),
            ),
        ),
    )


def _steps(sheet: Sheet, question: QuestionState, numbers: list[float]) -> ft.Control:
    chips: list[ft.Control] = [
        chip(
            f"q-{question.key}-{_plain(number)}",
            _plain(number),
            _tapped(sheet, question, number),
            chosen=question.value == number,
            sign=False,
        )
        for number in numbers
    ]
    return ft.Row(chips, spacing=6, run_spacing=4, wrap=True)


def _tapped(sheet: Sheet, question: QuestionState, number: float) -> AsyncAct:
    async def tapped() -> None:
        sheet.answer(question.key, None if question.value == number else _number(number))
        await off_loop(sheet.keep)()

    return tapped


def _slid(sheet: Sheet, question: QuestionState) -> Slide:
    async def slid(event: ft.Event[ft.Slider]) -> None:
        if event.control.value is not None:
            sheet.answer(question.key, _number(round(float(event.control.value), 6)))
        await off_loop(sheet.keep)()

    return slid


def _limit(limits: dict[str, str], name: str, otherwise: float) -> float:
    try:
        return float(limits[name])
    except (KeyError, ValueError):
        return otherwise


def _number(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _plain(number: float) -> str:
    return format(round(number, 6), "g")
