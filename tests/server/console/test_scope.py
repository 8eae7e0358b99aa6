"""A grid leader sees her grid, and of the rest not even that it exists."""

import pytest

from tests.server.console.world import Desk

ELSEWHERE = "欧阳外区"


@pytest.fixture
def foreign(desk: Desk) -> str:
    """A household in a grid that is not the leader's."""
    return desk.household(desk.phone("W8", "g2"), "g2", head_name=ELSEWHERE, plate="9-9-909")


def test_a_foreign_record_is_not_found_on_any_page(desk: Desk, foreign: str) -> None:
    leader, admin = desk.signed_in("leader"), desk.signed_in("town")

    assert admin.get("/console/households/detail", pk=foreign).status == 200
    for path in (f"/households/detail?pk={foreign}", f"/records/household/{foreign}/edit"):
        page = leader.get(f"/console{path}")
        assert page.status == 404
        assert ELSEWHERE not in page.html


def test_a_foreign_record_is_in_no_list_search_or_count(desk: Desk, foreign: str) -> None:
    desk.household(desk.phone("W7", "g1"))
    leader, admin = desk.signed_in("leader"), desk.signed_in("town")

    lists = ("households", "residents", "dwellings", "visits")
    for path in [f"/console/{each}/list" for each in lists] + ["/console/"]:
        assert ELSEWHERE not in leader.get(path).html
        assert foreign not in leader.get(path).html
    assert ELSEWHERE in admin.get("/console/households/list", q="oywq").text
    assert "没有符合条件的记录" in leader.get("/console/households/list", q="oywq").text
    assert "共 1 条" in leader.get("/console/households/list").text
    assert "共 2 条" in admin.get("/console/households/list").text


def test_an_export_has_the_readers_area_only(desk: Desk, foreign: str) -> None:
    desk.household(desk.phone("W7", "g1"))

    asked = {"kind": "household", "format": "csv", "reason": "年度核查"}
    inside = desk.signed_in("community").post("/console/exports/new", asked)
    text = inside.response.content.decode("utf-8-sig")

    assert len(text.splitlines()) == 3  # g1 and g2 are in the community; g3 is not
    other = desk.household(desk.phone("W6", "g3"), "g3", head_name="第三网格人")
    again = desk.signed_in("community").post("/console/exports/new", asked)
    assert "第三网格人" not in again.response.content.decode("utf-8-sig")
    assert other


def test_a_foreign_conflict_is_not_found(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    desk.town.account("other", desk.accounts["leader"].role, "g2")
    other, leader = desk.signed_in("other"), desk.signed_in("leader")

    assert leader.get(f"/console/conflicts/{conflict}").status == 200
    assert other.get(f"/console/conflicts/{conflict}").status == 404
    assert other.post(f"/console/conflicts/{conflict}", base="1", choose='"1"').status == 404
    assert conflict not in other.get("/console/conflicts").html


def test_workers_and_devices_of_another_area_are_not_found(desk: Desk) -> None:
    phone = desk.phone("W5", "g3")
    community, worker = desk.signed_in("community"), phone.device.worker_id

    assert worker not in community.get("/console/workers").html
    assert phone.device.id not in community.get("/console/devices").html
    assert community.get(f"/console/workers/{worker}").status == 404
    assert community.post(f"/console/workers/{worker}/code", minutes="15").status == 404
    assert community.post(f"/console/devices/{phone.device.id}/revoke", reason="x").status == 404
    assert community.post(f"/console/workers/{worker}/dismiss").status == 404


@pytest.mark.parametrize("wrong", ["x", "00000000-0000-0000-0000-000000000000", "%27%20OR%201=1"])
def test_an_id_that_is_nobodys_is_not_found(desk: Desk, wrong: str) -> None:
    browser = desk.signed_in("town")

    for path in (f"/households/detail?pk={wrong}", f"/conflicts/{wrong}", f"/workers/{wrong}"):
        assert browser.get(f"/console{path}").status == 404
