"""The records of an invented town, grid by grid: parents before those who refer to them."""

from collections.abc import Iterator
from datetime import timedelta

from server.town.chance import happens
from server.town.dwellings import Door, Use, doors_of
from server.town.households import (
    Entry,
    household_answers,
    leader_mark,
    learnt_from,
    make_household,
)
from server.town.residents import Home, resident_answers
from server.town.surroundings import Hand, Moment, Surroundings, surroundings_of
from server.town.values import Town, TownRecord
from server.town.visits import visits_to, visits_to_empty
from shared.changes import Answer, ChangeKind

REGISTERED_DAYS_AGO = (366, 400)
"""Dwellings and households were written down before the year of which the visits are known."""
MINUTES_OF_A_ROUND = 400
"""The worker who first made the list went from door to door within a day."""
BIRTH_REPORTED_DAYS = 20
SHARED_DOOR = 0.012
"""The share of homes in which two households live."""


def records(town: Town) -> Iterator[TownRecord]:
    """Every record of the town, made as it is asked for."""
    for grid in town.grids:
        yield from grid_records(town, grid.code)


def grid_records(town: Town, grid: str) -> Iterator[TownRecord]:
    """Every record of one grid: the same ones, whether or not the others are made too."""
    place = next(place for place, area in enumerate(town.grids) if area.code == grid)
    around = surroundings_of(town, place)
    left = town.households[place]
    leaders: set[str] = set()
    number = 0
    for door in doors_of(around):
        if number == left:
            return
        hand = around.hand(Moment(around.days_ago(*REGISTERED_DAYS_AGO)))
        dwelling = around.record("dwelling", hand, door.answers)
        yield dwelling
        if door.use is Use.VACANT:
            yield from _visits_to_empty(around, dwelling.id)
        for _ in range(min(_homes(around, door), left - number)):
            number += 1
            moment = hand.moment.later(5 + number % MINUTES_OF_A_ROUND)
            entry = Entry(
                dwelling_id=dwelling.id,
                number=number,
                leader=leader_mark(around, door, leaders),
                hand=Hand(hand.worker, moment),
            )
            yield from _household_records(around, entry)


def _homes(around: Surroundings, door: Door) -> int:
    if door.use is not Use.HOME:
        return 0
    return 2 if happens(around.random, SHARED_DOOR) else 1


def _household_records(around: Surroundings, entry: Entry) -> Iterator[TownRecord]:
    household = make_household(around)
    home = Home(around.numbers.record_id(entry.hand.moment.millis), household)
    members = () if household.refusing else household.family.members
    people = [resident_answers(around, home, person) for person in members]
    answers = household_answers(around, household, entry, people)
    yield around.record("household", entry.hand, answers, home.household_id)
    for person, resident in zip(members, people, strict=True):
        known = min(person.born + timedelta(days=BIRTH_REPORTED_DAYS), around.today)
        hand = Hand(entry.hand.worker, entry.hand.moment.not_before(known))
        yield around.record("resident", hand, resident)
    yield from _visit_records(around, home, entry)


def _visit_records(around: Surroundings, home: Home, entry: Entry) -> Iterator[TownRecord]:
    household = home.household
    visits = visits_to(around, household.family, refusing=household.refusing)
    where: dict[str, Answer] = {"household": home.household_id, "dwelling": entry.dwelling_id}
    for place, visit in enumerate(visits):
        record = around.record("visit", around.hand(visit.ended), where | visit.answers)
        yield record
        if changed := learnt_from(around, visits, place):
            yield TownRecord(
                change=ChangeKind.SET,
                kind="household",
                id=home.household_id,
                grid=record.grid,
                worker=record.worker,
                at=record.at,
                answers=changed,
                visit=record.id,
            )


def _visits_to_empty(around: Surroundings, dwelling: str) -> Iterator[TownRecord]:
    for visit in visits_to_empty(around):
        answers = {"dwelling": dwelling, **visit.answers}
        yield around.record("visit", around.hand(visit.ended), answers)
