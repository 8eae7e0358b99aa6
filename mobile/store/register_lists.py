"""The lists of the register that a form may use, from what this phone holds."""

from collections.abc import Iterator
from functools import partial

from mobile.store.cards import HouseholdCard, HouseholdFilter
from mobile.store.store import Store
from shared.forms.model import Choice
from shared.forms.register_lists import (
    DUTY,
    DWELLINGS,
    HOUSEHOLDS,
    MEMBERS,
    Lists,
    ReadLists,
    entry,
)

ENTRIES_MAX = 5_000


def phone_lists(store: Store, household: str, today: str) -> Lists:
    """`household`: the one that the form is about; "" for none. `today`: ISO date."""
    return ReadLists(
        {
            DWELLINGS: partial(_dwellings, store),
            HOUSEHOLDS: partial(_households, store),
            MEMBERS: partial(_members, store, household),
            DUTY: partial(_duty, store, today),
        }
    )


def _dwellings(store: Store) -> Iterator[Choice]:
    for one in store.dwellings(limit=ENTRIES_MAX):
        yield entry(
            one.id,
            one.label or one.code,
            code=one.code,
            plate=one.plate,
            building=one.building,
            room=one.room,
            status=one.status,
        )


def _households(store: Store) -> Iterator[Choice]:
    for card in store.search(limit=ENTRIES_MAX).cards:
        yield entry(card.id, _called(card), dwelling=card.dwelling or "")


def _members(store: Store, household: str) -> Iterator[Choice]:
    for one in store.members(household) if household else ():
        yield entry(
            one.id,
            one.name,
            household=one.household,
            relation=one.relation,
            sex=one.sex,
            status=one.status,
        )


def _duty(store: Store, today: str) -> Iterator[Choice]:
    for card in store.search("", HouseholdFilter(due_by=today), limit=ENTRIES_MAX).cards:
        yield entry(
            card.id, _called(card), due=card.due, overdue=card.overdue, category=card.category
        )


def _called(card: HouseholdCard) -> str:
    return " · ".join(part for part in (card.place, card.head_name) if part)
