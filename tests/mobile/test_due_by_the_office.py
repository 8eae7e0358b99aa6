"""What is due goes by the office's clock: a phone that is days off says the same as a right one."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct

from mobile.views.state.house import House
from mobile.views.state.tab import TabState
from mobile.views.state.today import TodayState
from mobile.views.state.work.cases import cases_of
from mobile.views.state.work.nil import owed
from mobile.views.work.words import due_line
from server.clock import TOWN_ZONE
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.office.audit import Deed
from server.work.board import Boards
from tests.mobile.field import Field, Phone, a_field, synced
from tests.mobile.kit import create

MONDAY = datetime(2026, 9, 28, 9, 30, tzinfo=TOWN_ZONE)
LAST_VISIT = MONDAY - timedelta(days=6)
"""Who lives alone is looked in on once a week: again on Tuesday."""
DAYS = {"ahead": 3, "behind": -1}


class Due(Struct, frozen=True):
    """What a phone reminds its worker of."""

    households: int
    overdue: int
    case: str
    reports: tuple[tuple[str, str], ...]


def due_on(phone: Phone) -> Due:
    """All of it, as its screens have it."""
    tab = TabState(House(phone.device, phone.clock))
    tab.entered(phone.account)
    today = TodayState(tab)
    today.read()
    assert today.day is not None
    [case] = cases_of(tab).mine
    return Due(
        households=today.day.due_total,
        overdue=today.day.overdue_total,
        case=due_line(tab, case),
        reports=tuple((one.cell.period.key, one.cell.state.value) for one in owed(tab)),
    )


def office_now(phone: Phone) -> datetime:
    tab = TabState(House(phone.device, phone.clock))
    tab.entered(phone.account)
    return tab.office_now()


def a_town_with_work(field: Field) -> None:
    """Its forms; a grid that reports each day by six."""
    field.town.clock.at = round(MONDAY.timestamp() * 1000)
    services = field.town.services
    for form in work_forms().values():
        services.register.publish_form(field.town.who.town, form)
    rules = {"rhythm": "daily", "maternal": "no", "closes": "18:00"}
    with reading(services.engine) as conn:
        boards = Boards(conn, field.admin, field.town.clock.at)
        edit = boards.rules_edit(services.register, field.grid(), rules)
    services.register.deeds.edit(field.admin, [edit], Deed.RULES_SET, field.grid())


def writes(phone: Phone) -> None:
    """Somebody who lives alone, when she was last looked in on, and a hazard found just now."""
    home, at = phone.clock.new_id(), LAST_VISIT.isoformat(timespec="seconds")
    phone.store.save(
        [
            create("household", home, head_name="李芳"),
            create("resident", phone.clock.new_id(), household=home, name="李芳",
                   status="living_here", care=["living_alone"]),
            create("visit", phone.clock.new_id(), household=home, outcome="done", mode="door",
                   started=at, ended=at),
            create("case", phone.clock.new_id(), case_kind="hazard", text="楼道堆物",
                   urgency="normal", discovered_at=MONDAY.isoformat(timespec="seconds")),
        ]
    )  # fmt: skip
    synced(phone)


@pytest.mark.parametrize("wrong", DAYS)
def test_after_its_first_sync_a_wrong_clock_reminds_of_the_same_as_a_right_one(
    tmp_path: Path, wrong: str
) -> None:
    with a_field(tmp_path) as field:
        a_town_with_work(field)
        right, other = field.phone(), field.phone()
        other.clock.wall += DAYS[wrong] * 24 * 3_600_000
        assert office_now(other) == MONDAY + timedelta(days=DAYS[wrong]), "it knows no better yet"
        synced(right)
        writes(right)
        synced(other)

        assert office_now(other) == MONDAY
        seen = {}
        for hours in (0, 9, 24, 48):  # Monday morning and evening, Tuesday, Thursday evening
            for clock in (right.clock, other.clock):
                clock.tick(hours * 3_600_000)
            seen[f"{office_now(right).astimezone(TOWN_ZONE):%a %H}"] = due_on(right)
            assert due_on(other) == due_on(right), office_now(right)
        other.clock.boot_id = "boot-2"
        assert office_now(other) != office_now(right), "of this boot nothing is known yet"

    monday, thursday = seen["Mon 09"], seen["Thu 18"]
    assert (monday.households, thursday.households) == (0, 1)
    assert "超期" not in monday.case
    assert "超期" in thursday.case
    assert seen["Tue 18"].reports == (("2026-09-29", "missing"),)
