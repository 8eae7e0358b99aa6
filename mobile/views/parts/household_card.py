"""A household in a list: where to knock first, then who, then when somebody last was there."""

import flet as ft

from mobile.store.cards import HouseholdCard
from mobile.views.context import current_tab
from mobile.views.parts.buttons import Act
from mobile.views.parts.flags import flag_sign, flags_of
from mobile.views.parts.type import label, muted, title
from mobile.views.state.cards import people_words, visit_words
from mobile.views.theme import CORNER, EDGE, LARGE

CARD_HEIGHT = 104
"""Of a card with its gap, at the ordinary text size, dp. All are of one height."""
LINE_HEIGHT = 26
"""Of one more line for the door, at the ordinary text size, dp."""
GAP_BETWEEN = 8
FLAGS_MAX = 5


def card_height(scale: float) -> float:
    """Of a card with its gap at a text size, dp."""
    return (CARD_HEIGHT + (LINE_HEIGHT if scale >= LARGE else 0)) * scale


def household_card(card: HouseholdCard, on_click: Act, *, chosen: bool = False) -> ft.Control:
    """The card, one button for a screen reader."""
    ground = ft.Colors.PRIMARY_CONTAINER if chosen else ft.Colors.SURFACE_CONTAINER_LOW
    tapped = ft.Container(
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=10),
        border_radius=CORNER,
        bgcolor=ground,
        ink=True,
        on_click=on_click,
        content=ft.Column(_lines(card), spacing=4, alignment=ft.MainAxisAlignment.CENTER),
    )
    named = ft.Semantics(
        identifier=f"household-{card.id}", expand=True, content=ft.MergeSemantics(tapped)
    )
    # Without the key another household would be drawn into this card, and a browser's screen
    # reader would go on calling it by the old name.
    return ft.Container(key=card.id, padding=ft.Padding.only(bottom=GAP_BETWEEN), content=named)


def _lines(card: HouseholdCard) -> list[ft.Control]:
    tab = current_tab()
    texts = tab.texts
    flags = [flag_sign(flag, texts) for flag in flags_of(card)[:FLAGS_MAX]]
    large = tab.house.preferences.text_scale >= LARGE
    place = title(card.place or texts("card.no_door"), lines=2 if large else 1)
    return [
        ft.Row([ft.Container(place, expand=True), *flags], spacing=4),
        muted(people_words(card, texts), lines=1),
        label(visit_words(card, tab), lines=1),
    ]
