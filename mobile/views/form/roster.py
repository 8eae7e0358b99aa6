"""Questions that are asked once for each of several people or things, one panel for each."""

from collections.abc import Callable

import flet as ft

from mobile.views.context import current_tab
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct, button, icon_button
from mobile.views.parts.confirm import Ask
from mobile.views.parts.panels import panel
from mobile.views.parts.type import title
from mobile.views.state.sheet import Sheet
from mobile.views.state.taking_back import offer_back
from mobile.views.theme import EDGE, GAP
from shared.forms.logic import Item, RepeatState

Draw = Callable[[tuple[Item, ...]], list[ft.Control]]
"""Draws what is inside an instance."""


def roster(sheet: Sheet, repeat: RepeatState, draw: Draw, ask: Ask) -> ft.Control:
    """The instances, and a button for one more where the form does not count them."""
    if not repeat.relevant:
        return ft.Container(height=0)
    panels = [
        _instance(sheet, repeat, place, draw(instance.items), ask=ask)
        for place, instance in enumerate(repeat.instances, start=1)
    ]
    return ft.Semantics(
        identifier=f"r-{repeat.key}",
        content=ft.Column(
            [
                ft.Semantics(header=True, content=title(_name(repeat))),
                ft.Column(panels, spacing=GAP, tight=True),
                ft.Container(None if repeat.counted else _add(sheet, repeat)),
                ft.Container(height=EDGE),
            ],
            spacing=GAP,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _name(repeat: RepeatState) -> str:
    """What the things are called, without the answers that name a single one."""
    return repeat.label if _is_plain(repeat) else current_tab().texts("form.roster")


def _is_plain(repeat: RepeatState) -> bool:
    return not any("${" in words for words in repeat.repeat.label.values())


def _instance(
    sheet: Sheet, repeat: RepeatState, place: int, inside: list[ft.Control], *, ask: Ask
) -> ft.Control:
    instance = repeat.instances[place - 1]
    texts = current_tab().texts
    named = "" if _is_plain(repeat) else instance.label.strip()
    words = f"{place}. {named}" if named else f"{instance.label} {place}".strip()

    def remove() -> None:
        ask(
            texts("form.remove_title", name=words),
            texts("form.remove_text"),
            _removed(sheet, instance.key),
        )

    out = icon_button(
        f"remove-{instance.key}", texts("form.remove", name=words), ft.Icons.DELETE_OUTLINE, remove
    )
    head = ft.Row([ft.Container(title(words), expand=True), *([] if repeat.counted else [out])])
    return panel([head, *inside], spacing=0)


def _add(sheet: Sheet, repeat: RepeatState) -> ft.Control:
    async def add() -> None:
        sheet.add(repeat.key)
        await off_loop(sheet.keep)()

    texts = current_tab().texts
    words = texts("form.add", name=repeat.label) if _is_plain(repeat) else texts("form.add_another")
    return button(f"add-{repeat.key}", words, add, icon=ft.Icons.ADD)


def _removed(sheet: Sheet, key: str) -> AsyncAct:
    async def removed() -> None:
        before = sheet.draft.answers
        sheet.remove(key)
        await off_loop(offer_back, sheet, before)()

    return removed
