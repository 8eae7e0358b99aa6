"""What speaks against a visit now, with what this device knows of earlier ones."""

from mobile.store.cards import HouseholdCard, VisitCard
from mobile.store.values import Answers, Edit
from mobile.views.state.dates import ago_words, day_words, parse, parse_day
from mobile.views.state.tab import TabState
from shared.changes import ChangeKind
from shared.visiting.rules import Against, Rule, Wish, against, is_vacant, rest_after_refusal
from shared.visiting.visits import DOOR, MET, REFUSED, VACANT, Past

KNOWN_MAX = 50
"""Earlier visits beyond this bear on no rule."""


def speaks_against(tab: TabState, card: HouseholdCard, mode: str) -> tuple[Against, ...]:
    """The rules that a visit of this kind would break now."""
    visits = tab.store.visits(card.id, limit=KNOWN_MAX)
    past = [made for visit in visits if (made := past_of(tab, visit)) is not None]
    wish = Wish(card.visit_policy, parse_day(card.no_visits_until))
    return against(tab.now(), mode, past, wish)


def follows(tab: TabState, card: HouseholdCard, visit: Past, record: str) -> list[Edit]:
    """What follows for the register from how a visit ended; `record` is the visit's id."""
    edits = []
    if visit.outcome == REFUSED and _rests_less(card, visit):
        until = rest_after_refusal(visit.day).isoformat()
        policy: Answers = {"visit_policy": "no_visits", "no_visits_until": until}
        edits.append(_set("household", card.id, policy, record))
    status = _home_after(tab, card, visit)
    if status and card.dwelling:
        edits.append(_set("dwelling", card.dwelling, {"status": status}, record))
    return edits


def _rests_less(card: HouseholdCard, visit: Past) -> bool:
    """Whether the household does not rest for as long, or longer, already."""
    until = parse_day(card.no_visits_until)
    resting = card.visit_policy == "no_visits"
    return not resting or (until is not None and until < rest_after_refusal(visit.day))


def _home_after(tab: TabState, card: HouseholdCard, visit: Past) -> str:
    """How the home stands after the visit; "" where that says nothing new."""
    home = tab.store.dwelling(card.dwelling or "")
    if home is None or visit.mode != DOOR:
        return ""
    if visit.outcome in MET and home.status in ("vacant", "unknown"):
        return "occupied"
    if visit.outcome == "moved_away" and home.status == "occupied":
        return "unknown"
    if visit.outcome == VACANT:
        known = tab.store.visits(card.id, limit=KNOWN_MAX)
        past = [made for one in known if (made := past_of(tab, one)) is not None]
        return "vacant" if is_vacant([*past, visit]) else "unknown"
    return ""


def _set(kind: str, record: str, units: Answers, visit: str) -> Edit:
    return Edit(kind=ChangeKind.SET, record=record, record_kind=kind, units=units, visit=visit)


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
    day, today = parse_day(card.due), tab.office_now().date()
    if day is None or not card.category:
        return ""
    category = tab.texts(f"due.{card.category}")
    if day.year == 1:
        return tab.texts("due.at_once", category=category)
    overdue = parse_day(card.overdue)
    key = "due.overdue" if overdue is not None and today >= overdue else "due.due"
    return tab.texts(key, category=category, when=ago_words(day, today, tab.texts))
