"""The way to register a household, from wherever it is asked for."""

import asyncio

from mobile.views.context import current_tab
from mobile.views.parts.frame import go


async def begin_register() -> None:
    """Opens the form of a new household."""
    tab = current_tab()
    draft = await asyncio.to_thread(tab.store.begin, "household")
    tab.remember(draft)
    go(f"/households/register/{draft.id}")
