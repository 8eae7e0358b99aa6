"""Without a network: unsent work out as a file, and a colleague's file in, to be brought."""

import asyncio
from datetime import datetime

import flet as ft

from mobile.errors import AppError
from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.panels import panel
from mobile.views.parts.type import body, label
from mobile.views.state.sync import StatusState
from mobile.views.state.tab import TabState

ENDING = "doorstep"


@guarded
def carrying(anything: bool) -> ft.Control:
    """Both ways. anything: whether there is something to export."""
    tab = current_tab()
    texts = tab.texts
    said, set_said = ft.use_state("")
    state = ft.use_memo(lambda: StatusState(tab), [])
    use_live(state)

    async def carry_out() -> None:
        set_said(await _carry_out(tab) or said)

    async def carry_in() -> None:
        set_said(await _carry_in(tab) or said)
        state.load()

    parcels = state.status.parcels if state.status else 0
    out, into = ft.Icons.UPLOAD_FILE_OUTLINED, ft.Icons.MOVE_TO_INBOX_OUTLINED
    export = carry_out if anything else None
    return panel(
        [
            label(texts("sync.carry_out_hint")),
            button("carry-out", texts("sync.carry_out"), export, weight=Weight.QUIET, icon=out),
            button("carry-in", texts("sync.carry_in"), carry_in, weight=Weight.QUIET, icon=into),
            *([label(texts("sync.parcels", n=parcels))] if parcels else []),
            *([ft.Semantics(live_region=True, content=body(said))] if said else []),
        ],
        spacing=4,
    )


async def _carry_out(tab: TabState) -> str:
    """Saves the unsent work as a file; what is to be said of it."""
    try:
        file = await asyncio.to_thread(tab.house.device.carry_out)
    except AppError as error:
        return tab.in_words(error.words)
    path = await ft.FilePicker().save_file(file_name=_name(tab.now()), src_bytes=file)
    done = path is not None or ft.context.page.web  # a browser does not say where
    return tab.texts("sync.carried_out") if done else ""


async def _carry_in(tab: TabState) -> str:
    """Takes a colleague's file; what is to be said of it."""
    picked = await ft.FilePicker().pick_files(with_data=True)
    if not picked or picked[0].bytes is None:
        return ""
    try:
        await asyncio.to_thread(tab.house.device.carry_in, picked[0].bytes)
    except AppError as error:
        return tab.in_words(error.words)
    return tab.texts("sync.carried_in")


def _name(now: datetime) -> str:
    return f"doorstep-{now:%Y%m%d-%H%M}.{ENDING}"
