"""A change that the office did not take: why, what it was, and every way out of it."""

import asyncio

import flet as ft

from mobile.store.again import can_be_edited
from mobile.store.values import OutboxState, SentChange
from mobile.views.context import current_tab
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import go
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import body, label, title
from mobile.views.state.answers import Reader
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.drafts import route_of
from mobile.views.state.tab import TabState


def trouble_panel(change: SentChange, *, here: bool = False) -> ft.Control:
    """One such change. here: it is shown on the page of its household."""
    tab = current_tab()
    texts = tab.texts
    stands = texts("sync.held" if change.state is OutboxState.HELD else "sync.refused")
    return panel(
        [
            title(whose(change) or texts("sync.unnamed")),
            body(tab.in_words(change.reason) if change.reason else texts("sync.no_reason")),
            label(f"{stands} · {what_was_done(change)}", lines=3),
            label(when_made(change)),
            ft.Row(_ways_out(change, here), wrap=True, alignment=ft.MainAxisAlignment.END),
        ],
        tone=Tone.ASKS,
        spacing=4,
    )


def whose(change: SentChange) -> str:
    """Whom or what it is about: of a visit the household, as a day alone says little."""
    if change.record_kind == "visit" and change.household:
        return current_tab().label(change.household)
    return change.label


def what_was_done(change: SentChange) -> str:
    """What the change did, with the questions that it answers."""
    tab = current_tab()
    if change.record_kind == "visit" and change.kind == "create":
        return tab.texts("sync.did_visit")
    done = tab.texts(f"sync.did_{change.kind}", kind=kind_words(change))
    form = tab.store.form(change.record_kind)
    if form is None or change.kind == "create":
        return done
    reader = Reader(form, tab.texts, tab.store.label)
    names = [reader.name(unit) for unit in change.units if unit in form.units]
    return f"{done}{tab.texts('colon')}{tab.texts('between').join(names)}" if names else done


def kind_words(change: SentChange) -> str:
    """What kind of record it is about."""
    texts = current_tab().texts
    key = f"kinds.{change.record_kind}"
    return texts(key) if texts.has(key) else change.record_kind


def when_made(change: SentChange) -> str:
    """When the change was made."""
    tab = current_tab()
    now = tab.now()
    return time_words(at_ms(change.at, now.tzinfo), now, tab.texts)


def _ways_out(change: SentChange, here: bool) -> list[ft.Control]:
    texts, place = current_tab().texts, change.place
    ways: list[ft.Control] = []
    if change.household and not here:
        look = _to_household(change.household)
        ways.append(button(f"look-{place}", texts("sync.open"), look, weight=Weight.QUIET))
    if change.state is not OutboxState.HELD:
        read = off_loop(_set_aside, current_tab(), place)
        ways.append(button(f"read-{place}", texts("sync.read"), read, weight=Weight.QUIET))
    if can_be_edited(change):
        again = _edit_again(change)
        icon = ft.Icons.EDIT_OUTLINED
        ways.append(button(f"again-{place}", texts("sync.edit_again"), again, icon=icon))
    return ways


def _set_aside(tab: TabState, place: int) -> None:
    """She has read it; for a while it can be had back."""
    tab.store.set_aside(place)
    tab.say(tab.texts("sync.was_read"), lambda: tab.store.set_aside(place, read=False))


def _edit_again(change: SentChange) -> Act:
    tab = current_tab()

    async def edit() -> None:
        draft = await asyncio.to_thread(tab.store.edit_again, change)
        go(route_of(draft))

    return edit


def _to_household(household: str) -> Act:
    return lambda: go(f"/households/{household}")
