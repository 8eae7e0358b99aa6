"""Role by area by route by object: an id of another area opens nothing, wherever it is put.

The routes are those of `test_rights`, which none may be missing from. Every one that takes ids is
asked with the ids of everything that lies in another area.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from server.db.engine import reading
from server.db.register_tables import ConflictRow
from server.db.tables import METADATA
from server.forms.builtin import every_form
from server.office.assignments import assignments
from tests.server.a_town import MINUTE
from tests.server.console.test_rights import ROUTES
from tests.server.console.world import Browser, Desk, FieldPhone, Page, a_desk

LOGINS = ("town", "leader", "community", "other")
"""Grid g3 is the town's and that of the other community's account; g1 of all the rest."""
TAKING = tuple((method, path) for method, path in ROUTES if "{" in path)
CHANGED_BY_LOOKING = frozenset(
    {"coverage", "measured", "coverage_grid", "coverage_pass", "coverage_day", "audit", "lookalike"}
)
Objects = dict[str, str]
"""Ids by what they are of."""


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("objects")
    with a_desk(home) as desk:
        desk.town.account("other", desk.accounts["community"].role, "c2")
        for kind in ("case", "case_step"):
            desk.register.publish_form(desk.town.who.town, every_form()[kind])
        yield desk


@pytest.fixture(scope="module")
def objects(shared_desk: Desk) -> dict[str, Objects]:
    """One of everything in each of two grids that no account but those of the town has both of."""
    return {grid: _objects_in(shared_desk, grid) for grid in ("g1", "g3")}


@pytest.fixture(scope="module")
def browsers(shared_desk: Desk) -> dict[str, Browser]:
    return {login: shared_desk.signed_in(login) for login in LOGINS}


def test_a_page_of_another_areas_object_opens_to_nobody_there(
    browsers: dict[str, Browser], objects: dict[str, Objects]
) -> None:
    """Every page that opens for one of these objects, to those of its area and of the town only."""
    pages = [
        (path, kind)
        for method, path in TAKING
        for kind, found in objects["g3"].items()
        if method == "GET" and _asked(browsers["other"], method, path, found).status == 200
    ]

    opened = [
        (login, path, kind, page.status)
        for login in ("leader", "community")
        for path, kind in pages
        if (page := _asked(browsers[login], "GET", path, objects["g3"][kind])).status
        not in (403, 404)
        or "户主g3" in page.html
    ]
    seen = {
        (path, kind)
        for path, kind in pages
        if _asked(browsers["town"], "GET", path, objects["g3"][kind]).status == 200
    }

    assert opened == []
    assert seen == set(pages)  # else nothing would be shown by what is refused
    assert {kind for _, kind in pages} >= set(objects["g3"]) - {"duty", "area"}
    assert len({path for path, _ in pages}) > 10, pages


def test_no_form_does_anything_with_an_id_of_another_area(
    shared_desk: Desk, browsers: dict[str, Browser], objects: dict[str, Objects]
) -> None:
    before = _everything(shared_desk)

    done = [
        (path, kind, page.status)
        for method, path in TAKING
        for kind, found in objects["g3"].items()
        if method == "POST"
        and (page := _asked(browsers["community"], method, path, found)).status
        not in (400, 403, 404)
    ]

    assert done == []
    assert _everything(shared_desk) == before


POSTS = tuple(path for method, path in ROUTES if method == "POST")


def test_no_form_of_any_page_is_taken_without_the_pages_own_token(
    shared_desk: Desk, browsers: dict[str, Browser], objects: dict[str, Objects]
) -> None:
    """What they do with the token is what `test_rights` is about."""
    before = _everything(shared_desk)

    taken = [
        (path, token, page.status)
        for path in POSTS
        for token in ("", browsers["other"].token)
        if (page := _posted(browsers["town"], path, objects["g1"], token)).status != 403
    ]

    assert taken == []
    assert _everything(shared_desk) == before
    assert len(POSTS) > 60


def _posted(browser: Browser, path: str, found: Objects, token: str) -> Page:
    def filled(name: re.Match[str]) -> str:
        return found.get(name[1], found["household"])

    return browser.post("/console" + re.sub(r"\{(\w+)\}", filled, path), {"csrftoken": token})


def _objects_in(desk: Desk, grid: str) -> Objects:
    area, town = desk.town.areas[grid], desk.town.who.town
    phone, other = desk.phone(f"A{grid}", grid), desk.phone(f"B{grid}", grid)
    household = desk.household(phone, grid, head_name=f"户主{grid}", plate=f"{grid}-9")
    _contest(desk, household, area, (phone, other))
    record = desk.register.record(town, household)
    family = desk.register.history(town, household, with_children=True)
    assert record is not None
    at = desk.now - MINUTE
    visit = phone.create("visit", area, {"household": household, "outcome": "done"}, at)
    case = {"case_kind": "hazard", "text": f"户主{grid}家门口堆物", "place": "1 栋"}
    with reading(desk.town.services.engine) as conn:
        [duty] = assignments(conn, desk.town.who, phone.device.worker_id)
        conflict = conn.execute(
            select(col(ConflictRow.id)).where(col(ConflictRow.record_id) == household)
        ).scalar_one()
    return {
        "household": household,
        "dwelling": str(_unit(desk, household, "dwelling")),
        "resident": next(each.record for each in family if each.record_kind == "resident"),
        "visit": visit,
        "case": phone.create("case", area, case, at),
        "conflict": str(conflict),
        "worker": phone.device.worker_id,
        "device": phone.device.id,
        "duty": duty.id,
        "area": area,
    }


def _contest(desk: Desk, household: str, area: str, phones: tuple[FieldPhone, ...]) -> None:
    seen = desk.register.record(desk.town.who.town, household)
    assert seen is not None
    for number, phone in enumerate(phones):
        units = {"phone": f"1390000222{number}"}
        at = desk.now - (20 - number) * MINUTE
        phone.set(household, area, units, at, base=seen.version, old={"phone": "13900001111"})


def _unit(desk: Desk, record: str, unit: str) -> object:
    found = desk.register.record(desk.town.who.town, record)
    assert found is not None
    return found.units[unit][0].value


def _asked(browser: Browser, method: str, path: str, id: str) -> Page:
    address = "/console" + re.sub(r"\{\w+\}", id, path)
    return browser.get(address) if method == "GET" else browser.post(address)


def _everything(desk: Desk) -> dict[str, list[str]]:
    """All rows of all tables but those that looking itself writes."""
    with reading(desk.town.services.engine) as conn:
        return {
            table: sorted(str(tuple(row)) for row in conn.execute(text(f"SELECT * FROM {table}")))
            for table in METADATA.tables
            if table not in CHANGED_BY_LOOKING
        }
