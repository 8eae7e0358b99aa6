"""A file that a record names: shown where it is a photo, fetched from the office when asked for."""

import asyncio

import flet as ft

from mobile.errors import AppError
from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.type import label, muted
from mobile.views.theme import CORNER
from shared.files import FileRef

HEIGHT = 160
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})


@guarded
def attached(ref: FileRef, record: str) -> ft.Control:
    """The photo; of another file its name. record: the one that names it."""
    tab = current_tab()
    nothing: bytes | None = None
    content, set_content = ft.use_state(nothing)
    said, set_said = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    def here() -> bytes | None:
        try:
            return tab.store.files.open(ref)
        except AppError:
            return None

    async def look() -> None:
        set_content(await asyncio.to_thread(here))

    async def fetch() -> None:
        set_busy(True)
        try:
            set_content(await asyncio.to_thread(tab.house.device.file, ref, record))
        except AppError as error:
            set_said(tab.in_words(error.words))
        set_busy(False)

    ft.use_effect(look, [ref.sha256])
    if ref.type not in PICTURES:
        return label(ref.file_name)
    if content is not None:
        return _picture(ref, content)
    bring = button(
        f"fetch-{ref.sha256[:12]}",
        tab.texts("photo.fetch"),
        fetch,
        weight=Weight.QUIET,
        icon=ft.Icons.IMAGE_OUTLINED,
        busy=busy,
    )
    return ft.Column([bring, *([muted(said)] if said else [])], spacing=2, tight=True)


def _picture(ref: FileRef, content: bytes) -> ft.Control:
    picture = ft.Image(
        src=content,
        height=HEIGHT,
        fit=ft.BoxFit.CONTAIN,
        border_radius=CORNER,
        semantics_label=ref.file_name,
    )
    return ft.Semantics(identifier=f"photo-{ref.sha256[:12]}", content=picture)
