"""Notices and consents: one register of both, and what a withdrawn consent takes with it."""

import json
import zipfile
from io import BytesIO

import msgspec
import pytest

from server.clock import new_id
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.office.audit import trail
from server.register.sealing import Seal
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.wire import Pull, Push, Result, chained
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone, Page
from tests.server.rights.test_erasing import NAME, NUMBER, Home

NOTICE = "我们收集姓名、电话等信息，只用于上门服务。您可以不回答。"


@pytest.fixture
def home(desk: Desk) -> Home:
    made = Home(desk)
    made._create(
        "visit", desk.now - 30 * MINUTE, household=made.household, outcome="done",
        notices_given=["privacy_notice", "service_card"],
    )  # fmt: skip
    return made


def say(browser: Browser, home: Home, word: str, **more: object) -> Page:
    sent = {"purpose": "sensitive", "word": word, "how": "paper", **more}
    return browser.post(f"/console/consents/{home.person}", sent)


def write(home: Home, units: dict[str, Answer], base: int = 1) -> Result:
    """What the phone sends of the person, as they were registered, and how it is answered."""
    phone = home.phone
    phone.n += 1
    change = Change(
        n=phone.n, save=new_id(), kind=ChangeKind.SET, record=home.person,
        record_kind="resident", grid=home.grid, worker=phone.device.worker_id,
        at=home.desk.now, base=base, units=units, form="1",
    )  # fmt: skip
    return push_one(home, phone, change)


def version(home: Home) -> int:
    """That of the person's record now."""
    found = home.desk.register.record("east", home.person)
    assert found is not None
    return found.version


def push_one(home: Home, phone: FieldPhone, change: Change) -> Result:
    body, after = msgspec.json.encode(change), phone.digest
    phone.digest = chained(after, body)
    push = Push(phone.device.id, after, Reading(home.desk.now, "boot", 0), [msgspec.Raw(body)])
    return home.desk.register.push(phone.device, push).results[0]


def kept_of_refused(home: Home) -> bytes:
    seal, town = Seal(home.desk.town.services.keys), home.desk.town.who.town
    with reading(home.desk.town.services.engine) as conn:
        rows = conn.exec_driver_sql("SELECT device_id, n, raw FROM quarantine").all()
    return b"".join(seal.open(r.raw, "quarantine", town, r.device_id, r.n) for r in rows)


def test_a_withdrawn_consent_takes_the_answers_with_it_and_leaves_the_rest(home: Home) -> None:
    desk, browser = home.desk, home.desk.signed_in("community")
    write(home, {"disability": "applying", "care": ["disabled"]})
    held = browser.get(f"/console/consents/{home.person}").text
    assert {"id_number", "disability", "care"} <= home.shown(home.person).keys()

    page = say(browser, home, "withdrawn")

    assert "已保存，未登记同意" in held
    assert "已登记撤回" in page.text
    left = home.shown(home.person)
    assert not {"id_number", "disability", "care"} & left.keys()
    assert left["name"] == [NAME]
    history = msgspec.json.encode(desk.register.history("east", home.person, with_children=True))
    phone = desk.register.page(home.phone.device, Pull()).decode()
    for said in (NUMBER, "applying", '"disabled"'):
        assert said.encode() not in history
        assert said not in phone
    with reading(desk.town.services.engine) as conn:
        assert conn.exec_driver_sql("SELECT count(id_hash) FROM resident").scalar_one() == 0
    assert desk.register.verify("east").well
    desk.register.rebuild("east")
    assert desk.register.verify("east").well


def test_what_is_stopped_is_not_taken_again_until_it_is_consented_to(home: Home) -> None:
    browser = home.desk.signed_in("community")
    say(browser, home, "withdrawn")

    late = write(home, {"id_number": NUMBER, "relation": "1"})

    assert late.problem is not None
    assert (late.problem.code, late.units) == ("consent_withdrawn", ("id_number",))
    assert "公民身份号码" in late.problem.words.zh
    assert home.shown(home.person)["relation"] == ["1"]  # the rest of the change is taken
    assert "id_number" not in home.shown(home.person)
    assert NUMBER.encode() not in kept_of_refused(home)
    assert write(home, {"id_number": {"missing": "declined"}}).problem is None
    assert "已登记同意" in say(browser, home, "given").text
    assert write(home, {"id_number": NUMBER}).problem is None
    assert NUMBER in str(home.shown(home.person)["id_number"])
    assert home.desk.register.verify("east").well


def test_a_consent_may_be_about_some_answers_only(home: Home) -> None:
    browser = home.desk.signed_in("community")
    write(home, {"disability": "applying"})

    say(browser, home, "declined", unit="disability")

    left = home.shown(home.person)
    assert "disability" not in left
    assert left["id_number"] == [NUMBER]
    foreign = say(browser, home, "withdrawn", unit="name")
    assert "不属于这个目的" in foreign.text
    assert home.shown(home.person)["name"] == [NAME]


