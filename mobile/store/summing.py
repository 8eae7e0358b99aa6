"""What a household's card says, taken together from its home, its people and its visits."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from mobile.store.cards import HouseholdCard, ResidentCard, VisitCard
from mobile.store.glimpses import Glimpse, door_label
from mobile.store.orders import nobody_home_in_a_row
from shared.coverage import LIVING_HERE
from shared.visiting.schedule import INTERVALS, Contact, FollowUp, categories_of, follow_up
from shared.visiting.visits import MET

PHONE_ENDING = 4
EMPTY_HOME = frozenset({"vacant", "demolished", "merged"})
LEFT = frozenset({"vacant", "moved_away"})
"""Outcomes of a visit at which the household was not there any more."""


class Family(Struct, frozen=True):
    """What belongs to a household."""

    home: Glimpse | None
    members: Sequence[ResidentCard]
    visits: Sequence[VisitCard]
    """The newest first."""
    changed_by_others: bool
    draft: bool
    intervals: Mapping[str, int] = INTERVALS
    """How often somebody should look in, by category, in its grid."""


def household_card(glimpse: Glimpse, family: Family) -> HouseholdCard:
    """The card of a household."""
    home, members, visits = family.home, family.members, family.visits
    due = _due(glimpse, family)
    return HouseholdCard(
        id=glimpse.id,
        grid=glimpse.grid,
        head_name=glimpse.text("head_name"),
        dwelling=home.id if home else glimpse.text("dwelling") or None,
        place=door_label(home) if home else "",
        address=home.text("address") if home else "",
        phone_ending=glimpse.text("phone")[-PHONE_ENDING:],
        people_count=glimpse.number("people_count"),
        members=tuple(m.name for m in members if m.status in LIVING_HERE and m.name),
        visit_policy=glimpse.text("visit_policy"),
        no_visits_until=glimpse.text("no_visits_until"),
        marks=glimpse.codes("marks"),
        needs=glimpse.text("needs"),
        last_visit=visits[0].started if visits else "",
        last_outcome=visits[0].outcome if visits else "",
        next_visit=visits[0].next_visit if visits else "",
        visits=len(visits),
        nobody_home=nobody_home_in_a_row(list(visits)),
        verified=next((visit.started[:10] for visit in visits if visit.unchanged), ""),
        category=due.category if due else "",
        due=due.due.isoformat() if due else "",
        overdue=due.overdue.isoformat() if due else "",
        vacant=_is_empty(home, visits),
        conflict=bool(glimpse.contested) or any(m.conflict for m in members),
        unsent=glimpse.unsent
        or any(m.unsent for m in members)
        or any(visit.unsent for visit in visits),
        changed_by_others=family.changed_by_others,
        draft=family.draft,
    )


def _due(glimpse: Glimpse, family: Family) -> FollowUp | None:
    here = [member for member in family.members if member.status in LIVING_HERE]
    if not here and family.members and not glimpse.text("dwelling"):
        return None  # it has moved out
    categories = categories_of(
        tenure=glimpse.text("tenure"),
        kind=glimpse.text("household_kind"),
        marks=glimpse.codes("marks"),
        people=[member.groups for member in here],
    )
    newest = family.visits[0] if family.visits else None
    met = next((visit for visit in family.visits if visit.outcome in MET), None)
    resting = glimpse.text("visit_policy") == "no_visits"
    return follow_up(
        categories,
        Contact(
            last=_day(met.started) if met else None,
            agreed=_day(newest.next_visit) if newest else None,
            agreed_on=_day(newest.started) if newest else None,
            resting_until=_day(glimpse.text("no_visits_until")) if resting else None,
        ),
        family.intervals,
    )


def _is_empty(home: Glimpse | None, visits: Sequence[VisitCard]) -> bool:
    seen_empty = bool(visits) and visits[0].outcome in LEFT
    return seen_empty or (home is not None and home.text("status") in EMPTY_HOME)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
