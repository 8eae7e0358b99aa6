"""Training: which session, and who attended; of the reader's own people only."""

import pytest

from server.db.engine import reading
from server.office.trainings import Training, trainings
from tests.server.console.world import Browser, Desk, Page


@pytest.fixture
def staff(desk: Desk) -> dict[str, str]:
    return {name: desk.town.worker(name, grid) for name, grid in (("W1", "g1"), ("W3", "g3"))}


def note(browser: Browser, desk: Desk, *workers: str, **more: str) -> Page:
    fields = {
        "area": desk.town.areas["c1"],
        "held_on": "2026-09-18",
        "subject": "privacy",
        "title": "个人信息保护",
        "worker": list(workers),
        **more,
    }
    return browser.post("/console/trainings/new", fields)


def known(desk: Desk, login: str = "town") -> list[Training]:
    with reading(desk.town.services.engine) as conn:
        return trainings(conn, desk.accounts[login])


def test_a_session_is_noted_with_who_attended_and_stands_on_the_workers_page(
    desk: Desk, staff: dict[str, str]
) -> None:
    browser = desk.signed_in("community")

    page = note(browser, desk, staff["W1"])
    worker = browser.get(f"/console/workers/{staff['W1']}")

    assert "培训已登记" in page.text
    assert "工W1" in page.text
    assert "2026-09-18 个人信息保护" in worker.text


def test_who_attended_can_be_put_right(desk: Desk, staff: dict[str, str]) -> None:
    browser = desk.signed_in("town")
    note(browser, desk, staff["W1"], area=desk.town.areas["town"])
    [one] = known(desk)

    browser.post(f"/console/trainings/{one.id}", {"worker": [staff["W3"]]})

    assert [session.workers for session in known(desk)] == [(staff["W3"],)]


def test_an_admin_of_a_part_sees_and_notes_only_the_own_people(
    desk: Desk, staff: dict[str, str]
) -> None:
    note(desk.signed_in("town"), desk, *staff.values(), area=desk.town.areas["town"])
    community = desk.signed_in("community")

    [seen] = known(desk, "community")
    foreign = note(community, desk, staff["W3"])
    above = community.post(f"/console/trainings/{seen.id}", {"worker": []})

    assert seen.workers == (staff["W1"],)
    assert foreign.status == above.status == 404
    assert len(known(desk)) == 1
    assert set(known(desk)[0].workers) == set(staff.values())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("held_on", "", "培训日期"), ("title", " ", "培训内容"), ("subject", "x", "培训类别")],
)
def test_a_session_without_day_or_subject_is_not_noted(
    desk: Desk, staff: dict[str, str], field: str, value: str, said: str
) -> None:
    page = note(desk.signed_in("town"), desk, **{field: value})

    assert said in page.text
    assert known(desk) == []
