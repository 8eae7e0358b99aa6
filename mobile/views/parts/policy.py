"""A policy card next to what it explains: its title, and on a tap its text."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import body
from shared.forms.words import Words, in_language
from shared.work.policy import PolicyCard

LONG = 200
"""A text of so many characters fills more than half of a screen."""


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
    text = [panel(_said(card, lambda: set_opened(False)), tone=Tone.CALM)] if opened else []
    return ft.Column(
        [ft.Row([line]), *text],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def policy_words(words: Words) -> str:
    """A card's words in the worker's language, or the nearest that there is."""
    return in_language(words, current_tab().language, "zh")


def _said(card: PolicyCard, fold: Act) -> list[ft.Control]:
    """The text; after a long one a way on that spares the way back up."""
    words = policy_words(card.text)
    if len(words) < LONG:
        return [body(words)]
    way = button(
        f"fold-{card.name}",
        current_tab().texts("policy.fold"),
        fold,
        weight=Weight.QUIET,
        icon=ft.Icons.EXPAND_LESS,
    )
    return [body(words), ft.Row([way], alignment=ft.MainAxisAlignment.END)]