def test_notices_and_consents_are_one_register_and_go_into_the_persons_file(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    before = admin.get("/console/consents").text
    desk.town.clock.at -= 60 * MINUTE  # the notice was in force when the visit was made
    desk.signed_in("town").post("/console/notices/privacy_notice", zh=NOTICE)
    desk.town.clock.at += 60 * MINUTE
    admin = desk.signed_in("town")
    say(admin, home, "given", paper="A-17")

    listed = admin.get("/console/consents").text
    found = admin.get("/console/consents", what="sensitive", q=NAME).text
    nobody = admin.get("/console/consents", q="林生人").text
    page = admin.post(f"/console/rights/new/{home.person}", wish="copy", asker="self", note=NOTICE)
    packed = admin.post(f"/console/rights/{page.url.rsplit('/', 1)[1]}/copy").response.content

    assert "个人信息告知书" in before
    assert "第 1 版" not in before
    assert "个人信息告知书 第 1 版" in listed
    assert "工W1" in listed  # who handed it out
    assert "共 2 条" in listed
    assert "共 1 条" in found
    assert "共 0 条" in nobody
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        told = json.loads(archive.read("data.json"))["told"]
        assert "告知与同意" in archive.read("data.html").decode()
    assert {(t["said"], t["paper"], t["notice_version"]) for t in told} == {
        ("同意", "A-17", 1),
        ("", "", 1),
    }


def test_what_another_of_the_home_said_is_not_in_ones_file(home: Home) -> None:
    admin = home.desk.signed_in("town")
    admin.post(
        f"/console/consents/{home.other}",
        {"purpose": "sensitive", "word": "given", "how": "paper", "paper": "OTHER-9"},
    )

    page = admin.post(f"/console/rights/new/{home.person}", wish="copy", asker="self", note=NOTICE)
    packed = admin.post(f"/console/rights/{page.url.rsplit('/', 1)[1]}/copy").response.content

    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert b"OTHER-9" not in archive.read("data.json")
    assert "OTHER-9" not in admin.get(f"/console/consents/{home.person}").text


def test_for_a_child_a_guardian_speaks(home: Home) -> None:
    desk, browser = home.desk, home.desk.signed_in("community")
    write(home, {"birth_date": "2020-05-01"})

    alone = say(browser, home, "given")
    guarded = say(browser, home, "given", guardian="1")

    assert "须由监护人同意" in alone.text
    assert "已登记同意" in guarded.text
    with reading(desk.town.services.engine) as conn:
        deeds = [row.action for row in trail(conn, "east", limit=5)]
    assert deeds.count("consent_given") == 1


def test_a_withdrawn_request_for_maternal_services_ends_and_stays_counted(home: Home) -> None:
    desk = home.desk
    for form in work_forms().values():
        desk.register.publish_form("east", form)
    browser = desk.signed_in("community")
    case = home.phone.create(
        "case", home.grid,
        {
            "case_kind": "maternal", "household": home.household, "consent": "yes",
            "text": "想约产前检查", "service_wish": "陪同检查", "urgency": "normal",
        },
        desk.now - MINUTE,
    )  # fmt: skip
    assert "孕产服务申请" in browser.get(f"/console/consents/{home.person}").text

    page = say(browser, home, "withdrawn", purpose="maternal")

    assert "已登记撤回" in page.text, page.text
    left = home.shown(case)
    assert not {"text", "service_wish"} & left.keys()
    assert left["case_kind"] == ["maternal"]
    with reading(desk.town.services.engine) as conn:
        steps = conn.exec_driver_sql(
            "SELECT facts FROM work WHERE kind = 'case_step'"
        ).scalars().all()  # fmt: skip
    assert ["withdraw" in step for step in steps] == [True]
    assert desk.register.verify("east").well


def test_the_words_of_a_notice_are_only_added_to(home: Home) -> None:
    town, community = home.desk.signed_in("town"), home.desk.signed_in("community")

    drafted = town.get("/console/notices").text
    short = town.post("/console/notices/privacy_notice", zh="太短")
    for text in (NOTICE, NOTICE + "新"):
        town.post("/console/notices/privacy_notice", zh=text, en="")
    shown = community.get("/console/notices").text

    assert "公民身份号码（敏感）" in drafted  # the draft is made from the forms
    assert "20 到 8000 个字" in short.text
    assert "现行第 2 版" in shown
    assert NOTICE in shown
    assert town.post("/console/notices/nonsense", zh=NOTICE).status == 404
