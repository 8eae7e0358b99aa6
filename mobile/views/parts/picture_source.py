"""The ways to a picture: the camera, or one that lies on the device."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.parts.buttons import button
from mobile.views.parts.camera import camera, has_camera

Given = Callable[[bytes, str], Awaitable[None]]
"""Takes the picture and its name; "" for one that has none."""


@guarded
def picture_source(identifier: str, words: str, given: Given) -> ft.Control:
    """Two buttons, and the camera while it is open. words: of the button that picks a file."""
    texts = current_tab().texts
    looking, set_looking = ft.use_state(False)
    busy, set_busy = ft.use_state(False)

    async def take(content: bytes, name: str) -> None:
        set_busy(True)
        await given(content, name)
        set_busy(False)

    async def pick() -> None:
        picked = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.IMAGE, with_data=True
        )
        if picked and picked[0].bytes is not None:
            await take(picked[0].bytes, picked[0].name)

    async def taken(content: bytes) -> None:
        set_looking(False)
        await take(content, "")

    icon = ft.Icons.IMAGE_OUTLINED
    ways = [button(f"{identifier}-pick", words, pick, icon=icon, busy=busy)]
    if has_camera() and not looking:
        open_it = texts("camera.open")
        shoot = button(
            f"{identifier}-camera",
            open_it,
            lambda: set_looking(True),
            icon=ft.Icons.PHOTO_CAMERA_OUTLINED,
        )
        ways.insert(0, shoot)
    row = ft.Row(ways, wrap=True, spacing=8, run_spacing=8)
    live = [camera(taken, lambda: set_looking(False))] if looking else []
    across = ft.CrossAxisAlignment.STRETCH
    return ft.Column([row, *live], spacing=8, tight=True, horizontal_alignment=across)
