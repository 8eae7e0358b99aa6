"""Records are kept for as long as the town said: gone on that day, not the day before."""

import pytest

from server.housekeeping import keep_house
from server.office.audit import trail
from server.office.errors import NotAllowed, OfficeRefused
from server.rights.erasing import Erasing
from server.rights.retention import Retention
from server.rights.rules import Rule, Since, set_rule
from shared.changes import ChangeKind
from tests.server.console.world import Desk
from tests.server.rights.test_erasing import NAME, Home

DAY = 24 * 3600 * 1000
DAYS = 90


@pytest.fixture
def home(desk: Desk) -> Home:
    return Home(desk)


@pytest.fixture
def retention(desk: Desk) -> Retention:
    return Retention(desk.town.services)


def rule(home: Home, kind: str, since: Since, days: int = DAYS, login: str = "town") -> None:
    with home.desk.town.act(home.desk.accounts[login]) as act:
        set_rule(act, Rule(kind, since, days))


def gone(home: Home, record: str) -> bool:
    return not {"name", "head_name", "outcome"} & home.shown(record).keys()


def due(retention: Retention) -> list[int]:
    return [each.records for each in retention.dry_run("east")]


def test_a_deleted_person_goes_after_so_many_days_and_not_before(
    home: Home, retention: Retention
) -> None:
    rule(home, "resident", Since.DELETED)
    record = home.desk.register.record("east", home.person)
    assert record is not None
    where = (home.person, "resident", home.grid)
    home.phone.push(ChangeKind.DELETE, where, {}, home.desk.now, base=record.version)
    home.desk.town.clock.at += DAYS * DAY - 1
    before = (due(retention), retention.run("east")[0].records, gone(home, home.person))
    home.desk.town.clock.at += 1

    said = due(retention)
    done = retention.run("east")[0].records

    assert before == ([0], 0, False)
    assert said == [done] == [1]
    assert gone(home, home.person)
    assert not gone(home, home.other)
    assert retention.run("east")[0].records == 0
    assert home.desk.register.verify("east").well


def test_visits_that_nobody_touched_for_so_long_go_and_what_they_were_to_stays(
    home: Home, retention: Retention
) -> None:
    rule(home, "visit", Since.UPDATED)
    home.desk.town.clock.at += DAYS * DAY

    kept = keep_house(home.desk.town.services, "east", at_once=True)

    assert kept.expired == 1
    assert gone(home, home.visit)
    assert home.shown(home.household)["head_name"] == [NAME]
    assert home.desk.register.verify("east").well
    with home.desk.town.act() as act:
        newest = trail(act.conn, "east", limit=1)[0]
    assert (newest.action, newest.object, newest.reason) == ("erased", "visit 1", "retention 90")


def test_by_day_nothing_is_erased_and_at_night_it_is(home: Home) -> None:
    rule(home, "visit", Since.UPDATED)
    clock = home.desk.town.clock
    noon = -(-(clock.at + DAYS * DAY) // DAY) * DAY + 4 * 3600 * 1000  # 12:00 in the town
    found = []
    for at in (noon, noon + 14 * 3600 * 1000):
        clock.at = at
        found.append(keep_house(home.desk.town.services, "east").expired)

    assert found == [0, 1]


def test_only_a_town_admin_sets_a_rule_within_bounds(home: Home, retention: Retention) -> None:
    for kind, days in (("dwelling", 365), ("visit", 29), ("visit", -1), ("visit", 40_000)):
        with pytest.raises(OfficeRefused):
            rule(home, kind, Since.UPDATED, days)
    with pytest.raises(NotAllowed):
        rule(home, "visit", Since.UPDATED, login="community")
    rule(home, "visit", Since.UPDATED)
    rule(home, "visit", Since.DELETED, 365)

    assert retention.rules("east") == [Rule("visit", Since.DELETED, 365)]
    rule(home, "visit", Since.DELETED, 0)
    assert retention.rules("east") == []


def test_who_was_erased_by_request_is_not_due_again(home: Home, retention: Retention) -> None:
    Erasing(home.desk.town.services).erase(home.desk.accounts["town"], home.person, "r")
    rule(home, "resident", Since.DELETED)
    home.desk.town.clock.at += 2 * DAYS * DAY

    assert due(retention) == [0]
