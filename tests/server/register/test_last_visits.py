"""The last visit in a household's row: whatever it was called, and whatever was set right."""

import pytest

from shared.changes import ALIAS
from tests.server.register.pairs import merge, unmerge
from tests.server.register.world import Phone, World

EARLY, LATE = "2025-07-01T10:00:00+08:00", "2025-07-20T10:00:00+08:00"
LATE_MS = 1_752_976_800_000


@pytest.fixture
def pair(world: World, wang: Phone) -> tuple[str, str]:
    """Two households that are one; the one that is to go was visited last."""
    goes = wang.create("household", {"head_name": "张建国"})
    stands = wang.create("household", {"head_name": "张建国"})
    visit(wang, goes, LATE, "refused")
    visit(wang, stands, EARLY, "done")
    wang.send()
    return goes, stands


def visit(phone: Phone, household: str, started: str, outcome: str, corrects: str = "") -> str:
    units = {"household": household, "started": started, "outcome": outcome}
    return phone.create("visit", units | ({"corrects": corrects} if corrects else {}))


def last(world: World, household: str) -> tuple[object, object]:
    row = world.projection("household", household)
    return row["last_visit_at"], row["last_outcome"]


def test_a_survivor_was_visited_when_what_was_merged_into_it_was(
    world: World, pair: tuple[str, str]
) -> None:
    goes, stands = pair
    alone = last(world, stands)

    merge(world, goes, stands)

    assert alone[1] == "done"
    assert last(world, stands) == (LATE_MS, "refused")

    unmerge(world, goes)

    assert last(world, stands) == alone
    world.assert_whole()


def test_a_late_visit_to_the_merged_household_is_one_to_its_survivor(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    goes, stands = pair
    merge(world, goes, stands)

    visit(wang, goes, "2025-07-20T11:00:00+08:00", "done")
    wang.send()

    assert world.record(goes).units[ALIAS][0].value == stands
    assert last(world, stands) == (LATE_MS + 3_600_000, "done")
    world.assert_whole()


def test_a_visit_in_whose_place_another_stands_is_not_the_last_one(
    world: World, wang: Phone
) -> None:
    household = wang.create("household", {"head_name": "张建国"})
    wrong = visit(wang, household, LATE, "refused")
    wang.send()

    visit(wang, household, EARLY, "done", corrects=wrong)
    wang.send()

    assert last(world, household)[1] == "done"
    world.assert_whole()
