"""Handing an area over in one step: who comes begins when who goes ends."""

from server.db.engine import reading
from server.office.assignments import Assignment, assignments, grids_of_worker
from server.office.audit import trail
from server.office.roles import Role
from server.review.questions import Asking, Questions
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, Page

DAY = 24 * 60 * MINUTE


def duty_of(desk: Desk, worker: str) -> Assignment:
    with reading(desk.town.services.engine) as conn:
        return assignments(conn, desk.town.who, worker)[0]


def grids(desk: Desk, worker: str, at: int) -> set[str]:
    with reading(desk.town.services.engine) as conn:
        held = grids_of_worker(conn, desk.town.who.town, worker, at)
    return {name for name, area in desk.town.areas.items() if area in held}


def hand_over(desk: Desk, worker: str, *to: str, login: str = "community", day: str = "") -> Page:
    path = f"/console/hand-over/{worker}/{duty_of(desk, worker).id}"
    return desk.signed_in(login).post(path, {"to": list(to), "day": day})


def test_the_area_goes_from_one_to_the_others_at_one_moment(desk: Desk) -> None:
    goes, one, two = (desk.town.worker(n, p) for n, p in (("A", "g1"), ("B", "g2"), ("C", "g1")))

    page = hand_over(desk, goes, one, two)

    assert "已移交" in page.text
    now = desk.now
    assert grids(desk, goes, now) == set()
    assert grids(desk, one, now) == {"g1", "g2"}
    assert grids(desk, two, now) == {"g1"}
    assert duty_of(desk, goes).valid_to == now
    with reading(desk.town.services.engine) as conn:
        assert "handed_over" in {e.action for e in trail(conn, desk.town.who.town)}


def test_a_hand_over_can_be_planned_and_leaves_no_gap(desk: Desk) -> None:
    goes, comes = desk.town.worker("A", "g1"), desk.town.worker("B", "g2")

    hand_over(desk, goes, comes, day="2026-09-24")

    ends = duty_of(desk, goes).valid_to
    assert ends is not None
    assert ends > desk.now
    assert (grids(desk, goes, ends - 1), grids(desk, comes, ends - 1)) == ({"g1"}, {"g2"})
    assert (grids(desk, goes, ends), grids(desk, comes, ends)) == (set(), {"g1", "g2"})


def test_nothing_is_handed_to_nobody_nor_to_the_past(desk: Desk) -> None:
    goes, comes = desk.town.worker("A", "g1"), desk.town.worker("B", "g2")

    assert "至少一名" in hand_over(desk, goes).text
    assert "至少一名" in hand_over(desk, goes, goes).text
    assert "90 天之内" in hand_over(desk, goes, comes, day="2026-09-01").text
    assert "90 天之内" in hand_over(desk, goes, comes, day="2027-09-01").text
    assert grids(desk, goes, desk.now) == {"g1"}
    assert grids(desk, comes, desk.now) == {"g2"}


def test_who_goes_is_told_of_with_what_her_phone_has_not_sent(desk: Desk) -> None:
    phone = desk.phone("A", "g1")
    desk.household(phone)
    desk.town.worker("B", "g2")
    worker = phone.device.worker_id

    path = f"/console/hand-over/{worker}/{duty_of(desk, worker).id}"
    page = desk.signed_in("community").get(path)

    assert "的 1 户" in page.text
    assert "工B" in page.text


def test_an_area_is_handed_over_only_by_who_manages_it(desk: Desk) -> None:
    here, foreign = desk.town.worker("A", "g1"), desk.town.worker("Z", "g3")
    desk.town.account("other", Role.COMMUNITY_ADMIN, "c2")

    assert hand_over(desk, here, foreign, login="other").status == 404
    assert hand_over(desk, here, here, login="leader").status == 403
    assert hand_over(desk, here, foreign).status == 404
    assert grids(desk, here, desk.now) == {"g1"}
    assert grids(desk, foreign, desk.now) == {"g3"}


def test_what_she_was_asked_and_has_not_answered_is_asked_her_successor(desk: Desk) -> None:
    phone = desk.phone("A", "g1")
    comes = desk.town.worker("B", "g1")
    household = desk.household(phone)
    questions = Questions(desk.register, desk.town.services.engine, desk.town.clock)
    goes = phone.device.worker_id
    questions.ask(desk.accounts["leader"], Asking(about=household, worker=goes, comment="请核实"))

    hand_over(desk, goes, comes)

    [question] = questions.about(desk.accounts["leader"], [household])
    assert question.worker == comes
