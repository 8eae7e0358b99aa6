"""The camera: a live picture and a shutter, where the device and the page allow it."""

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft
from flet_camera import Camera, CameraDescription, CameraLensDirection, ResolutionPreset

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.panels import panel
from mobile.views.parts.type import muted
from mobile.views.theme import CORNER, GAP

HEIGHT = 320
WAIT_SECONDS = 20.0
Taken = Callable[[bytes], Awaitable[None]]


def has_camera() -> bool:
    """Whether pictures can be taken here at all."""
    page = ft.context.page
    return bool(page.web) or page.platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


@guarded
def camera(taken: Taken, close: Act) -> ft.Control:
    """What the camera sees, until a picture was taken or it is closed."""
    texts = current_tab().texts
    ref = ft.use_memo(ft.Ref[Camera], [])
    said, set_said = ft.use_state("camera.opening")
    busy, set_busy = ft.use_state(False)

    async def open_it() -> None:
        set_said(await _opened(ref))

    async def shoot() -> None:
        set_busy(True)
        content = await _shot(ref)
        set_busy(False)
        if content is None:
            set_said("camera.trouble")
        else:
            await taken(content)

    ft.use_effect(open_it, [])
    shutter = button(
        "camera-shoot",
        texts("camera.shoot"),
        None if said else shoot,
        weight=Weight.MAIN,
        icon=ft.Icons.CAMERA,
        busy=busy,
        expand=True,
    )
    away = button("camera-close", texts("camera.close"), close, weight=Weight.QUIET)
    return panel(
        [
            _preview(ref),
            *([muted(texts(said))] if said else []),
            ft.Row([away, shutter], spacing=GAP),
        ]
    )


def _preview(ref: ft.Ref[Camera]) -> ft.Control:
    return ft.Container(
        Camera(ref=ref, expand=True),
        height=HEIGHT,
        border_radius=CORNER,
        bgcolor=ft.Colors.BLACK,
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


async def _opened(ref: ft.Ref[Camera]) -> str:
    """Opens the camera that looks away from her; what is to be said of it, "" for nothing."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            cameras = await _there(ref).get_available_cameras()
            if not cameras:
                return "camera.none"
            chosen = min(cameras, key=_looks_away)
            await _there(ref).initialize(chosen, ResolutionPreset.HIGH, enable_audio=False)
    except (RuntimeError, TimeoutError, TypeError, ValueError, KeyError):
        return "camera.not_allowed"
    return ""


async def _shot(ref: ft.Ref[Camera]) -> bytes | None:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            return bytes(await _there(ref).take_picture())
    except (RuntimeError, TimeoutError, TypeError, ValueError):
        return None


def _there(ref: ft.Ref[Camera]) -> Camera:
    if ref.current is None:
        raise RuntimeError("the camera was closed meanwhile")
    return ref.current


def _looks_away(one: CameraDescription) -> bool:
    return one.lens_direction is not CameraLensDirection.BACK
