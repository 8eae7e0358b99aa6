"""Pages ask a large register as often as a small one, whatever its grids and rows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.console.lists import records, source
from server.office.area_edits import NewArea, add_area
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, a_desk
from tests.server.statements import asked

GRIDS = 40
MOST = {
    "/conflicts/{conflict}": 26,
    "/households/detail?pk={household}": 28,
    "/residents/detail?pk={resident}": 20,
    "/records/household/{household}/edit": 14,
    "/review": 20,
    "/": 28,
    "/coverage": 18,
    "/households/list": 14,
    "/residents/list?q=zhangwei": 14,
    "/visits/list": 14,
}
"""How many statements a page of the console may take, who asks looked up among them."""


@pytest.fixture
def on_postgresql(tmp_path: Path, postgres_url: str) -> Iterator[Desk]:
    with a_desk(tmp_path, database_url=postgres_url) as made:
        yield made


def questions_of(desk: Desk, path: str) -> tuple[int, int]:
    """How many statements a page takes, and the most parameters that one of them has."""
    browser = desk.signed_in("town")
    browser.get(path)  # what is kept from then on
    with asked(desk.town.services.engine) as statements:
        assert browser.get(path).response.status_code == 200
    return len(statements), max(parameters for _, parameters in statements)


def add_grids(desk: Desk) -> None:
    with desk.town.act(desk.town.who) as act:
        for number in range(GRIDS):
            add_area(act, NewArea(desk.town.areas["c1"], f"329901100001{100 + number}", "新增网格"))


@pytest.mark.parametrize("where", ["desk", "on_postgresql"])
def test_a_page_asks_what_it_needs_and_little_of_it_again(
    request: pytest.FixtureRequest, where: str
) -> None:
    desk: Desk = request.getfixturevalue(where)
    household, conflict, phone = desk.contested()
    units = {"household": household, "name": "李芳", "status": "living_here"}
    resident = phone.create("resident", desk.town.areas["g1"], units, desk.now - MINUTE)
    named = {"household": household, "conflict": conflict, "resident": resident}
    browser = desk.signed_in("town")

    for page, most in MOST.items():
        path = "/console" + page.format(**named)
        browser.get(path)  # what is kept from then on
        with asked(desk.town.services.engine) as statements:
            assert browser.get(path).status == 200
        said = [statement for statement, _ in statements if statement != "BEGIN"]

        assert len(said) <= most, (page, len(said))
        assert sum("FROM form" in each for each in said) <= 2, page
        assert sum("SELECT area.id, area.name" in each for each in said) == 1, page


def test_what_stands_beside_a_conflict_is_read_without_its_story(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    browser = desk.signed_in("town")
    with asked(desk.town.services.engine) as statements:
        page = browser.get(f"/console/conflicts/{conflict}")
    journals = [each for each, _ in statements if "FROM journal" in each]

    assert page.html.count("<dt>收到</dt>") == 2
    assert all(known in page.text for known in ("常住人数 3", "家庭成员", "139****1111"))
    assert len(journals) == 1  # what the authors of the values had seen


def test_a_conflict_takes_as_many_questions_in_a_town_of_many_grids(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    page = f"/console/conflicts/{conflict}"
    before = questions_of(desk, page)

    add_grids(desk)

    assert questions_of(desk, page) == before


def test_the_story_of_a_large_family_takes_as_many_questions(desk: Desk) -> None:
    household, _, phone = desk.contested()
    page = f"/console/households/detail?pk={household}"
    before, _ = questions_of(desk, page)

    for number in range(8):
        units = {"household": household, "name": f"李{number}", "status": "living_here"}
        phone.create("resident", desk.town.areas["g1"], units, desk.now - MINUTE)

    assert questions_of(desk, page)[0] == before
    assert "李7" in desk.signed_in("town").get(page).text


def test_a_preview_of_many_conflicts_takes_as_many_questions_as_of_one(desk: Desk) -> None:
    _, _, phone = desk.contested()
    page, other = "/console/bulk?subject=household.phone", desk.phone("W3", "g1")
    before, _ = questions_of(desk, page)

    for number in range(3):
        household = desk.household(phone, plate=f"3-1-30{number}")
        seen = desk.register.record(desk.town.who.town, household)
        assert seen is not None
        for one, value in ((phone, "13900004444"), (other, "13900005555")):
            units = {"phone": value}
            one.set(household, desk.town.areas["g1"], units, desk.now, base=seen.version)

    assert questions_of(desk, page)[0] == before
    assert desk.signed_in("town").get(page).text.count("13900005555") == 3


def test_a_search_joins_only_the_people_that_it_shows(
    on_postgresql: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "FOUND_MAX", 10)
    monkeypatch.setattr(source, "AT_ONCE", 4)
    desk = on_postgresql
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    for number in range(24):
        units = {"household": household, "name": f"张伟{chr(ord('一') + number)}"}
        phone.create("resident", desk.town.areas["g1"], units, desk.now - MINUTE)
    page = "/console/residents/list?q=zhangwei&page_size=10"
    browser = desk.signed_in("town")
    with asked(desk.town.services.engine) as statements:
        by_index = browser.get(page)
    joined = [each for each, _ in statements if "dwelling.search" in each]

    monkeypatch.setattr(source, "LIKELY_MAX", 0)
    by_walking = browser.get(page)

    assert len(joined) == 3  # twelve people of 25: enough to know that there are more than ten
    names = re.findall(r"张伟.", by_index.text)
    assert len(names) >= 10
    assert names == re.findall(r"张伟.", by_walking.text)
