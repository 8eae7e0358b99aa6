"""How far a community's collection is: it reports, the town accepts or returns."""

import pytest

from server.board.reporting import State, steps_of
from server.db.engine import reading
from tests.server.console.world import Desk, Page

NOBODY_BUT_THE_TOWN = ("reviewed", "accepted", "returned")


def step(desk: Desk, login: str, state: str, reason: str = "") -> Page:
    desk.town.clock.at += 1000
    address = f"/console/board/collection/{desk.town.areas['c1']}"
    return desk.signed_in(login).post(address, {"state": state, "reason": reason})


def states(desk: Desk) -> list[State]:
    with reading(desk.town.services.engine) as conn:
        steps = steps_of(conn, desk.town.who.town, desk.town.areas["c1"])
    return [each.state for each in reversed(steps)]


def test_a_collection_is_reported_returned_reported_again_and_accepted(desk: Desk) -> None:
    door = {"code": "1-1-01-101", "status": "occupied", "use": "residential"}
    desk.phone("W1", "g1").create("dwelling", desk.town.areas["g1"], door, desk.now)

    step(desk, "community", "collected")
    assert "请写明退回原因" in step(desk, "town", "returned").text
    returned = step(desk, "town", "returned", "5 号楼两户未登记")
    step(desk, "community", "collected")
    step(desk, "town", "reviewed")
    accepted = step(desk, "town", "accepted")

    assert "5 号楼两户未登记" in returned.text
    assert states(desk) == ["collected", "returned", "collected", "reviewed", "accepted"]
    assert "已验收" in accepted.text
    assert "已验收" in desk.signed_in("town").get("/console/board").text
    with reading(desk.town.services.engine) as conn:
        newest = steps_of(conn, desk.town.who.town, desk.town.areas["c1"])[0]
    assert newest.listed == 1


@pytest.mark.parametrize("state", NOBODY_BUT_THE_TOWN)
def test_nobody_accepts_what_is_their_own(desk: Desk, state: str) -> None:
    step(desk, "community", "collected")

    assert step(desk, "community", state, "x").status == 403
    assert step(desk, "leader", "collected").status == 403
    assert states(desk) == ["collected"]


def test_a_step_that_does_not_follow_is_refused(desk: Desk) -> None:
    assert "状态刚刚有了变化" in step(desk, "town", "accepted").text
    assert step(desk, "town", "finished").status == 404
    assert states(desk) == []
