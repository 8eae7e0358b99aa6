"""The page of coverage: the rate with its numbers, and the list behind every one of them."""

import re

import pytest

from server.coverage.counting import Counting
from server.forms.builtin import work_forms
from tests.server.console.world import Browser, Desk, FieldPhone, Page

NUMBER = re.compile(
    r'<a class="num" href="(/console/dwellings/list\?filter=[^"]*)">\s*([\d,]+)\s*</a>'
)
PERSON = {
    "name": "李四", "relation": "0", "sex": "1", "birth_date": "1980-01-01", "pension": "employee",
    "medical": "employee", "status": "living_here",
}  # fmt: skip


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    """One worker's phone; her grid has a collected household, a refusal and doors besides."""
    phone = desk.phone("W1", "g1")
    grid = desk.town.areas["g1"]
    at = desk.now - 3_600_000
    for outcome in ("done", "refused"):
        door = phone.create("dwelling", grid, {"status": "occupied", "plate": outcome}, at)
        units = {
            "dwelling": door, "tenure": "own", "household_kind": "floating", "people_count": 1,
            "phone": {"missing": "declined"}, "head_name": "李四",
        }  # fmt: skip
        home = phone.create("household", grid, units, at)
        phone.create("resident", grid, PERSON | {"household": home}, at)
        phone.create("visit", grid, {"household": home, "outcome": outcome}, at)
    for status, use in (("unknown", "residential"), ("vacant", "residential"), ("", "business")):
        phone.create("dwelling", grid, {"status": status, "use": use, "plate": status}, at)
    other = desk.phone("W2", "g3")
    other.create("dwelling", desk.town.areas["g3"], {"status": "occupied"}, at)
    return phone


def rows(page: Page) -> int:
    return len(re.findall(r'<tr class="desk-row"', page.html))


def test_every_number_opens_a_list_of_as_many_doors(desk: Desk, phone: FieldPhone) -> None:
    town = desk.signed_in("town")

    page = town.get("/console/coverage")
    numbers = NUMBER.findall(page.html)

    assert len(numbers) > 20
    for address, said in numbers:
        listed = town.get(address.replace("&amp;", "&"))
        assert (listed.status, rows(listed)) == (200, int(said)), address
    assert "25.0%" in page.text  # one of four listed


def test_the_rate_is_that_of_the_chosen_area(desk: Desk, phone: FieldPhone) -> None:
    town = desk.signed_in("town")

    whole = town.get("/console/coverage").text
    grid = town.get("/console/coverage", area=desk.town.areas["g1"]).text

    assert "25.0% 1 / 4" in whole
    assert "33.3% 1 / 3" in grid


def test_a_reader_sees_the_figures_of_her_own_area_only(desk: Desk, phone: FieldPhone) -> None:
    leader = desk.signed_in("leader")

    mine = leader.get("/console/coverage")
    foreign = leader.get("/console/coverage", area=desk.town.areas["g3"])
    listed = leader.get(
        "/console/dwellings/list",
        filter=f"counted__in=listed AND grid__in={desk.town.areas['g3']}",
    )

    assert "33.3% 1 / 3" in mine.text
    assert foreign.status == 404
    assert rows(listed) == 0


def test_workers_stand_by_staff_number_and_their_visits_are_listed(
    desk: Desk, phone: FieldPhone
) -> None:
    town = desk.signed_in("town")

    page = town.get("/console/coverage/workers")
    [address] = re.findall(r'href="(/console/visits/list\?[^"]*)"', page.html)
    listed = town.get(address.replace("&amp;", "&"))

    assert re.findall(r'<td class="num">(W\d)</td>', page.html) == ["W1", "W2"]
    assert (listed.status, rows(listed)) == (200, 2)
    assert "sort" not in page.html.split("<table")[1]  # no order by figures


def test_what_a_phone_sends_is_counted_at_the_next_look(desk: Desk, phone: FieldPhone) -> None:
    town = desk.signed_in("town")
    before = town.get("/console/coverage").text

    at = desk.now
    phone.create("dwelling", desk.town.areas["g1"], {"status": "occupied"}, at)

    assert "1 / 4" in before
    assert "1 / 5" in town.get("/console/coverage").text
    services = desk.town.services
    assert Counting(services.engine, services.register, services.clock).progress("east").up_to_date


@pytest.mark.parametrize("language", ["zh", "en"])
def test_households_are_listed_by_how_they_count(
    desk: Desk, phone: FieldPhone, language: str
) -> None:
    town: Browser = desk.signed_in("town", language=language)
    town.get("/console/coverage")

    collected = town.get("/console/households/list", filter="counted__in=collected")
    either = town.get("/console/households/list", filter="counted__in=collected,refused")
    unknown = town.get("/console/households/list", filter="counted__in=nonsense")

    assert [rows(each) for each in (collected, either, unknown)] == [1, 2, 0]


def test_the_four_panels_count_and_list_what_is_not_clear(desk: Desk, phone: FieldPhone) -> None:
    grid, at = desk.town.areas["g1"], desk.now - 3_600_000
    phone.create("resident", grid, {"name": "王小", "status": "living_here"}, at)
    for form in work_forms().values():
        desk.register.publish_form("east", form)
    facility = phone.create("facility", grid, {"facility_kind": "lamp", "state": "good"}, at)
    phone.create("facility", grid, {"facility_kind": "lamp", "state": "good"}, at)
    phone.create("facility_check", grid, {"facility": facility, "state": "good"}, at)
    leader = desk.signed_in("leader")

    page = leader.get("/console/coverage/quality")
    lacking = leader.get("/console/residents/list", filter="counted__in=lacking")

    assert "家庭情况清 66.7%" in page.text  # two of three listed homes
    assert "人员类别清 66.7%" in page.text  # two of three people
    assert "区域设施清 50.0%" in page.text
    assert rows(lacking) == 1
    assert "王小" in lacking.text
    assert "李四" not in lacking.text.split("筛选")[-1]
