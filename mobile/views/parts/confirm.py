"""Asks before something that cannot be taken back."""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from mobile.views.context import current_tab
from mobile.views.parts.buttons import AsyncAct, Weight, button

Ask = Callable[[str, str, AsyncAct], None]


@dataclass(frozen=True)
class Question:
    """What is being asked, and what is done after a yes."""

    title: str
    text: str
    act: AsyncAct


def use_confirm() -> Ask:
    """A way to ask `(title, text, act)`: `act` is done after a yes."""
    asked, set_asked = ft.use_state(_NOTHING)
    texts = current_tab().texts

    def ask(title: str, text: str, act: AsyncAct) -> None:
        set_asked(Question(title, text, act))

    def close() -> None:
        set_asked(_NOTHING)

    async def go_on() -> None:
        close()
        await asked.act()

    dialog = ft.AlertDialog(
        modal=True,
        title=ft.Text(asked.title),
        content=ft.Text(asked.text),
        actions=[
            button("confirm-no", texts("confirm.no"), close, weight=Weight.QUIET),
            button("confirm-yes", texts("confirm.yes"), go_on),
        ],
        on_dismiss=close,
    )
    ft.use_dialog(dialog if asked is not _NOTHING else None)
    return ask


async def _nothing() -> None:
    return


_NOTHING = Question("", "", _nothing)
