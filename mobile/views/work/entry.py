"""One entry: what was written, what the office answered to it, and the way to reply."""

import asyncio

import flet as ft

from mobile.store.work import Worked
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.frame import scrolled, step_screen
from mobile.views.parts.panels import Tone, empty, panel, section
from mobile.views.parts.type import body, headline, label
from mobile.views.state.work.entries import EntryState
from mobile.views.work.entries import KINDS, written_at
from mobile.views.work.facts import facts_of
from mobile.views.work.report import open_form

ANSWER = "answer"
"""What the office writes to an opinion on the app."""
_APART = frozenset({"text", "reply"})


@guarded_view
def entry_screen() -> ft.View:
    """The entry that the address names."""
    tab, params = current_tab(), ft.use_route_params()
    kind, id_ = params.get("kind", ""), params.get("entry", "")
    state = ft.use_memo(lambda: EntryState(tab, id_), [id_])
    kind = kind if kind in KINDS else "diary"

    async def reply() -> None:
        open_form(await asyncio.to_thread(state.begin_reply))

    main = button(
        "reply",
        tab.texts("entries.reply"),
        reply,
        weight=Weight.MAIN,
        icon=ft.Icons.REPLY_OUTLINED,
        expand=True,
    )
    return step_screen(
        f"/tasks/entries/{kind}/{id_}",
        entry_body(state),
        title=tab.texts(f"entries.{kind}"),
        back=f"/tasks/entries/{kind}",
        foot=[main] if kind == "finding" else [],
    )


@guarded
def entry_body(state: EntryState) -> ft.Control:
    """What was written, then what was said to it."""
    use_live(state)
    texts = current_tab().texts
    one = state.entry
    if one is None:
        return empty(ft.Icons.ASSIGNMENT_OUTLINED, texts("work.gone"), texts("work.gone_hint"))
    facts = facts_of(one, _APART)
    return scrolled(
        [
            headline(one.text("text") or one.title),
            label(_told_by(one)),
            *([panel(facts)] if facts else []),
            *_said(one, "reply", texts("entries.own_reply")),
            *_said(one, ANSWER, texts("entries.office_answer")),
        ]
    )


def _said(one: Worked, unit: str, heading: str) -> list[ft.Control]:
    if not one.text(unit):
        return []
    return [section(heading, [panel([body(one.text(unit))], tone=Tone.CALM)])]


def _told_by(one: Worked) -> str:
    tab = current_tab()
    unsent = tab.texts("work.unsent") if one.unsent else ""
    parts = (tab.store.person(one.origin.author), written_at(tab, one), unsent)
    return " · ".join(part for part in parts if part)
