"""Brings the first question that still owes an answer into view."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile.views.state.sheet import Sheet

Reach = Callable[[Sheet], Awaitable[None]]
SCROLL_MS = 300


def use_reach() -> tuple[ft.Ref[ft.ListView], Reach]:
    """A reference for the list that holds the questions, and the way to the first one owed."""
    ref = ft.use_memo(ft.Ref[ft.ListView], [])

    async def reach(sheet: Sheet) -> None:
        owed = sheet.owed()
        if owed and ref.current is not None:
            await ref.current.scroll_to(scroll_key=f"q-{owed[0].key}", duration=SCROLL_MS)

    return ref, reach
