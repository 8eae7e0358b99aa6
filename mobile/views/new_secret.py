"""Choosing a PIN on a number pad, or a passphrase in a field; each twice."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import Handler, use_keys, use_watched
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.keypad import dots, keypad
from mobile.views.parts.panels import banner
from mobile.views.parts.type import headline, muted
from mobile.views.state.new_secret import NewSecret
from mobile.views.theme import GAP, field_border
from mobile.views.words import Texts


@guarded
def choose_secret(state: NewSecret, go_on: Handler, back: Act) -> ft.Control:
    """The PIN on a number pad, or the passphrase in a field; each twice."""
    texts = current_tab().texts
    use_watched(state)
    kind = "pin" if state.asks_pin else "passphrase"
    fields = (_pad if state.asks_pin else _passphrase)(state, texts, go_on)
    return ft.Column(
        [
            headline(
                texts(f"enrol.{kind}_again" if state.repeating else f"enrol.{kind}"), centred=True
            ),
            muted(state.message or texts(f"enrol.{kind}_hint"), centred=True),
            *fields,
            button("enrol-back", texts("back"), back, weight=Weight.QUIET),
        ],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _pad(state: NewSecret, texts: Texts, go_on: Handler) -> list[ft.Control]:
    use_keys(state.press, state.erase, go_on)
    return [
        dots(len(state.typed), texts),
        keypad(texts, state.press, state.erase, go_on if state.enough else None),
    ]


def _passphrase(state: NewSecret, texts: Texts, go_on: Handler) -> list[ft.Control]:
    return [
        banner(texts("enrol.no_key_store"), icon=ft.Icons.SHIELD_OUTLINED),
        ft.TextField(
            label=texts("unlock.passphrase"),
            value=state.typed,
            on_change=lambda event: state.type(event.control.value),
            on_submit=go_on,
            password=True,
            can_reveal_password=True,
            autofocus=True,
            border=field_border(),
            autocorrect=False,
            enable_suggestions=False,
            enable_ime_personalized_learning=False,
        ),
        button(
            "enrol-secret",
            texts("next"),
            go_on if state.enough else None,
            weight=Weight.MAIN,
        ),
    ]
