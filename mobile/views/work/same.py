"""Choosing the case that a case is the same as."""

import asyncio

import flet as ft

from mobile.store.work import Filed
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live
from mobile.views.parts.confirm import Ask, use_confirm
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, line
from mobile.views.parts.type import headline, muted
from mobile.views.state.work.same import SameState
from mobile.views.work.words import sort_icon, sort_name, under


@guarded_view
def same_screen() -> ft.View:
    """The others beside the case that the address names."""
    case = ft.use_route_params().get("case", "")
    return step_screen(
        f"/tasks/case/{case}/same",
        same_body(case),
        title=current_tab().texts("same.title"),
        back=f"/tasks/case/{case}",
    )


@guarded
def same_body(case: str) -> ft.Control:
    """The likeliest first; a tap asks before it joins them."""
    tab = current_tab()
    texts = tab.texts
    state = ft.use_memo(lambda: SameState(tab, case), [case])
    use_live(state)
    ask = use_confirm()
    if state.filed is None:
        return empty(ft.Icons.ASSIGNMENT_OUTLINED, texts("work.gone"), texts("work.gone_hint"))
    if not state.others:
        return empty(ft.Icons.COPY_ALL_OUTLINED, texts("same.none"), texts("same.none_hint"))
    lines = [_other(state, one, ask) for one in state.others]
    named = state.filed.record.title or sort_name(tab, state.filed.standing.case.sort)
    return scrolled([headline(named), muted(texts("same.hint")), *lines], spacing=8)


def _other(state: SameState, other: Filed, ask: Ask) -> ft.Control:
    tab = current_tab()
    texts = tab.texts
    sort = other.standing.case.sort
    named = other.record.title or sort_name(tab, sort)

    async def join() -> None:
        await asyncio.to_thread(state.join, other.record.id)
        tab.say(texts("same.joined"))
        go(f"/tasks/case/{other.record.id}")
        await off_loop(tab.house.sync, quietly=True)()

    def chosen() -> None:
        ask(texts("same.sure"), texts("same.sure_text", name=named), join)

    return line(
        f"same-{other.record.id}",
        named,
        under=under(tab, other),
        icon=sort_icon(sort),
        on_click=chosen,
    )
