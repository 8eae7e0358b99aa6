"""Sync: one button, plain words in numbers, and every item that needs a look, with its reason."""

import flet as ft

from mobile.store.values import OutboxState, SentChange
from mobile.sync.report import SyncReport
from mobile.views.carrying import carrying
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live, use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.frame import go, place_screen, scrolled
from mobile.views.parts.panels import Tone, banner, empty, panel, section
from mobile.views.parts.sync_card import sync_card
from mobile.views.parts.type import body, label, title
from mobile.views.state.answers import Reader
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.sync import TroubleState
from mobile.views.theme import GAP

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
    trouble = [_trouble(state, change) for change in state.trouble]
    waiting = [_waiting(change) for change in state.waiting[:WAITING_MAX]]
    beside = str(len(state.waiting) or "")
    quiet = empty(ft.Icons.CLOUD_DONE_OUTLINED, texts("sync.all_sent"), texts("sync.all_sent_hint"))
    return scrolled(
        [
            sync_card(big=True),
            *([_report(line.report)] if line.report else []),
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


def _trouble(state: TroubleState, change: SentChange) -> ft.Control:
    tab = current_tab()
    texts = tab.texts
    held = change.state is OutboxState.HELD
    look = button(
        f"look-{change.place}",
        texts("sync.open"),
        lambda: go(f"/households/{change.household}"),
        weight=Weight.QUIET,
    )
    read = button(
        f"read-{change.place}",
        texts("sync.read"),
        off_loop(state.set_aside, change),
        weight=Weight.QUIET,
    )
    return panel(
        [
            title(change.label or texts("sync.unnamed")),
            body(tab.in_words(change.reason) if change.reason else texts("sync.no_reason")),
            label(" · ".join((texts("sync.held" if held else "sync.refused"), _what(change)))),
            label(_when(change.at)),
            ft.Row(
                [*([look] if change.household else []), *([] if held else [read])],
                alignment=ft.MainAxisAlignment.END,
                spacing=GAP,
            ),
        ],
        tone=Tone.ASKS,
        spacing=4,
    )


def _waiting(change: SentChange) -> ft.Control:
    return panel(
        [
            ft.Row(
                [
                    ft.Container(title(change.label or _kind(change), lines=1), expand=True),
                    label(_when(change.at)),
                ]
            ),
            label(_what(change), lines=2),
        ],
        spacing=2,
    )


def _what(change: SentChange) -> str:
    """What was done, with the questions that it answers."""
    tab = current_tab()
    done = tab.texts(f"sync.did_{change.kind}", kind=_kind(change))
    form = tab.store.form(change.record_kind)
    if form is None or change.kind == "create":
        return done
    reader = Reader(form, tab.texts, tab.store.label)
    names = [reader.name(unit) for unit in change.units if unit in form.units]
    return f"{done}{tab.texts('colon')}{tab.texts('between').join(names)}" if names else done


def _kind(change: SentChange) -> str:
    texts = current_tab().texts
    key = f"kinds.{change.record_kind}"
    return texts(key) if texts.has(key) else change.record_kind


def _when(ms: int) -> str:
    tab = current_tab()
    now = tab.now()
    return time_words(at_ms(ms, now.tzinfo), now, tab.texts)
