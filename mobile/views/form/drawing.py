"""A signature or a sketch, drawn with a finger and kept as a picture."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import flet as ft
from flet import canvas

from mobile.views.context import current_tab
from mobile.views.form.attachments import off_loop_words, picture
from mobile.views.form.labelled import under_label
from mobile.views.guarded import guarded
from mobile.views.hooks import Kept, off_loop
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.type import muted
from mobile.views.state.drawn import HEIGHT, WIDTH, Stroke, png_of
from mobile.views.state.sheet import Sheet
from mobile.views.state.taking_back import offer_back
from mobile.views.theme import CORNER
from shared.files import FileRef, file_ref

DRAWN = frozenset({"signature", "draw", "annotate"})
NAME = "drawing.png"
INK = ft.Paint(
    stroke_width=3,
    style=ft.PaintingStyle.STROKE,
    stroke_cap=ft.StrokeCap.ROUND,
    stroke_join=ft.StrokeJoin.ROUND,
    color=ft.Colors.BLACK,
)

_Lifted: TypeAlias = ft.DragEndEvent[ft.GestureDetector] | ft.TapEvent[ft.GestureDetector]
_Begin: TypeAlias = Callable[[ft.DragDownEvent[ft.GestureDetector]], None]
_Moved: TypeAlias = ft.DragStartEvent[ft.GestureDetector] | ft.DragUpdateEvent[ft.GestureDetector]
_Move: TypeAlias = Callable[[_Moved], None]
_End: TypeAlias = Callable[[_Lifted], Awaitable[None]]


@guarded
def drawing_field(sheet: Sheet, key: str) -> ft.Control:
    """A sheet to draw on; what was drawn is an answer as soon as the finger is lifted."""
    texts, question = current_tab().texts, sheet.question(key)
    strokes: Kept[list[Stroke]] = ft.use_memo(lambda: Kept([]), [])
    _, draw_again = ft.use_state(0)
    said, set_said = ft.use_state("")

    def begin(event: ft.DragDownEvent[ft.GestureDetector]) -> None:
        strokes.value.append([(event.local_position.x, event.local_position.y)])

    def move(event: _Moved) -> None:
        if strokes.value:
            strokes.value[-1].append((event.local_position.x, event.local_position.y))
            draw_again(sum(map(len, strokes.value)))

    async def end(event: _Lifted) -> None:
        at = event.local_position
        if isinstance(event, ft.TapEvent) and at is not None and strokes.value:
            # A dot, or a stroke too short for a drag.
            if strokes.value[-1] != [(at.x, at.y)]:
                strokes.value[-1].append((at.x, at.y))
            draw_again(sum(map(len, strokes.value)))
        set_said(await off_loop_words(sheet, key, png_of(strokes.value), NAME))

    async def again() -> None:
        before = sheet.draft.answers
        strokes.value.clear()
        sheet.answer(key, None)
        draw_again(-1)
        await off_loop(offer_back, sheet, before)()

    paper = _touched(_paper(sheet, file_ref(question.answer), strokes.value), begin, move, end)
    return under_label(
        sheet,
        question,
        ft.Semantics(identifier=f"q-{key}-paper", content=paper),
        button(f"q-{key}-again", texts("form.draw_again"), again, weight=Weight.QUIET),
        ft.Container(muted(said) if said else None),
    )


def _touched(paper: ft.Control, begin: _Begin, move: _Move, end: _End) -> ft.Control:
    # The list around the sheet takes a finger that goes up or down before a pan would begin: only
    # a drag along one axis is as quick. Where the finger is, it tells along both.
    return ft.GestureDetector(
        content=paper,
        drag_interval=10,
        on_vertical_drag_down=begin,
        on_vertical_drag_start=move,
        on_vertical_drag_update=move,
        on_vertical_drag_end=end,
        on_horizontal_drag_start=move,
        on_horizontal_drag_update=move,
        on_horizontal_drag_end=end,
        on_tap_up=end,
        exclude_from_semantics=True,
    )


def _paper(sheet: Sheet, ref: FileRef | None, strokes: list[Stroke]) -> ft.Control:
    kept = picture(sheet, ref) if ref is not None and not strokes else None
    return ft.Container(
        kept or canvas.Canvas([_path(one) for one in strokes], expand=True),
        width=WIDTH,
        height=HEIGHT,
        bgcolor=ft.Colors.WHITE,
        border_radius=CORNER,
        border=ft.Border.all(1, ft.Colors.OUTLINE),
    )


def _path(stroke: Stroke) -> canvas.Path:
    first, *rest = stroke
    lines = [canvas.Path.LineTo(x, y) for x, y in rest or [(first[0] + 1, first[1])]]
    return canvas.Path([canvas.Path.MoveTo(*first), *lines], paint=INK)
