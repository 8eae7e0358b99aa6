"""Putting a follow-up off, with a reason."""

import asyncio

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_watched
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.chip import chip
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import section
from mobile.views.parts.type import headline, muted
from mobile.views.state.postpone import WAITS, PostponeState
from mobile.views.theme import GAP


@guarded_view
def postpone_screen() -> ft.View:
    """The household that the address names is to be contacted later."""
    tab = current_tab()
    household = ft.use_route_params().get("household", "")
    at = f"/households/{household}"
    state = ft.use_memo(lambda: PostponeState(tab, household), [household])

    async def save() -> None:
        if await asyncio.to_thread(state.save):
            go(at)

    words = tab.texts("postpone.title")
    main = button("save", words, save, weight=Weight.MAIN, icon=ft.Icons.CHECK, expand=True)
    return step_screen(f"{at}/postpone", postpone_body(state), title=words, back=at, foot=[main])


@guarded
def postpone_body(state: PostponeState) -> ft.Control:
    """How long, and why."""
    use_watched(state)
    tab = current_tab()
    card = tab.store.household(state.household)
    chips: list[ft.Control] = [
        chip(
            f"wait-{days}",
            tab.texts("postpone.days", n=days),
            _choose(state, days),
            chosen=state.days == days,
        )
        for days in WAITS
    ]

    def typed(event: ft.Event[ft.TextField]) -> None:
        state.type(event.control.value)

    reason = ft.Semantics(
        identifier="postpone-reason",
        content=with_words(
            tab,
            ft.TextField(label=tab.texts("postpone.reason"), value=state.reason, on_change=typed),
        ),
    )
    return scrolled(
        [
            headline(card.place or card.head_name if card else ""),
            muted(tab.texts("postpone.hint")),
            section(tab.texts("postpone.how_long"), [ft.Row(chips, wrap=True, spacing=8)]),
            reason,
        ],
        spacing=GAP,
    )


def _choose(state: PostponeState, days: int) -> Act:
    return lambda: state.choose(days)
