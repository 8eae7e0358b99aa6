"""A policy card next to what it explains: its title, and on a tap its text."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import body
from shared.forms.words import Words, in_language
from shared.work.policy import PolicyCard


@guarded
def policy_hint(card: PolicyCard) -> ft.Control:
    """A line that opens in place: whoever fills in a form stays in it."""
    opened, set_opened = ft.use_state(False)
    icon = ft.Icons.EXPAND_LESS if opened else ft.Icons.INFO_OUTLINE
    line = button(
        f"policy-{card.name}",
        policy_words(card.title),
        lambda: set_opened(not opened),
        weight=Weight.QUIET,
        icon=icon,
    )
    text = [panel([body(policy_words(card.text))], tone=Tone.CALM)] if opened else []
    return ft.Column(
        [ft.Row([line]), *text],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def policy_words(words: Words) -> str:
    """A card's words in the worker's language, or the nearest that there is."""
    return in_language(words, current_tab().language, "zh")
