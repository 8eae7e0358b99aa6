"""Photos of a record on the console: for who may see the answer, each look written down."""

import pytest

from server.db.engine import reading, writing
from server.office.audit import trail
from shared.files import FileRef
from tests.media import pdf, photo
from tests.server.console.photographed import (
    DOOR,
    REPORT,
    SECRET,
    address_of,
    ask_for_photos,
    photographed,
)
from tests.server.console.world import Desk


@pytest.fixture(autouse=True)
def _asks_for_photos(desk: Desk) -> None:
    ask_for_photos(desk)


@pytest.fixture
def household(desk: Desk) -> str:
    return photographed(desk)


def test_a_household_shows_its_photos_to_who_works_with_people(desk: Desk, household: str) -> None:
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/households/detail?pk={household}")

    shown = browser.get(address_of(household, "door_photo", DOOR))

    assert f'src="{address_of(household, "door_photo", DOOR)}"' in page.html
    assert "查看照片" in page.text
    assert shown.response.content == photo()
    assert shown.response.headers["content-type"] == "image/jpeg"
    assert shown.response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.response.headers["content-security-policy"]
    assert shown.response.headers["content-disposition"].startswith("attachment")
    assert "no-store" in shown.response.headers["cache-control"]


def test_a_document_is_taken_as_a_file_of_its_true_type(desk: Desk, household: str) -> None:
    taken = desk.signed_in("town", language="en").get(address_of(household, "report", REPORT))

    assert taken.response.content == pdf()
    assert taken.response.headers["content-disposition"].endswith('.pdf"')


def test_every_look_is_written_down(desk: Desk, household: str) -> None:
    desk.signed_in("leader").get(address_of(household, "door_photo", DOOR))

    with reading(desk.town.services.engine) as conn:
        newest = trail(conn, desk.town.who.town, limit=1)[0]
    assert newest.action == "file_seen"
    assert newest.object == f"{household} {DOOR.sha256}"
    assert newest.actor == desk.accounts["leader"].id


@pytest.mark.parametrize(
    ("login", "unit", "ref"),
    [
        ("auditor", "door_photo", DOOR),
        ("leader", "health_photo", SECRET),
        ("town", "health_photo", SECRET),
        ("leader", "report", DOOR),
        ("leader", "phone", DOOR),
    ],
    ids=["masked reader", "class S", "class S for the town", "other answer", "no file"],
)
def test_who_may_not_see_the_answer_gets_no_file(
    desk: Desk, household: str, login: str, unit: str, ref: FileRef
) -> None:
    browser = desk.signed_in(login)
    page = browser.get(f"/console/households/detail?pk={household}")

    assert browser.get(address_of(household, unit, ref)).status == 404
    assert address_of(household, unit, ref) not in page.html


def test_another_community_gets_no_file(desk: Desk) -> None:
    household = desk.household(desk.phone("W7", "g3"), "g3", door_photo=DOOR.answer)

    assert desk.signed_in("community").get(address_of(household, "door_photo", DOOR)).status == 404


def test_a_photo_that_is_still_on_a_phone_says_so(desk: Desk, household: str) -> None:
    with writing(desk.town.services.engine) as conn:
        conn.exec_driver_sql("DELETE FROM file")

    page = desk.signed_in("leader").get(f"/console/households/detail?pk={household}")

    assert "还没有从手机传来" in page.text
    assert "<img" not in page.html.split("desk-facts-list")[1].split("desk-timeline")[0]


def test_nobody_sees_a_file_without_signing_in(desk: Desk, household: str) -> None:
    page = desk.browser().get(address_of(household, "door_photo", DOOR))

    assert "/login" in page.url
