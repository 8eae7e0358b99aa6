"""How things stand with the office, in plain words, and the one button."""

import flet as ft

from mobile.sync.report import SyncProgress
from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop, use_live, use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import label, title
from mobile.views.state.sync import StatusState
from mobile.views.theme import GAP
from mobile.views.words import Texts


@guarded
def sync_card(*, big: bool = False) -> ft.Control:
    """The state of this device's work; `big` on the screen that is about it."""
    tab = current_tab()
    house = tab.house
    state = ft.use_memo(lambda: StatusState(tab), [])
    use_live(state)
    use_watched(house)
    ft.use_effect(off_loop(state.load), [house.syncing])
    texts, status = tab.texts, state.status
    if status is None:
        return ft.Container()
    tone = Tone.CALM if status.unsent or not status.first_sync_complete else Tone.GOOD
    running = _progress(house.progress, texts) if house.syncing else []
    go_on = button(
        "sync-now",
        texts("sync.running" if house.syncing else "sync.now"),
        off_loop(house.sync),
        weight=Weight.MAIN if big else Weight.FRAMED,
        icon=ft.Icons.SYNC,
        busy=house.syncing,
        expand=big,
    )
    return panel(
        [
            ft.Row(
                [
                    ft.Icon(_icon(status.unsent), color=tone.value[1]),
                    ft.Semantics(
                        identifier="sync-words",
                        live_region=True,
                        expand=True,
                        content=title(tab.in_words(status.words), colour=tone.value[1]),
                    ),
                ],
                spacing=GAP,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            *running,
            ft.Row([go_on], alignment=ft.MainAxisAlignment.END),
        ],
        tone=tone,
    )


def _icon(unsent: int) -> ft.IconData:
    return ft.Icons.CLOUD_UPLOAD_OUTLINED if unsent else ft.Icons.CLOUD_DONE_OUTLINED


def _progress(progress: SyncProgress | None, texts: Texts) -> list[ft.Control]:
    if progress is None:
        return [ft.ProgressBar(border_radius=4)]
    share = min(1.0, progress.done / progress.total) if progress.total else None
    words = texts(f"sync.step_{progress.step}", done=progress.done, total=progress.total or "?")
    return [label(words), ft.ProgressBar(value=share, border_radius=4)]
