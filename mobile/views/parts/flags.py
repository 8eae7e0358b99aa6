"""Flags on cards: a letter in a coloured square. The letter says it; the colour only helps."""

from enum import StrEnum

import flet as ft

from mobile.store.cards import HouseholdCard
from mobile.views.context import current_tab
from mobile.views.parts.panels import Tone
from mobile.views.words import Texts

SIDE = 24


class Flag(StrEnum):
    """What a card can be flagged with; the texts have a letter and a name for each."""

    CONFLICT = "conflict"
    CHANGED = "changed"
    UNSENT = "unsent"
    DRAFT = "draft"
    APPOINTMENT = "appointment"
    PHONE_ONLY = "phone_only"
    NO_VISITS = "no_visits"
    NOBODY_HOME = "nobody_home"
    NEEDS = "needs"
    BUILDING_LEADER = "building_leader"
    UNIT_LEADER = "unit_leader"
    FLOATING = "floating"
    PARTY_MEMBER = "party_member"


TONES = {
    Flag.CONFLICT: Tone.ASKS,
    Flag.CHANGED: Tone.ASKS,
    Flag.NOBODY_HOME: Tone.ASKS,
    Flag.APPOINTMENT: Tone.ASKS,
    Flag.PHONE_ONLY: Tone.ASKS,
    Flag.NO_VISITS: Tone.ASKS,
    Flag.NEEDS: Tone.GOOD,
}
NOBODY_HOME_MIN = 2
"""Fewer tries in a row than this are nothing to be flagged."""


def flags_of(card: HouseholdCard) -> tuple[Flag, ...]:
    """The flags of a household: first what asks for attention, then what it is."""
    asks = {
        Flag.CONFLICT: card.conflict,
        Flag.CHANGED: card.changed_by_others,
        Flag.UNSENT: card.unsent,
        Flag.DRAFT: card.draft,
        Flag.NOBODY_HOME: card.nobody_home >= NOBODY_HOME_MIN,
        Flag.NEEDS: card.needs != "",
    }
    named = {flag.value: flag for flag in Flag}
    marks = [named[code] for code in (card.visit_policy, *card.marks) if code in named]
    return (*(flag for flag, holds in asks.items() if holds), *marks)


def flag_sign(flag: Flag, texts: Texts) -> ft.Control:
    """The letter of a flag in its square."""
    side = SIDE * current_tab().house.preferences.text_scale
    back, ink = TONES.get(flag, Tone.CALM).value
    name = texts(f"flags.{flag}.name")
    return ft.Container(
        width=side,
        height=side,
        border_radius=8,
        bgcolor=back,
        alignment=ft.Alignment.CENTER,
        tooltip=ft.Tooltip(name, exclude_from_semantics=True),
        content=ft.Text(
            texts(f"flags.{flag}.letter"),
            theme_style=ft.TextThemeStyle.LABEL_SMALL,
            weight=ft.FontWeight.W_600,
            color=ink,
            semantics_label=name,
        ),
    )


def flag_chip(flag: Flag, texts: Texts) -> ft.Control:
    """A flag with its name written out."""
    return ft.Row(
        [
            flag_sign(flag, texts),
            ft.Text(texts(f"flags.{flag}.name"), theme_style=ft.TextThemeStyle.LABEL_MEDIUM),
        ],
        spacing=6,
        tight=True,
    )
