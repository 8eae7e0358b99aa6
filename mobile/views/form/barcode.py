"""A QR or bar code: read from a picture, or typed."""

import asyncio

import flet as ft

from mobile.codes import can_read_codes, codes_in
from mobile.views.context import current_tab
from mobile.views.form.fields import text_field
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct
from mobile.views.parts.chip import chip
from mobile.views.parts.picture_source import picture_source
from mobile.views.parts.type import muted
from mobile.views.state.sheet import Sheet
from shared.forms.logic import QuestionState


def barcode_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """The field that it is typed into, and the ways to a picture of it."""
    typed = text_field(sheet, question)
    if not can_read_codes():
        return typed
    return ft.Column(
        [typed, code_reader(sheet, question.key)],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@guarded
def code_reader(sheet: Sheet, key: str) -> ft.Control:
    """Reads a picture; of several codes in it she chooses."""
    texts = current_tab().texts
    none: tuple[str, ...] = ()
    codes, set_codes = ft.use_state(none)
    said, set_said = ft.use_state("")

    async def given(content: bytes, _name: str) -> None:
        found = await asyncio.to_thread(codes_in, content)
        set_said("" if found else texts("form.no_code"))
        set_codes(found if len(found) > 1 else ())
        if len(found) == 1:
            await _answers(sheet, key, found[0])()

    chips: list[ft.Control] = [
        chip(f"q-{key}-{code}", code, _answers(sheet, key, code), chosen=sheet.text(key) == code)
        for code in codes
    ]
    return ft.Column(
        [
            picture_source(f"q-{key}", texts("form.code_from_photo"), given),
            *([muted(said)] if said else []),
            *([muted(texts("form.which_code")), *chips] if chips else []),
        ],
        spacing=6,
        tight=True,
    )


def _answers(sheet: Sheet, key: str, code: str) -> AsyncAct:
    async def answer() -> None:
        sheet.answer(key, code)
        await off_loop(sheet.keep)()

    return answer
