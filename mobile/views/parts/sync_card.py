"""How things stand with the office, in plain words, and the one button."""

from collections.abc import Sequence

import flet as ft

from mobile.sync.report import SyncProgress
from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop, use_live, use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import label, title
from mobile.views.state.sync import StatusState
from mobile.views.state.tab import TabState
from mobile.views.theme import GAP
from mobile.views.words import Texts


@guarded
def sync_card(*, big: bool = False) -> ft.Control:
    """The state of this device's work; `big` on the screen that is about it."""
    tab = current_tab()
    line = tab.house.line
    state = ft.use_memo(lambda: StatusState(tab), [])
    use_live(state)
    use_watched(line)
    ft.use_effect(off_loop(state.load), [line.syncing])
    texts, status = tab.texts, state.status
    if status is None:
        return ft.Container()
    tone = Tone.CALM if status.unsent or not status.first_sync_complete else Tone.GOOD
    running = _progress(line.progress, texts) if line.syncing else []
    return panel(
        [
            _words([tab.in_words(one) for one in status.lines], tone, _icon(status.unsent)),
            *running,
            ft.Row([_button(tab, big=big)], alignment=ft.MainAxisAlignment.END),
        ],
        tone=tone,
    )


def _words(lines: Sequence[str], tone: Tone, icon: ft.IconData) -> ft.Control:
    """What counts most stands first, and largest."""
    ink = tone.value[1]
    first, *others = lines
    said: list[ft.Control] = [title(first, colour=ink)]
    said += [label(other, colour=ink, lines=4) for other in others]
    return ft.Row(
        [
            ft.Icon(icon, color=ink),
            ft.Semantics(
                identifier="sync-words",
                live_region=True,
                expand=True,
                content=ft.MergeSemantics(ft.Column(said, spacing=4, tight=True)),
            ),
        ],
        spacing=GAP,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _button(tab: TabState, *, big: bool) -> ft.Control:
    syncing = tab.house.line.syncing
    return button(
        "sync-now",
        tab.texts("sync.running" if syncing else "sync.now"),
        off_loop(tab.house.sync),
        weight=Weight.MAIN if big else Weight.FRAMED,
        icon=ft.Icons.SYNC,
        busy=syncing,
        expand=big,
    )


def _icon(unsent: int) -> ft.IconData:
    return ft.Icons.CLOUD_UPLOAD_OUTLINED if unsent else ft.Icons.CLOUD_DONE_OUTLINED


def _progress(progress: SyncProgress | None, texts: Texts) -> list[ft.Control]:
    if progress is None:
        return [ft.ProgressBar(border_radius=4)]
    share = min(1.0, progress.done / progress.total) if progress.total else None
    words = texts(f"sync.step_{progress.step}", done=progress.done, total=progress.total or "?")
    return [label(words), ft.ProgressBar(value=share, border_radius=4)]
