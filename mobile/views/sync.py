"""Sync: one button, plain words in numbers, and every item that needs a look, with its reason."""

import flet as ft

from mobile.store.values import SentChange
from mobile.sync.report import SyncReport
from mobile.views.asked import question_line
from mobile.views.carrying import carrying
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live, use_watched
from mobile.views.parts.frame import place_screen, scrolled
from mobile.views.parts.panels import banner, empty, panel, section
from mobile.views.parts.sync_card import sync_card
from mobile.views.parts.trouble import (
    kind_words,
    trouble_panel,
    what_was_done,
    when_made,
    whose,
)
from mobile.views.parts.type import body, label, title
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.sync import TroubleState

WAITING_MAX = 50
"""Lines of what waits before the rest is only counted."""


@guarded_view
def sync_screen() -> ft.View:
    """How this device stands with the office."""
    return place_screen("sync", sync_body(), title=current_tab().texts("places.sync"))


@guarded
def sync_body() -> ft.Control:
    """The status, the last sync, and what needs a look."""
    tab = current_tab()
    state = ft.use_memo(lambda: TroubleState(tab), [])
    use_live(state)
    line = tab.house.line
    use_watched(line)
    texts = tab.texts
    trouble = [trouble_panel(change) for change in state.trouble]
    asked = [question_line(one) for one in state.asked]
    waiting = [_waiting(change) for change in state.waiting[:WAITING_MAX]]
    beside = str(len(state.waiting) or "")
    quiet = empty(ft.Icons.CLOUD_DONE_OUTLINED, texts("sync.all_sent"), texts("sync.all_sent_hint"))
    return scrolled(
        [
            sync_card(big=True),
            *([_report(line.report)] if line.report else []),
            *([section(texts("today.office_asks"), asked)] if asked else []),
            *([section(texts("sync.trouble"), trouble)] if trouble else []),
            section(texts("sync.waiting"), waiting or [quiet], beside=beside),
            label(texts("sync.by_itself")),
            section(texts("sync.by_hand"), [carrying(bool(state.waiting))]),
        ]
    )


def _report(report: SyncReport) -> ft.Control:
    tab = current_tab()
    numbers = {
        "sent": report.sent,
        "received": report.received,
        "conflicts": report.conflicts,
        "refused": report.refused,
        "held": report.held,
        "left": report.left,
    }
    lines = [
        label(tab.texts(f"sync.number_{name}", n=number))
        for name, number in numbers.items()
        if number
    ]
    clock = []
    if report.clock_off_hours:
        words = tab.texts("sync.clock_off", n=abs(report.clock_off_hours))
        clock = [banner(words, icon=ft.Icons.SCHEDULE)]
    return section(
        tab.texts("sync.last"),
        [
            panel(
                [
                    ft.Semantics(
                        identifier="sync-report",
                        live_region=True,
                        content=body(tab.in_words(report.words)),
                    ),
                    *lines,
                ]
            ),
            *clock,
        ],
        beside=_when(report.ended),
    )


def _waiting(change: SentChange) -> ft.Control:
    return panel(
        [
            ft.Row(
                [
                    ft.Container(title(whose(change) or kind_words(change), lines=1), expand=True),
                    label(when_made(change)),
                ]
            ),
            label(what_was_done(change), lines=2),
        ],
        spacing=2,
    )


def _when(ms: int) -> str:
    tab = current_tab()
    now = tab.now()
    return time_words(at_ms(ms, now.tzinfo), now, tab.texts)
