"""What to know before knocking: how they want to be visited, what speaks against it, attempts."""

import flet as ft

from mobile.store.cards import NOBODY_HOME_MIN, HouseholdCard
from mobile.views.context import current_tab
from mobile.views.parts.panels import Tone, banner, panel
from mobile.views.parts.type import body, label, muted
from mobile.views.state.cards import visit_words
from mobile.views.state.dates import ago_words, day_words, parse_day
from mobile.views.state.story import Told
from mobile.views.state.visiting import against_words, due_words
from mobile.views.theme import GAP
from shared.visiting.rules import Against, Rule

POLICY_ICONS = {
    "appointment": ft.Icons.EVENT_AVAILABLE_OUTLINED,
    "phone_only": ft.Icons.PHONE_OUTLINED,
    "no_visits": ft.Icons.PAUSE_CIRCLE_OUTLINE,
}
SAID_BY_POLICY = frozenset({Rule.PHONE_ONLY, Rule.APPOINTMENT})


def before_knocking(
    card: HouseholdCard, against: tuple[Against, ...], news: Told | None
) -> list[ft.Control]:
    """Everything that stands above the household itself."""
    shown = [*_policy(card), *_rules(card, against)]
    texts = current_tab().texts
    if card.needs:
        words = texts("household.needs", needs=card.needs)
        shown.append(banner(words, icon=ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED, tone=Tone.GOOD))
    if news is not None:
        shown.append(_news(news))
    return [*shown, _last_visit(card)]


def _policy(card: HouseholdCard) -> list[ft.Control]:
    tab = current_tab()
    if card.visit_policy not in POLICY_ICONS:
        return []
    until = parse_day(card.no_visits_until)
    words = tab.texts(f"household.policy_{card.visit_policy}")
    if until is not None and card.visit_policy == "no_visits":
        day = day_words(until, tab.now().date(), tab.texts)
        words = tab.texts("household.policy_no_visits_until", day=day)
    return [banner(words, icon=POLICY_ICONS[card.visit_policy])]


def _rules(card: HouseholdCard, against: tuple[Against, ...]) -> list[ft.Control]:
    """Rules that the policy has not said already."""
    tab = current_tab()
    said = {Rule.RESTING} if card.visit_policy == "no_visits" else set()
    return [
        banner(against_words(tab, one), icon=ft.Icons.DO_NOT_DISTURB_ON_OUTLINED)
        for one in against
        if one.rule not in SAID_BY_POLICY | said
    ]


def _news(news: Told) -> ft.Control:
    ink = Tone.ASKS.value[1]
    lines = [label(current_tab().texts("news.title"), colour=ink), body(news.who, colour=ink)]
    said = [one.name for one in news.said]
    words = current_tab().texts("between").join([news.heading, *said])
    shown = panel([*lines, body(words, colour=ink)], tone=Tone.ASKS, spacing=2)
    return ft.Semantics(identifier="news", content=shown)


def _last_visit(card: HouseholdCard) -> ft.Control:
    tab = current_tab()
    texts = tab.texts
    more: list[ft.Control] = []
    if card.nobody_home >= NOBODY_HOME_MIN:
        more.append(muted(texts("household.nobody_home", n=card.nobody_home)))
    verified = parse_day(card.verified)
    if verified is not None:
        when = ago_words(verified, tab.now().date(), texts)
        more.append(muted(texts("household.verified", when=when)))
    if due := due_words(card, tab):
        more.append(ft.Semantics(identifier="due-words", content=muted(due)))
    return panel(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.HISTORY, color=ft.Colors.PRIMARY),
                    ft.Container(body(visit_words(card, tab)), expand=True),
                    label(texts("household.visits_count", n=card.visits)),
                ],
                spacing=GAP,
            ),
            *more,
        ],
        spacing=4,
    )
