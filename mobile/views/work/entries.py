"""Diary, patrols, facilities with their checks, findings, opinions on the app, in lists."""

import asyncio

import flet as ft

from mobile.store.work import Worked
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, line
from mobile.views.parts.type import headline
from mobile.views.state.dates import at_ms, day_words, parse_day, time_words
from mobile.views.state.light import only_reports
from mobile.views.state.tab import TabState
from mobile.views.state.work.cases import choice_name
from mobile.views.state.work.entries import EntriesState
from mobile.views.work.report import begins, open_form

KINDS: dict[str, ft.IconData] = {
    "nil_report": ft.Icons.FACT_CHECK_OUTLINED,
    "diary": ft.Icons.MENU_BOOK_OUTLINED,
    "patrol": ft.Icons.DIRECTIONS_WALK_OUTLINED,
    "facility": ft.Icons.LIGHT_OUTLINED,
    "finding": ft.Icons.FIND_IN_PAGE_OUTLINED,
    "feedback": ft.Icons.RATE_REVIEW_OUTLINED,
}
LEADING = {
    "diary": "topic",
    "patrol": "found",
    "facility": "state",
    "finding": "severity",
    "feedback": "feedback_kind",
}
"""The question of each kind whose answer stands below its title."""
BY_THE_OFFICE = frozenset({"finding"})
"""Kinds that a worker reads and replies to, and does not begin."""


def entry_lines() -> list[ft.Control]:
    """The ways to the lists that this town has switched on."""
    tab = current_tab()
    light = only_reports(tab)
    return [
        line(f"entries-{kind}", tab.texts(f"entries.{kind}"), icon=icon, on_click=_to(kind))
        for kind, icon in KINDS.items()
        if tab.store.form(kind) is not None and (kind == "feedback" or not light)
    ]


@guarded_view
def entries_screen() -> ft.View:
    """The entries of the kind that the address names."""
    texts = current_tab().texts
    kind = ft.use_route_params().get("kind", "")
    kind = kind if kind in LEADING else "diary"
    return step_screen(
        f"/tasks/entries/{kind}",
        entries_body(kind),
        title=texts(f"entries.{kind}"),
        back="/tasks",
        foot=[] if kind in BY_THE_OFFICE else [_add(kind)],
    )


@guarded
def entries_body(kind: str) -> ft.Control:
    """The list, the newest first."""
    tab = current_tab()
    state = ft.use_memo(lambda: EntriesState(tab, kind), [kind])
    use_live(state)
    if not state.entries:
        texts = tab.texts
        return empty(KINDS[kind], texts("entries.none"), texts(f"entries.{kind}_hint"))
    lines = [entry_line(one, check=_check(state, one)) for one in state.entries]
    return scrolled([headline(tab.texts("entries.count", n=len(state.entries))), *lines], spacing=8)


def entry_line(one: Worked, *, check: Act | None = None) -> ft.Control:
    """An entry in a list. check: opens the check of a facility, which is there to be looked at."""
    tab = current_tab()
    leading = choice_name(tab, one.kind, LEADING[one.kind], one.text(LEADING[one.kind]))
    unsent = tab.texts("work.unsent") if one.unsent else ""
    answered = tab.texts("entries.answered") if one.text("answer") or one.text("reply") else ""
    parts = (leading, one.text("place"), written_at(tab, one), answered, unsent)
    return line(
        f"entry-{one.id}",
        one.title or leading,
        under=" · ".join(part for part in parts if part),
        icon=KINDS[one.kind],
        on_click=check or (lambda: go(f"/tasks/entries/{one.kind}/{one.id}")),
    )


def written_at(tab: TabState, one: Worked) -> str:
    """The day that an entry is about, else when it was written."""
    now, texts = tab.now(), tab.texts
    day = parse_day(one.text("day") or one.text("checked_on"))
    if day is not None:
        return day_words(day, now.date(), texts)
    return time_words(at_ms(one.origin.effective, now.tzinfo), now, texts)


def _add(kind: str) -> ft.Control:
    return button(
        "add",
        current_tab().texts(f"form.new_{kind}"),
        begins(kind),
        weight=Weight.MAIN,
        icon=ft.Icons.ADD,
        expand=True,
    )


def _check(state: EntriesState, facility: Worked) -> Act | None:
    if facility.kind != "facility":
        return None

    async def check() -> None:
        open_form(await asyncio.to_thread(state.begin_check, facility))

    return check


def _to(kind: str) -> Act:
    return lambda: go("/tasks/nil" if kind == "nil_report" else f"/tasks/entries/{kind}")
