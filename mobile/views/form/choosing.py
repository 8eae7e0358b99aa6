"""What a tap on a choice does, however the choice looks."""

from collections.abc import Callable

import flet as ft

from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct
from mobile.views.state.sheet import Sheet

Choose = Callable[[str, str], None]
"""Takes the question and the chosen code."""

CHIP_PADDING = ft.Padding.symmetric(horizontal=14, vertical=13)
"""With a line of text a chip is as high, and with a digit as wide, as what is tapped must be."""
CHIP_SHAPE = ft.RoundedRectangleBorder(radius=12)


def choosing(sheet: Sheet, key: str, code: str, choose: Choose) -> AsyncAct:
    """Takes the choice as the answer, or takes it back, and keeps the draft."""

    async def chosen() -> None:
        choose(key, code)
        await off_loop(sheet.keep_and_compare)()

    return chosen
