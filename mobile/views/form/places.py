"""Where something is: taken from the device where it can tell, typed where it cannot."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.form.labelled import under_label
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct, button, icon_button
from mobile.views.parts.field import with_words
from mobile.views.parts.type import body, muted
from mobile.views.state.locating import Fix, better, locate
from mobile.views.state.sheet import Sheet
from mobile.views.theme import field_border
from shared.changes import Answer
from shared.forms.logic import QuestionState
from shared.forms.model import QuestionType

PLACES = 6
"""Decimals of a degree: a tenth of a metre."""


@guarded
def place_field(sheet: Sheet, key: str) -> ft.Control:
    """One place: a better reading replaces a worse one; it can be typed, too."""
    question, words = sheet.question(key), _use_locating(sheet, key, many=False)
    shown = _written(question.value) or current_tab().texts("form.no_place")
    return under_label(
        sheet,
        question,
        body(shown),
        _typed(sheet, question),
        _take(key, words),
        ft.Container(muted(words.said) if words.said else None),
    )


@guarded
def places_field(sheet: Sheet, key: str) -> ft.Control:
    """A way or a shape as the list of its points."""
    question, words = sheet.question(key), _use_locating(sheet, key, many=True)
    points = _points(question)
    lines = [_point_line(sheet, question, points, place) for place in range(len(points))]
    return under_label(
        sheet,
        question,
        ft.Column(lines, spacing=0, tight=True),
        _typed(sheet, question),
        _take(key, words),
        ft.Container(muted(words.said) if words.said else None),
    )


class _Locating:
    """A reading that is being taken, or what kept it from being taken."""

    def __init__(self, act: AsyncAct, said: str, *, busy: bool) -> None:
        self.act = act
        self.said = said
        self.busy = busy


def _use_locating(sheet: Sheet, key: str, *, many: bool) -> _Locating:
    texts = current_tab().texts
    busy, set_busy = ft.use_state(False)
    said, set_said = ft.use_state("")

    async def act() -> None:
        set_busy(True)
        fix = await locate()
        set_busy(False)
        if not isinstance(fix, Fix):
            set_said(texts(f"form.{fix}"))
            return
        kept = _points(sheet.question(key)) if many else sheet.question(key).answer
        answer = [*kept, fix.answer] if isinstance(kept, list) else better(kept, fix)
        set_said("" if many or answer == fix.answer else texts("form.place_worse"))
        sheet.answer(key, answer)
        await off_loop(sheet.keep)()

    return _Locating(act, said, busy=busy)


def _take(key: str, locating: _Locating) -> ft.Control:
    texts = current_tab().texts
    return button(
        f"q-{key}-locate",
        texts("form.locate"),
        locating.act,
        icon=ft.Icons.MY_LOCATION,
        busy=locating.busy,
    )


def _typed(sheet: Sheet, question: QuestionState) -> ft.Control:
    """Latitude and longitude by hand; several points with semicolons between them."""
    texts, several = current_tab().texts, question.question.type is not QuestionType.GEOPOINT
    answer = question.answer

    async def typed(event: ft.Event[ft.TextField]) -> None:
        sheet.answer(question.key, event.control.value or None)
        await off_loop(sheet.keep)()

    return with_words(
        sheet.tab,
        ft.TextField(
            value=answer if isinstance(answer, str) else _plain(answer),
            label=texts("form.places_typed" if several else "form.place_typed"),
            hint_text="31.49117, 120.31191",
            on_change=typed,
            autocorrect=False,
            border=field_border(),
        ),
    )


def _point_line(
    sheet: Sheet, question: QuestionState, points: list[Answer], place: int
) -> ft.Control:
    async def remove() -> None:
        left = [point for number, point in enumerate(points) if number != place]
        sheet.answer(question.key, left or None)
        await off_loop(sheet.keep)()

    words = f"{place + 1}. {_written(points[place])}"
    out = icon_button(
        f"q-{question.key}-{place + 1}-out",
        current_tab().texts("form.rank_out"),
        ft.Icons.CLOSE,
        remove,
    )
    return ft.Row([ft.Container(body(words), expand=True), out])


def _points(question: QuestionState) -> list[Answer]:
    value = question.value
    return list(value) if isinstance(value, list | tuple) else []


def _plain(answer: Answer) -> str:
    if isinstance(answer, list | tuple):
        return "; ".join(_plain(point) for point in answer)
    if not isinstance(answer, dict):
        return ""
    return f"{answer.get('lat')}, {answer.get('lon')}"


def _written(answer: Answer) -> str:
    if not isinstance(answer, dict):
        return ""
    lat, lon, accuracy = (answer.get(name) for name in ("lat", "lon", "accuracy"))
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return ""
    near = f" ±{accuracy:.0f} m" if isinstance(accuracy, int | float) else ""
    return f"{lat:.{PLACES}f}, {lon:.{PLACES}f}{near}"
