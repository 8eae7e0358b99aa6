"""Photos of a record on the console: for who may see the answer, each look written down."""

import msgspec
import pytest

from server.db.engine import reading, writing
from server.files.opening import uploads_of
from server.files.uploads import Sender
from server.forms.builtin import builtin_forms
from server.office.audit import trail
from shared.files import FileRef
from shared.forms.model import Form, Question, QuestionType
from shared.policies import PrivacyClass
from tests.media import pdf, photo
from tests.server.console.world import Desk
from tests.server.files.sending import ref_of

DOOR = ref_of(photo())
REPORT = ref_of(pdf(), "application/pdf")
SECRET = ref_of(photo(seed=2))


@pytest.fixture(autouse=True)
def _asks_for_photos(desk: Desk) -> None:
    built = builtin_forms()["household"]
    asked = {
        "door_photo": (QuestionType.IMAGE, PrivacyClass.PERSONAL),
        "report": (QuestionType.FILE, PrivacyClass.PERSONAL),
        "health_photo": (QuestionType.IMAGE, PrivacyClass.SENSITIVE),
    }
    desk.register.publish_form(desk.town.who.town, _with(built, asked))


@pytest.fixture
def household(desk: Desk) -> str:
    phone = desk.phone("W1", "g1")
    uploads = uploads_of(desk.town.services)
    sender = Sender(phone.device.town, phone.device.id)
    for content in (photo(), pdf(), photo(seed=2)):
        upload = uploads.begin(sender, ref_of(content).sha256, len(content))
        uploads.append(sender, upload.id, 0, content)
    return desk.household(
        phone, door_photo=DOOR.answer, report=REPORT.answer, health_photo=SECRET.answer
    )


def test_a_household_shows_its_photos_to_who_works_with_people(desk: Desk, household: str) -> None:
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/households/detail?pk={household}")

    shown = browser.get(_address(household, "door_photo", DOOR))

    assert f'src="{_address(household, "door_photo", DOOR)}"' in page.html
    assert "查看照片" in page.text
    assert shown.response.content == photo()
    assert shown.response.headers["content-type"] == "image/jpeg"
    assert shown.response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.response.headers["content-security-policy"]
    assert shown.response.headers["content-disposition"].startswith("attachment")
    assert "no-store" in shown.response.headers["cache-control"]


def test_a_document_is_taken_as_a_file_of_its_true_type(desk: Desk, household: str) -> None:
    taken = desk.signed_in("town", language="en").get(_address(household, "report", REPORT))

    assert taken.response.content == pdf()
    assert taken.response.headers["content-disposition"].endswith('.pdf"')


def test_every_look_is_written_down(desk: Desk, household: str) -> None:
    desk.signed_in("leader").get(_address(household, "door_photo", DOOR))

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

    assert browser.get(_address(household, unit, ref)).status == 404
    assert _address(household, unit, ref) not in page.html


def test_another_community_gets_no_file(desk: Desk) -> None:
    household = desk.household(desk.phone("W7", "g3"), "g3", door_photo=DOOR.answer)

    assert desk.signed_in("community").get(_address(household, "door_photo", DOOR)).status == 404


def test_a_photo_that_is_still_on_a_phone_says_so(desk: Desk, household: str) -> None:
    with writing(desk.town.services.engine) as conn:
        conn.exec_driver_sql("DELETE FROM file")

    page = desk.signed_in("leader").get(f"/console/households/detail?pk={household}")

    assert "还没有从手机传来" in page.text
    assert "<img" not in page.html.split("desk-facts-list")[1].split("desk-timeline")[0]


def test_nobody_sees_a_file_without_signing_in(desk: Desk, household: str) -> None:
    page = desk.browser().get(_address(household, "door_photo", DOOR))

    assert "/login" in page.url


def _address(household: str, unit: str, ref: FileRef) -> str:
    return f"/console/files/household/{household}/{unit}/{ref.sha256}"


def _with(form: Form, asked: dict[str, tuple[QuestionType, PrivacyClass]]) -> Form:
    questions = tuple(
        Question(
            name=name,
            path=f"/data/{name}",
            type=kind,
            unit=name,
            label={"zh": f"照片 {name}", "en": name},
            privacy=privacy,
        )
        for name, (kind, privacy) in asked.items()
    )
    return msgspec.structs.replace(form, version="9", children=(*form.children, *questions))
