"""Role by area by page: an area's figures are shown to whom it belongs, and to nobody else."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.office.roles import POLICY, Action, Role
from tests.server.console.world import Browser, Desk, a_desk

LOGINS = {
    "town": (Role.TOWN_ADMIN, {"town", "c1", "c2", "g1", "g2", "g3"}),
    "community": (Role.COMMUNITY_ADMIN, {"c1", "g1", "g2"}),
    "leader": (Role.GRID_LEADER, {"g1"}),
    "auditor": (Role.AUDITOR, {"town", "c1", "c2", "g1", "g2", "g3"}),
}
PAGES = {
    "/coverage?area={area}": Action.SEE_RECORDS,
    "/coverage/quality?area={area}": Action.SEE_RECORDS,
    "/coverage/workers?area={area}": Action.SEE_STAFF,
    "/map?area={area}": Action.SEE_RECORDS,
    "/buildings?area={area}": Action.SEE_RECORDS,
    "/balance?area={area}": Action.SEE_STAFF,
}
AREAS = ("town", "c1", "c2", "g1", "g2", "g3")


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("area-rights")
    with a_desk(home) as desk:
        for place in ("g1", "g2", "g3"):
            phone = desk.phone(f"W{place}", place)
            desk.household(phone, place, plate=f"{place}-7-101", head_name=f"户主{place}")
        yield desk


@pytest.fixture(scope="module")
def browsers(shared_desk: Desk) -> dict[str, Browser]:
    return {login: shared_desk.signed_in(login) for login in LOGINS}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("page", PAGES)
def test_an_areas_page_opens_for_whom_it_is_and_is_not_there_for_others(
    shared_desk: Desk, browsers: dict[str, Browser], login: str, page: str
) -> None:
    role, reach = LOGINS[login]
    may = PAGES[page] in POLICY[role]

    for area in AREAS:
        answer = browsers[login].get("/console" + page.format(area=shared_desk.town.areas[area]))

        expected = 403 if not may else 200 if area in reach else 404
        assert answer.status == expected, f"{login} {page} {area}: {answer.status}"
        foreign = {"g1", "g2", "g3"} - reach
        assert not [each for each in foreign if f"区域{each}" in answer.text]


@pytest.mark.parametrize("login", LOGINS)
def test_a_building_of_a_foreign_grid_is_not_there(
    shared_desk: Desk, browsers: dict[str, Browser], login: str
) -> None:
    _, reach = LOGINS[login]

    for grid in ("g1", "g2", "g3"):
        address = f"/console/buildings/{shared_desk.town.areas[grid]}?name=3"
        assert browsers[login].get(address).status == (200 if grid in reach else 404)


@pytest.mark.parametrize("login", ["community", "leader"])
def test_trying_a_move_out_of_ones_area_tries_nothing(
    shared_desk: Desk, browsers: dict[str, Browser], login: str
) -> None:
    areas = shared_desk.town.areas

    page = browsers[login].get("/console/balance", grid=areas["g1"], building="3", to=areas["g3"])

    assert page.status == 200
    assert "→" not in page.text


def test_downloaded_boundaries_are_those_of_the_readers_area(
    shared_desk: Desk, browsers: dict[str, Browser]
) -> None:
    geometry = {"type": "Polygon", "coordinates": [[[120, 31], [121, 31], [121, 32], [120, 31]]]}
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
        for code in ("329901100001001", "329901100002001")
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features})
    files = {"file": ("b.geojson", content.encode(), "application/geo+json")}
    browsers["town"].post("/console/boundaries/upload", files=files)

    mine = browsers["leader"].get("/console/map/boundaries").response.text
    whole = browsers["auditor"].get("/console/map/boundaries").response.text

    assert "329901100001001" in mine
    assert "329901100002001" not in mine
    assert "329901100002001" in whole
