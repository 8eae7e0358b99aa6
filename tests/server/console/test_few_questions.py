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
