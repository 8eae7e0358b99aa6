"""All policy cards, to be looked up without signal."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, line, panel
from mobile.views.parts.policy import policy_hint, policy_words
from shared.work.policy import PolicyCard

ICON = ft.Icons.LIBRARY_BOOKS_OUTLINED


def policy_line() -> list[ft.Control]:
    """The way to the cards, where the town has written any."""
    tab = current_tab()
    number = len(tab.store.known.policy.all())
    if not number:
        return []
    under = tab.texts("policy.count", n=number)
    return [
        line(
            "policy",
            tab.texts("policy.title"),
            under=under,
            icon=ICON,
            on_click=lambda: go("/policy"),
        )
    ]


@guarded_view
def policy_screen() -> ft.View:
    """The cards of the town."""
    return step_screen(
        "/policy", policy_body(), title=current_tab().texts("policy.title"), back="/tasks"
    )


@guarded
def policy_body() -> ft.Control:
    """A field to look for words, and below it the cards that have them."""
    tab = current_tab()
    texts, cards = tab.texts, tab.store.known.policy.all()
    wanted, want = ft.use_state("")
    if not cards:
        return empty(ICON, texts("policy.none"), texts("policy.none_hint"))

    def typed(event: ft.Event[ft.TextField]) -> None:
        want(event.control.value)

    field = ft.Semantics(
        identifier="policy-find",
        content=with_words(
            tab,
            ft.TextField(
                label=texts("policy.find"),
                value=wanted,
                on_change=typed,
                prefix_icon=ft.Icons.SEARCH,
            ),
        ),
    )
    found = [card for card in cards if _has(card, wanted)]
    return scrolled([field, *[panel([policy_hint(card)]) for card in found]], spacing=8)


def _to_all() -> None:
    go("/policy")


def _has(card: PolicyCard, wanted: str) -> bool:
    said = f"{policy_words(card.title)} {policy_words(card.text)}".casefold()
    return wanted.strip().casefold() in said
