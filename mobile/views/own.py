"""Tables of the town's own making: on "today", as a list of records, and the way to a new one."""

import asyncio

import flet as ft

from mobile.store.own import OwnRecord
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, AsyncAct, Weight, button
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, line, section
from mobile.views.parts.type import headline
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.own import OwnTable, OwnTables


@guarded
def own_tables() -> ft.Control:
    """A line for each of them; nothing where the town has none."""
    tab = current_tab()
    state = ft.use_memo(lambda: OwnTables(tab), [])
    use_live(state)
    if not state.forms:
        return ft.Container()
    lines = [
        line(f"own-{kind}", title, icon=ft.Icons.TABLE_ROWS_OUTLINED, on_click=_to(kind))
        for kind, title in state.forms
    ]
    return section(tab.texts("own.title"), lines)


@guarded_view
def own_screen() -> ft.View:
    """The table that the address names."""
    tab = current_tab()
    kind = ft.use_route_params().get("kind", "")
    state = ft.use_memo(lambda: OwnTable(tab, kind), [kind])
    form = tab.store.form(kind)
    words = form.words(form.title, tab.language) if form else kind
    add = button(
        "own-add",
        tab.texts("own.add"),
        _opens(state),
        weight=Weight.MAIN,
        icon=ft.Icons.ADD,
        expand=True,
    )
    return step_screen(
        f"/own/{kind}", own_body(state), title=words, back="/", foot=[add] if form else []
    )


@guarded
def own_body(state: OwnTable) -> ft.Control:
    """Its records, the newest first."""
    use_live(state)
    texts = current_tab().texts
    if not state.records:
        return empty(ft.Icons.TABLE_ROWS_OUTLINED, texts("own.none"), texts("own.none_hint"))
    lines = [_line(state, one) for one in state.records]
    return scrolled([headline(texts("own.count", n=len(lines))), *lines], spacing=8)


def _to(kind: str) -> Act:
    return lambda: go(f"/own/{kind}")


def _line(state: OwnTable, one: OwnRecord) -> ft.Control:
    tab = current_tab()
    now = tab.now()
    when = time_words(at_ms(one.at, now.tzinfo), now, tab.texts)
    unsent = tab.texts("work.unsent") if one.unsent else ""
    return line(
        f"own-record-{one.id}",
        one.label or tab.texts("own.unnamed"),
        under=" · ".join(part for part in (when, unsent) if part),
        icon=ft.Icons.ARTICLE_OUTLINED,
        on_click=_opens(state, one.id),
    )


def _opens(state: OwnTable, record: str | None = None) -> AsyncAct:
    """Opens the form of a record, or of a new one."""

    async def opened() -> None:
        draft = await asyncio.to_thread(state.begin, record)
        go(f"/own/{state.kind}/form/{draft.id}")

    return opened
