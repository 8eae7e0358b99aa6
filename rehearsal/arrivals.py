"""Who comes into the homes of a rehearsal: children, lodgers, newcomers, who tells nothing."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from random import Random
from types import MappingProxyType

from mobile.store.cards import DwellingCard, HouseholdCard, HouseholdFilter
from mobile.store.values import Edit
from rehearsal.phones import WeekPhone
from rehearsal.plan import WORKED_DAYS
from rehearsal.stage import Stage
from server.town.chance import happens
from shared.changes import Answer, ChangeKind
from shared.forms.values import Missing

EVERY = 1_000_000
DECLINED: Answer = {"missing": Missing.DECLINED.value}
CHILD_DAYS = 3


def plan_arrivals(stage: Stage) -> None:
    """In every grid a child; in some a lodger, a newcomer, or a household that tells nothing."""
    for grid, phones in stage.hands.items():
        if not phones:
            continue
        number, phone, note = stage.number_of(grid), phones[0], stage.agenda.note
        chance = stage.chance("arrivals", number)
        note(stage.plan.at(1, 16, 20), partial(_child, stage, phone, grid, chance))
        if number % 4 == 1:
            note(stage.plan.at(3, 16, 20), partial(_silent, stage, phone, chance))
        if number % 2 == 0:
            note(stage.plan.at(2, 16, 20), partial(_lodger, stage, phone, grid, chance))
        if happens(chance, 0.3):
            at = stage.plan.at(chance.randrange(WORKED_DAYS), 15, 5)
            note(at, partial(_newcomer, stage, phone, chance))


def registered(
    phone: WeekPhone, dwelling: str, living: Mapping[str, Answer], who: Mapping[str, Answer]
) -> list[Edit]:
    """A household of one person at a door."""
    household, person = phone.clock.new_id(), phone.clock.new_id()
    view = phone.store.record(dwelling)
    grid = view.grid if view else phone.grids[0]
    answers = {"dwelling": dwelling, "head_name": "新住户", **living}
    lives = {"household": household, "status": "living_here", **who}
    return [
        _create(household, "household", grid, answers), _create(person, "resident", grid, lives)
    ]  # fmt: skip


def _child(stage: Stage, phone: WeekPhone, grid: str, chance: Random) -> None:
    """Of a child too young for a pension the medical insurance is not known at first."""
    home = _some_home(phone, grid, chance)
    if home is None:
        return
    born = phone.shown.date() - timedelta(days=CHILD_DAYS)
    person = phone.clock.new_id()
    who: dict[str, Answer] = {
        "household": home.id, "name": f"{home.head_name[:1]}宝宝", "relation": "3", "sex": "2",
        "birth_date": born.isoformat(), "status": "living_here",
    }  # fmt: skip
    phone.store.save([_create(person, "resident", grid, who)])
    stage.happened["child"] += 1
    if happens(chance, 0.5):
        insured = _set(person, "resident", {"medical": "resident"})
        stage.agenda.note(stage.plan.at(4, 11, 10), lambda: phone.store.save([insured]))


def _lodger(stage: Stage, phone: WeekPhone, grid: str, chance: Random) -> None:
    """A second household at a door, of whom little is known yet."""
    home = _some_home(phone, grid, chance)
    if home is not None and home.dwelling is not None:
        edits = registered(phone, home.dwelling, _LIVING, {"name": "租住户", "relation": "0"})
        phone.store.save(edits)
        stage.happened["lodger"] += 1


def _silent(stage: Stage, phone: WeekPhone, chance: Random) -> None:
    """A household that nobody had written down declines whatever it may, and nothing is missing."""
    unwritten = [each for each in _doors(phone) if not each.households and each.status != "vacant"]
    if unwritten:
        home = chance.choice(unwritten).id
        living = _LIVING | dict.fromkeys(_LIVING.keys() - {"visit_policy"}, DECLINED)
        edits = registered(phone, home, living, dict.fromkeys(_MANDATORY, DECLINED))
        phone.store.save([_set(home, "dwelling", {"status": "occupied"}), *edits])
        stage.happened["silent"] += 1


def _newcomer(stage: Stage, phone: WeekPhone, chance: Random) -> None:
    """Somebody has moved into an empty home: dwelling, household and resident in one save."""
    empty = [each for each in _doors(phone) if each.status == "vacant"]
    if empty:
        home = chance.choice(empty).id
        living = {key: told for key, told in _LIVING.items() if key != "phone"}
        edits = registered(phone, home, living, {"name": "新住户", "relation": "0"})
        phone.store.save([_set(home, "dwelling", {"status": "occupied"}), *edits])
        stage.happened["newcomer"] += 1


def _doors(phone: WeekPhone) -> list[DwellingCard]:
    return sorted(phone.store.dwellings("", limit=EVERY), key=lambda card: card.id)


def _some_home(phone: WeekPhone, grid: str, chance: Random) -> HouseholdCard | None:
    cards = phone.store.search("", HouseholdFilter(grid=grid), limit=EVERY).cards
    return chance.choice(sorted(cards, key=lambda card: card.id)) if cards else None


def _create(record: str, kind: str, grid: str, units: dict[str, Answer]) -> Edit:
    return Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, grid=grid, units=units)


def _set(record: str, kind: str, units: dict[str, Answer]) -> Edit:
    return Edit(kind=ChangeKind.SET, record=record, record_kind=kind, units=units)


_LIVING: MappingProxyType[str, Answer] = MappingProxyType(
    {
        "tenure": "rented", "household_kind": "floating", "people_count": 1, "phone": DECLINED,
        "visit_policy": "normal",
    }
)  # fmt: skip
_MANDATORY = ("name", "relation", "sex", "birth_date", "pension", "medical")
