"""The page of the audit trail: found, named, chained."""

from server.console.pages.audit import deed_name
from server.console.words import catalogue
from server.office.audit import Deed
from tests.server.console.world import Desk


def test_an_auditor_finds_who_took_a_file_by_its_mark(desk: Desk) -> None:
    desk.household(desk.phone("W1", "g1"))
    asked = {"purpose": "report", "reason": "三季度统计", "kind": "household", "format": "csv"}
    file = desk.signed_in("town").post("/console/exports/new", asked)
    mark = file.response.text.splitlines()[1].rsplit(",", 1)[1]

    page = desk.signed_in("auditor").get("/console/audit", q=mark)

    assert "导出 " in page.text
    assert "三季度统计" in page.text
    assert "town" in page.text
    assert "没有符合条件" in desk.signed_in("auditor").get("/console/audit", q="ZZZZ-9999").text


def test_the_whole_trail_is_checked_at_the_desk(desk: Desk) -> None:
    browser = desk.signed_in("auditor")

    page = browser.post("/console/audit/check")

    assert "没有改动" in page.text


def test_odd_questions_are_no_fault(desk: Desk) -> None:
    browser = desk.signed_in("town")

    for odd in (
        "before=x",
        "before=99999999999999999999",
        "from=9999-12-31&to=9999-12-31",
        "q=%00",
    ):
        assert browser.get(f"/console/audit?{odd}").status == 200


def test_what_was_done_to_is_said_in_words(desk: Desk) -> None:
    browser = desk.signed_in("town")
    browser.post("/console/notices/privacy_notice", zh="我们收集姓名、电话等信息，只用于上门服务。")
    browser.post("/console/retention/visit", since="updated", days="365")
    browser.post("/console/retention/resident", unit="id_number", days="365")
    browser.post("/console/retention/visit", days="0")

    shown = browser.get("/console/audit")
    english = desk.signed_in("town").speak("en").get("/console/audit").text

    assert "个人信息告知书 1" in shown.text
    assert "走访 · 最后修改后 365 天" in shown.text
    assert "居民 · 公民身份号码 · 填写后 365 天" in shown.text
    assert "走访 · 永久保留" in shown.text
    assert "Resident · ID number · 365 days after it was answered" in english
    assert "privacy_notice" not in shown.text


def test_every_deed_has_a_name() -> None:
    nameless = [deed.value for deed in Deed if f"deed.{deed.value}" not in catalogue("zh")]

    assert nameless == []
    assert deed_name("something new") == "something new"
