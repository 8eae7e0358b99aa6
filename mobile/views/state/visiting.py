"""What speaks against a visit now, with what this device knows of earlier ones."""

from mobile.store.cards import HouseholdCard, VisitCard
from mobile.views.state.dates import ago_words, day_words, parse, parse_day
from mobile.views.state.tab import TabState
from shared.visiting.rules import Against, Rule, Wish, against
from shared.visiting.visits import Past

KNOWN_MAX = 50
"""Earlier visits beyond this bear on no rule."""


def speaks_against(tab: TabState, card: HouseholdCard, mode: str) -> tuple[Against, ...]:
    """The rules that a visit of this kind would break now."""
    visits = tab.store.visits(card.id, limit=KNOWN_MAX)
    past = [made for visit in visits if (made := past_of(tab, visit)) is not None]
    wish = Wish(card.visit_policy, parse_day(card.no_visits_until))
    return against(tab.now(), mode, past, wish)


def past_of(tab: TabState, visit: VisitCard) -> Past | None:
    """A visit as the rules see it; None where nobody knows when it was."""
    at = parse(visit.started, tab.now().tzinfo)
    if at is None:
        return None
    mode = visit.mode or "door"
    return Past(id=visit.id, at=at, mode=mode, outcome=visit.outcome, reason=visit.reason)


def against_words(tab: TabState, one: Against) -> str:
    """A rule that speaks against a visit, in words."""
    texts, today = tab.texts, tab.now().date()
    until = day_words(one.until, today, texts) if one.until else ""
    since = ago_words(one.since, today, texts) if one.since else ""
    key = "resting_until" if one.rule is Rule.RESTING and until else one.rule.value
    return texts(f"against.{key}", until=until, since=since)


def due_words(card: HouseholdCard, tab: TabState) -> str:
    """When somebody should look in again, and why; "" when that is not settled, or far off."""
    day, today = parse_day(card.due), tab.now().date()
    if day is None or not card.category:
        return ""
    category = tab.texts(f"due.{card.category}")
    if day.year == 1:
        return tab.texts("due.at_once", category=category)
    overdue = parse_day(card.overdue)
    key = "due.overdue" if overdue is not None and today >= overdue else "due.due"
    return tab.texts(key, category=category, when=ago_words(day, today, tab.texts))
