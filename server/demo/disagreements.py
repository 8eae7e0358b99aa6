"""Two workers who edited the same households on one day: something to decide at first sight."""

from msgspec import Struct
from sqlalchemy import Engine, select
from sqlmodel import col

from server.clock import new_id
from server.db.engine import reading
from server.db.projections import HouseholdRow
from server.demo.hands import Hand
from server.register.register import Register
from shared.changes import Answer, Change, ChangeKind

HOUSEHOLDS = 3
"""In each grid: two where they disagree, one where their answers merge."""
MINUTE_MS = 60_000


class Household(Struct, frozen=True):
    """A household as both workers had it on their phones."""

    id: str
    grid: str
    version: int
    phone: str
    people_count: int


def disagree(register: Register, households: list[Household], first: Hand, second: Hand) -> int:
    """Both edit the same households without having seen each other. Answers how many changes."""
    changes = 0
    for number, household in enumerate(households):
        mine, others = _answers(household, number)
        for hand, units in ((first, mine), (second, others)):
            changes += hand.write([_edit(hand, household, units)], register)
            hand.clock.at += MINUTE_MS
    return changes + first.push(register) + second.push(register)


def disputed(engine: Engine, town: str, grid: str) -> list[Household]:
    """The households of a grid that its workers will disagree about."""
    wanted = (
        select(
            col(HouseholdRow.id),
            col(HouseholdRow.version),
            col(HouseholdRow.phone),
            col(HouseholdRow.people_count),
        )
        .where(
            col(HouseholdRow.town_id) == town,
            col(HouseholdRow.grid) == grid,
            col(HouseholdRow.phone).like("1%"),
            col(HouseholdRow.people_count) > 1,
        )
        .order_by(col(HouseholdRow.id))
        .limit(HOUSEHOLDS)
    )
    with reading(engine) as conn:
        return [
            Household(row.id, grid, row.version, row.phone, row.people_count or 0)
            for row in conn.execute(wanted)
        ]


def _answers(household: Household, number: int) -> tuple[dict[str, Answer], dict[str, Answer]]:
    people = household.people_count
    if number == 0:
        return {"phone": _other(household.phone, 3)}, {"phone": _other(household.phone, 7)}
    if number == 1:
        return {"people_count": people + 1}, {"people_count": people - 1}
    return {"people_count": people + 1}, {"preferred_time": "晚上七点以后"}


def _other(phone: str, step: int) -> str:
    """The same number with another last digit."""
    return phone[:-1] + str((int(phone[-1]) + step) % 10)


def _edit(hand: Hand, household: Household, units: dict[str, Answer]) -> Change:
    at = hand.clock.at
    seen: dict[str, Answer] = {"phone": household.phone, "people_count": household.people_count}
    return Change(
        n=0,
        save=new_id(at),
        kind=ChangeKind.SET,
        record=household.id,
        record_kind="household",
        grid=household.grid,
        worker=hand.device.worker_id,
        at=at,
        base=household.version,
        units=units,
        old={name: seen[name] for name in units if name in seen},
    )
