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

ENDING = "doorstep"


@guarded
def carrying(anything: bool) -> ft.Control:
    """Both ways. anything: whether there is something to export."""
    tab = current_tab()
    texts, device = tab.texts, tab.house.device
    said, set_said = ft.use_state("")
    state = ft.use_memo(lambda: StatusState(tab), [])
    use_live(state)

    async def carry_out() -> None:
        try:
            file = await asyncio.to_thread(device.carry_out)
        except AppError as error:
            set_said(tab.in_words(error.words))
            return
        path = await ft.FilePicker().save_file(file_name=_name(tab.now()), src_bytes=file)
        if path is not None or ft.context.page.web:
            set_said(texts("sync.carried_out"))

    async def carry_in() -> None:
        picked = await ft.FilePicker().pick_files(with_data=True)
        if not picked or picked[0].bytes is None:
            return
        try:
            await asyncio.to_thread(device.carry_in, picked[0].bytes)
        except AppError as error:
            set_said(tab.in_words(error.words))
            return
        state.load()
        set_said(texts("sync.carried_in"))

    parcels = state.status.parcels if state.status else 0
    return panel(
        [
            label(texts("sync.carry_out_hint")),
            button(
                "carry-out",
                texts("sync.carry_out"),
                carry_out if anything else None,
                weight=Weight.QUIET,
                icon=ft.Icons.UPLOAD_FILE_OUTLINED,
            ),
            button(
                "carry-in",
                texts("sync.carry_in"),
                carry_in,
                weight=Weight.QUIET,
                icon=ft.Icons.MOVE_TO_INBOX_OUTLINED,
            ),
            *([label(texts("sync.parcels", n=parcels))] if parcels else []),
            *([ft.Semantics(live_region=True, content=body(said))] if said else []),
        ],
        spacing=4,
    )


def _name(now: datetime) -> str:
    return f"doorstep-{now:%Y%m%d-%H%M}.{ENDING}"
