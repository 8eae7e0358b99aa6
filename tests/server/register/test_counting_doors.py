"""The counts follow the register, whatever happens to a household."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from server.clock import TOWN_ZONE
from server.coverage.counting import Counting
from server.db.coverage_tables import CoverageRow, MeasuredRow
from server.db.engine import reading
from shared.changes import Answer, ChangeKind
from tests.server.register.pairs import merge, unmerge
from tests.server.register.world import DAY, TOWN, Phone, World

WHOLE: dict[str, Answer] = {
    "name": "张小明", "relation": "0", "sex": "1", "birth_date": "1980-05-05",
    "pension": "employee", "medical": "employee", "status": "living_here",
}  # fmt: skip


@dataclass
class Counted:
    """A town whose doors are counted."""

    world: World
    phone: Phone

    def door(self, **units: Answer) -> str:
        return self.phone.create("dwelling", {"status": "occupied", "use": "residential"} | units)

    def home(self, door: str, **units: Answer) -> str:
        answers = {
            "dwelling": door, "tenure": "own", "household_kind": "floating", "people_count": 1,
            "phone": "13800000000",
        }  # fmt: skip
        return self.phone.create("household", answers | units)

    def person(self, home: str, **units: Answer) -> str:
        return self.phone.create("resident", WHOLE | {"household": home} | units)

    def visit(self, home: str, outcome: str, **units: Answer) -> str:
        return self.phone.create("visit", {"household": home, "outcome": outcome} | units)

    def set(self, kind: str, record: str, **units: Answer) -> None:
        base = self.world.record(record).version
        self.phone.note(ChangeKind.SET, record, units, base=base, kind=kind)
        self.phone.send()

    def of(self, door: str) -> tuple[str | None, bool, str, str]:
        """The household that counts there, whether it is collected, how far visits came, state."""
        world = self.world
        for progress in Counting(world.engine, world.register, world.clock).run(TOWN):
            assert progress.mark.version <= progress.seq
        with reading(world.engine) as conn:
            row = conn.execute(
                select(CoverageRow).where(col(CoverageRow.dwelling_id) == door)
            ).one_or_none()
        return (row.household_id, row.collected, row.reached, row.state) if row else _NONE

    def items(self, door: str) -> tuple[int, int]:
        """The items that apply there, and those that are answered."""
        self.of(door)
        with reading(self.world.engine) as conn:
            row = conn.execute(
                select(col(CoverageRow.applicable), col(CoverageRow.answered)).where(
                    col(CoverageRow.dwelling_id) == door
                )
            ).one()
        return row.applicable, row.answered

    def wanted(self, record: str) -> int:
        with reading(self.world.engine) as conn:
            wanted = select(col(MeasuredRow.wanted)).where(col(MeasuredRow.record_id) == record)
            return int(conn.execute(wanted).scalar_one())


_NONE = (None, False, "", "")


@pytest.fixture
def town(world: World, wang: Phone) -> Counted:
    return Counted(world, wang)


def test_a_household_is_collected_when_its_last_item_is_answered(town: Counted) -> None:
    door = town.door()
    home = town.home(door)
    person = town.person(home, medical=None)
    town.phone.send()
    before = town.of(door)

    town.set("resident", person, medical="resident")

    assert before == (home, False, "untried", "never_visited")
    assert town.of(door) == (home, True, "untried", "never_visited")


def test_who_moved_away_is_not_asked_for(town: Counted) -> None:
    door = town.door()
    home = town.home(door)
    town.person(home)
    gone = town.person(home, medical=None)
    town.phone.send()
    before = town.of(door)

    town.set("resident", gone, status="moved")

    assert (before[1], town.of(door)[1]) == (False, True)


def test_a_household_that_moves_counts_at_its_new_door_only(town: Counted) -> None:
    old, new = town.door(), town.door()
    home = town.home(old)
    town.person(home)
    town.phone.send()
    before = town.of(old), town.of(new)

    town.set("household", home, dwelling=new)

    assert before == (
        (home, True, "untried", "never_visited"),
        (None, False, "untried", "unregistered"),
    )
    assert town.of(old) == (None, False, "untried", "unregistered")
    assert town.of(new) == (home, True, "untried", "never_visited")


def test_a_person_who_moves_in_elsewhere_is_missed_where_she_left(town: Counted) -> None:
    here, there = town.door(), town.door()
    one, other = town.home(here), town.home(there)
    person = town.person(one)
    town.phone.send()
    before = town.of(here)[1], town.of(there)[1]

    town.set("resident", person, household=other)

    assert before == (True, False)
    assert (town.of(here)[1], town.of(there)[1]) == (False, True)


def test_what_was_merged_counts_with_its_survivor_until_it_is_parted(
    world: World, town: Counted
) -> None:
    here, there = town.door(), town.door()
    goes, stands = town.home(here), town.home(there)
    town.person(goes)
    town.visit(goes, "done")
    town.phone.send()
    apart = town.of(here), town.of(there)

    merge(world, goes, stands)

    assert apart == ((goes, True, "spoken", "fine"), (stands, False, "untried", "never_visited"))
    assert town.of(here) == (None, False, "untried", "unregistered")
    assert town.of(there) == (stands, True, "spoken", "fine")

    unmerge(world, goes)

    assert (town.of(here), town.of(there)) == apart


def test_a_door_is_collected_with_one_household_and_complete_with_all(town: Counted) -> None:
    door = town.door()
    first = town.home(door)
    town.person(first)
    town.phone.send()
    applicable, answered = town.items(door)

    town.home(door, phone=None)
    town.phone.send()

    assert town.of(door)[:2] == (first, True)
    assert town.items(door) == (applicable + 9, answered + 4)


def test_a_refusal_counts_until_somebody_is_met_again(world: World, town: Counted) -> None:
    door = town.door()
    home = town.home(door)
    town.person(home)
    town.visit(home, "refused")
    town.phone.send()
    refused = town.of(door)

    world.clock.now += 100 * DAY
    town.visit(home, "done")
    town.phone.send()

    assert refused == (home, False, "refused", "refused")
    assert town.of(door) == (home, True, "spoken", "fine")


def test_a_visit_that_was_set_right_does_not_count(world: World, town: Counted) -> None:
    door = town.door()
    home = town.home(door)
    town.person(home)
    wrong = town.visit(home, "refused")
    town.phone.send()
    before = town.of(door)[2]

    town.visit(home, "nobody_home", corrects=wrong)
    town.phone.send()

    assert (before, town.of(door)[2]) == ("refused", "nobody")


def test_a_visit_to_a_door_where_nobody_is_registered_counts_there(town: Counted) -> None:
    door = town.door(status="unknown")
    town.phone.create("visit", {"dwelling": door, "outcome": "nobody_home"})
    town.phone.send()

    assert town.of(door) == (None, False, "nobody", "unregistered")


def test_who_grows_up_is_asked_for_more_from_the_birthday_on(world: World, town: Counted) -> None:
    today = datetime.fromtimestamp(world.clock.now / 1000, TOWN_ZONE).date()
    born = today - timedelta(days=round(365.25 * 16) - 2)
    door = town.door()
    home = town.home(door)
    child = town.person(home, birth_date=born.isoformat(), pension=None)
    town.phone.send()

    assert town.of(door)[1]
    assert town.wanted(child) == 0

    world.clock.now += 5 * DAY

    assert not town.of(door)[1]
    assert town.wanted(child) == 1


def test_a_dwelling_that_is_gone_is_counted_no_more(world: World, town: Counted) -> None:
    door = town.door()
    town.phone.send()
    before = town.of(door)

    town.phone.note(ChangeKind.DELETE, door, {}, base=world.record(door).version, kind="dwelling")
    town.phone.send()

    assert before != _NONE
    assert town.of(door) == _NONE
