"""What a tap on a choice does, however the choice looks."""

from collections.abc import Callable

from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct
from mobile.views.state.sheet import Sheet

Choose = Callable[[str, str], None]
"""Takes the question and the chosen code."""


def choosing(sheet: Sheet, key: str, code: str, choose: Choose) -> AsyncAct:
    """Takes the choice as the answer, or takes it back, and keeps the draft."""

    async def chosen() -> None:
        choose(key, code)
        await off_loop(sheet.keep_and_compare)()

    return chosen
