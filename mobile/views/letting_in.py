"""The screen behind "forgot PIN": how it goes, the six words, the new PIN."""

import asyncio

import flet as ft

from mobile.device import Account
from mobile.views.context import current_tab
from mobile.views.enrol import fingerprint
from mobile.views.guarded import guarded_view
from mobile.views.hooks import off_loop, use_watched
from mobile.views.new_secret import choose_secret
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import gate_screen
from mobile.views.parts.logo import logo
from mobile.views.parts.panels import Tone, banner, panel
from mobile.views.parts.type import body, headline, muted, title
from mobile.views.state.letting_in import OVER, LettingIn
from mobile.views.words import Texts
from shared.rescue import RescueState

LOOK_SECONDS = 10


@guarded_view
def letting_in_screen(account: Account, leave: Act) -> ft.View:
    """Asks the office to let the worker in, waits, and takes the new PIN."""
    tab = current_tab()
    state = ft.use_memo(lambda: LettingIn(tab, account), [account.id])
    use_watched(state)
    _use_looking(state)
    texts = tab.texts
    if state.state is RescueState.GRANTED:
        granted = muted(texts("rescue.granted"), centred=True)
        return gate_screen(
            [logo(), granted, choose_secret(state, off_loop(state.next), state.back)]
        )
    shown = _waiting(state, texts) if state.stands else _asking(state, texts)
    return gate_screen(
        [
            logo(),
            headline(texts("rescue.title"), centred=True),
            muted(texts("rescue.who", name=account.worker_name), centred=True),
            *shown,
            *_said(state),
            button("rescue-leave", texts("back"), leave, weight=Weight.QUIET),
        ]
    )


def _asking(state: LettingIn, texts: Texts) -> list[ft.Control]:
    if not state.possible:
        return [banner(texts("rescue.impossible"), icon=ft.Icons.KEY_OFF_OUTLINED)]
    over = [state.state] if state.state in OVER else []
    return [
        *[banner(texts(f"rescue.{one}"), icon=ft.Icons.INFO_OUTLINE) for one in over],
        body(texts("rescue.how")),
        banner(texts("rescue.safe"), icon=ft.Icons.SHIELD_OUTLINED, tone=Tone.CALM),
        button(
            "rescue-ask",
            texts("rescue.ask"),
            off_loop(state.ask),
            weight=Weight.MAIN,
            busy=state.busy,
        ),
    ]


def _waiting(state: LettingIn, texts: Texts) -> list[ft.Control]:
    return [
        panel([title(texts("rescue.words")), fingerprint(" ".join(state.words))], tone=Tone.GOOD),
        muted(texts("rescue.words_hint")),
        ft.Semantics(
            identifier="rescue-state",
            live_region=True,
            content=body(texts(f"rescue.{state.state}")),
        ),
        muted(texts("rescue.meanwhile")),
        button(
            "rescue-look",
            texts("rescue.again"),
            off_loop(state.look),
            weight=Weight.MAIN,
            busy=state.busy,
        ),
        button("rescue-cancel", texts("rescue.cancel"), off_loop(state.cancel)),
    ]


def _said(state: LettingIn) -> list[ft.Control]:
    if not state.message:
        return []
    return [banner(state.message, icon=ft.Icons.INFO_OUTLINE)]


def _use_looking(state: LettingIn) -> None:
    """Looks by itself while the request stands and the screen is open."""

    async def look() -> None:
        while state.stands:
            await asyncio.sleep(LOOK_SECONDS)
            await asyncio.to_thread(state.look, quietly=True)

    ft.use_effect(look, [state.account.id, state.stands])
