"""What people ask of their own data, from the desk to the file that they take along."""

import json
import zipfile
from io import BytesIO

import pytest

from server.db.engine import reading
from server.exports.reading import Extent, RecordReader
from server.office.audit import trail
from shared.wire import Pull, Report
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page
from tests.server.rights.test_erasing import NAME, NUMBER, Home

DAY = 24 * 3600 * 1000
NOTE = "本人到窗口，已核对证件原件"


@pytest.fixture
def home(desk: Desk) -> Home:
    return Home(desk)


def asked(browser: Browser, home: Home, wish: str) -> str:
    page = browser.post(f"/console/rights/new/{home.person}", wish=wish, asker="self", note=NOTE)
    assert "已登记" in page.text, page.text
    return page.url.rsplit("/", 1)[1]


def attached(page: Page) -> bytes:
    assert "attachment" in page.response.headers.get("content-disposition", ""), page.text
    return page.response.content


def test_a_copy_has_every_row_of_the_person_and_of_nobody_else(home: Home) -> None:
    desk = home.desk
    stranger = desk.household(desk.phone("W2", "g1"), head_name="林生人", plate="9-9-901")
    browser = desk.signed_in("town")
    browser.post(
        f"/console/look-closer/resident/{home.person}/reveal", unit="phone", reason="回访核实"
    )
    request = asked(browser, home, "copy")

    packed = attached(browser.post(f"/console/rights/{request}/copy"))

    with zipfile.ZipFile(BytesIO(packed)) as archive:
        copy, page = json.loads(archive.read("data.json")), archive.read("data.html").decode()
    told = {record["id"] for record in copy["records"]}
    assert told == mentioned(desk, home)
    assert copy["records"][0]["answers"]["id_number"] == NUMBER
    assert [step["by"] for step in copy["records"][0]["history"]] == ["工W1"]
    assert [each["what"] for each in copy["looked_at"]] == ["revealed", "right_asked", "copy_given"]
    assert "林生人" not in json.dumps(copy, ensure_ascii=False) + page
    assert stranger not in json.dumps(copy)
    assert NAME in page
    assert "http" not in page


def mentioned(desk: Desk, home: Home) -> set[str]:
    """By looking through everything: records that are this person's, or ask about them."""
    town = desk.town.who.town
    with reading(desk.town.services.engine) as conn:
        ids = [row.id for row in conn.exec_driver_sql("SELECT id FROM record").all()]
    found = desk.register.records(town, ids).values()
    values = {r.id: [c.value for each in r.units.values() for c in each] for r in found}
    return {record for record, said in values.items() if NUMBER in said and NAME in said}


def test_an_erasure_ends_the_request_and_its_certificate_is_checked_at_the_desk(
    home: Home,
) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    request = asked(desk.signed_in("community"), home, "erase")
    assert (
        "删除须由镇管理员办理" in desk.signed_in("community").get(f"/console/rights/{request}").text
    )

    certificate = attached(admin.post(f"/console/rights/{request}/erase"))

    page = admin.get(f"/console/rights/{request}")
    assert "已办结" in page.text
    assert NAME not in page.text
    checked = admin.post(
        "/console/rights/check", files={"certificate": ("c.json", certificate, "application/json")}
    )
    assert "没有找到任何残留内容" in checked.text
    wrong = admin.post("/console/rights/check", files={"certificate": ("c.json", b"{}", "x")})
    assert "不是删除证明文件" in wrong.text
    with reading(desk.town.services.engine) as conn:
        deeds = [row.action for row in trail(conn, desk.town.who.town, limit=2)]
    assert deeds == ["right_done", "erased"]


def test_phones_that_may_still_have_it_are_named_until_they_have_pulled(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    device = home.phone.device
    desk.register.contact(device, None, Report())  # it was here before
    request = asked(admin, home, "erase")
    admin.post(f"/console/rights/{request}/erase")
    before = admin.get(f"/console/rights/{request}").text

    with desk.town.act() as act:
        act.conn.exec_driver_sql("UPDATE device SET passed = 1000000")
    after = admin.get(f"/console/rights/{request}").text

    assert device.id[-6:] in before
    assert "所有在用手机都已收到删除" in after


def test_a_restricted_person_is_shown_nowhere_until_it_is_lifted(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    request = asked(admin, home, "restrict")
    admin.post(f"/console/rights/{request}/close", done="1", outcome="按本人要求限制使用")
    hidden = (listed(desk), admin.get("/console/residents/list").text, pulled(home))
    request = asked(admin, home, "lift")
    admin.post(f"/console/rights/{request}/close", done="1", outcome="本人同意恢复使用")

    assert home.person not in hidden[0]
    assert NAME not in hidden[1].replace("欧阳爱国强", "")
    assert home.person in listed(desk)
    assert NAME in admin.get("/console/residents/list").text.replace("欧阳爱国强", "")
    assert home.shown(home.person)["name"] == [NAME]
    states = [r["deleted"] for r in hidden[2] if r["id"] == home.person]
    assert states == [True]


def listed(desk: Desk) -> set[str]:
    town = desk.accounts["town"]
    with reading(desk.town.services.engine) as conn:
        rules = desk.register.rules(town.town, "resident")
        reader = RecordReader(conn, Extent(town.town, town.grids), "resident", rules)
        return {told.id for page in reader.pages() for told in page}


def pulled(home: Home) -> list[dict[str, object]]:
    page = json.loads(home.desk.register.page(home.phone.device, Pull()))
    return [
        {"id": record["id"], "deleted": "@deleted" in record.get("u", {})}
        for record in page["records"]
    ]


def test_a_request_is_due_in_thirty_days_and_says_when_it_is_late(home: Home) -> None:
    admin = home.desk.signed_in("town")
    asked(admin, home, "correct")
    home.desk.town.clock.at += 30 * DAY - 1
    in_time = home.desk.signed_in("town").get("/console/rights").text
    home.desk.town.clock.at += MINUTE

    late = home.desk.signed_in("town").get("/console/rights").text

    assert "已逾期" not in in_time
    assert "已逾期" in late
    assert NAME not in home.desk.signed_in("leader").get("/console/rights").text


def test_a_request_that_is_closed_stays_closed_and_one_elsewhere_is_not_found(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    request = asked(admin, home, "correct")
    admin.post(f"/console/rights/{request}/close", done="1", outcome="已更正住址")

    again = admin.post(f"/console/rights/{request}/close", done="0", outcome="不同意更正")
    there = desk.household(desk.phone("W3", "g3"), "g3", head_name="林外人")
    foreign = desk.signed_in("community").get(f"/console/rights/new/{there}")

    assert "已经办结" in again.text
    assert foreign.status == 404
    assert "请写明情况" in admin.post(f"/console/rights/new/{home.person}", note="").text
