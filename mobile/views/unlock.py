"""The lock screen: a worker's name, a number pad (or a passphrase), and how long to wait."""

import asyncio
from collections.abc import Callable

import flet as ft

from mobile.device import Account
from mobile.errors import wait_words
from mobile.views.context import current_tab
from mobile.views.enrol import why_gone
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import Handler, use_keys, use_watched
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import gate_screen, go
from mobile.views.parts.keypad import dots, keypad
from mobile.views.parts.logo import logo
from mobile.views.parts.type import headline, muted
from mobile.views.state.unlock import UnlockState
from mobile.views.theme import GAP, field_border
from mobile.views.words import Texts


@guarded_view
def unlock_screen(enrol: Act, forgot: Callable[[Account], object]) -> ft.View:
    """Asks for the PIN or passphrase of one of the device's accounts."""
    tab = current_tab()
    state = ft.use_memo(lambda: UnlockState(tab), [])
    use_watched(state)
    account = state.account
    others = [other for other in state.accounts if other.id != account.id]
    return gate_screen(
        [
            logo(),
            *why_gone(),
            ft.Column(
                [
                    headline(account.worker_name, centred=True),
                    muted(account.town_name, centred=True),
                ],
                spacing=2,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            secret_pad(state) if state.asks_pin else passphrase_field(state),
            button(
                "forgot-pin",
                tab.texts("rescue.link"),
                lambda: forgot(account),
                weight=Weight.QUIET,
            ),
            *[_other(other, state, tab.texts) for other in others],
            button("enrol-another", tab.texts("unlock.another"), enrol, weight=Weight.QUIET),
        ]
    )


@guarded
def secret_pad(state: UnlockState) -> ft.Control:
    """The number pad, with what it says."""
    texts = current_tab().texts
    use_watched(state)
    submit = _submitting(state)
    use_keys(state.press, state.erase, submit)
    _use_countdown(state)
    return ft.Column(
        [
            dots(len(state.secret), texts),
            _said(state, texts),
            keypad(texts, state.press, state.erase, submit if state.ready else None),
        ],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@guarded
def passphrase_field(state: UnlockState) -> ft.Control:
    """The passphrase, where the device has no key store."""
    texts = current_tab().texts
    use_watched(state)
    _use_countdown(state)
    submit = _submitting(state)
    return ft.Column(
        [
            ft.TextField(
                label=texts("unlock.passphrase"),
                value=state.secret,
                on_change=lambda event: state.type(event.control.value),
                on_submit=submit,
                password=True,
                can_reveal_password=True,
                autofocus=True,
                enable_suggestions=False,
                autocorrect=False,
                enable_ime_personalized_learning=False,
                border=field_border(),
            ),
            _said(state, texts),
            button(
                "unlock",
                texts("unlock.open"),
                submit if state.ready else None,
                weight=Weight.MAIN,
                busy=state.busy,
            ),
        ],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _submitting(state: UnlockState) -> Handler:
    async def submit() -> None:
        if state.tab.last not in ("", state.account.id):
            go("/")  # where her colleague was is none of hers
        await asyncio.to_thread(state.submit)

    return submit


def _said(state: UnlockState, texts: Texts) -> ft.Control:
    if state.busy:
        said = texts("unlock.opening")
    elif state.wait_seconds:
        time = current_tab().in_words(wait_words(state.wait_seconds)).strip()
        said = f"{state.message} {texts('unlock.wait', time=time)}".strip()
    else:
        said = state.message or texts("unlock.pin" if state.asks_pin else "unlock.passphrase_hint")
    return ft.Semantics(
        identifier="unlock-said", live_region=True, content=muted(said, centred=True)
    )


def _other(account: Account, state: UnlockState, texts: Texts) -> ft.Control:
    return button(
        f"account-{account.id}",
        texts("unlock.switch", name=account.worker_name),
        lambda: state.choose(account),
        icon=ft.Icons.SWITCH_ACCOUNT_OUTLINED,
    )


def _use_countdown(state: UnlockState) -> None:
    """Counts the waiting time down on the screen."""

    async def count() -> None:
        while state.wait_seconds > 0:
            await asyncio.sleep(1)
            state.tick()

    ft.use_effect(count, [state.account.id, state.wait_seconds > 0])
