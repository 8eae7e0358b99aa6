"""A town's own form: uploaded at the desk, looked at, published, and taken back."""

from server.db.engine import reading
from server.forms.builtin import builtin_source
from server.office.audit import trail
from tests.server.console.world import Browser, Desk, Page

URL = "/console/forms"


def household_form(version: str, *changes: tuple[str, str]) -> bytes:
    """The built-in form of a household as a town might change it."""
    text = builtin_source("household").decode()
    for old, new in (("| household | 1 |", f"| household | {version} |"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def upload(browser: Browser, document: bytes, name: str = "own.md", **more: bytes) -> Page:
    files: list[tuple[str, tuple[str, bytes]]] = [("file", (name, document))]
    files += [("tables", (f"{table}.csv", content)) for table, content in more.items()]
    return browser.post(f"{URL}/upload", files=files)


NO_NEEDS = (" | text | needs | 诉求与需要 | Needs |", " | text | wishes | 诉求与需要 | Needs |")
FEWER = (". >= 0 and . <= 999", ". >= 0 and . <= 3")


def test_a_form_is_uploaded_tried_against_the_records_and_published(desk: Desk) -> None:
    phone = desk.phone("G1", "g1")
    grid = desk.town.areas["g1"]
    phone.create("household", grid, {"head_name": "王芳", "people_count": 5}, desk.now)
    phone.create("household", grid, {"head_name": "李强", "people_count": 2}, desk.now)
    browser = desk.signed_in("town")

    page = upload(browser, household_form("2", FEWER))

    assert page.status == 200, page.text
    assert "待发布" in page.text
    assert "对照现有 2 条记录" in page.text
    assert "1 条记录的答案会变得不符合要求" in page.text
    assert "people_count" in page.text
    published = browser.post(f"{URL}/household/2/publish")
    assert "已发布版本 2" in published.text
    form = desk.register.forms(desk.town.who.town)["household"]
    assert (form.version, form.by_name["people_count"].constraint) == ("2", ". >= 0 and . <= 3")


def test_a_form_that_lacks_what_the_product_needs_is_refused_with_its_report(desk: Desk) -> None:
    browser = desk.signed_in("town")

    page = upload(browser, household_form("2", NO_NEEDS))

    assert page.status == 400
    assert "缺少必备题目“needs”" in page.text
    assert "2" not in desk.register.forms(desk.town.who.town)["household"].version


def test_a_forbidden_question_is_refused(desk: Desk) -> None:
    browser = desk.signed_in("town", language="en")
    asked = ("| | end group |", "| | text | faith | 宗教信仰 | Faith |\n| | end group |")

    page = upload(browser, household_form("2", asked))

    assert page.status == 400
    assert "宗教" in page.text


def test_the_same_version_cannot_be_another_form(desk: Desk) -> None:
    browser = desk.signed_in("town")

    page = upload(browser, household_form("1", FEWER))

    assert page.status == 400
    assert "版本号 1 已用于另一份表单" in page.text


def test_one_can_go_back_to_the_version_before(desk: Desk) -> None:
    browser = desk.signed_in("town")
    upload(browser, household_form("2", FEWER))
    browser.post(f"{URL}/household/2/publish")

    page = browser.post(f"{URL}/household/withdraw")

    assert "已发布版本 1" in page.text
    assert desk.register.forms(desk.town.who.town)["household"].version == "1"
    with reading(desk.town.services.engine) as conn:
        notes = [entry.object for entry in trail(conn, desk.town.who.town)]
    assert {"household 1", "household 2"} <= set(notes)


def test_there_is_nothing_to_go_back_to_at_first(desk: Desk) -> None:
    page = desk.signed_in("town").post(f"{URL}/household/withdraw")

    assert "没有更早的版本可以恢复" in page.text


def test_an_upload_is_no_version_of_the_phones_until_it_is_published(desk: Desk) -> None:
    browser = desk.signed_in("town")
    upload(browser, household_form("2", FEWER))
    assert desk.register.forms(desk.town.who.town)["household"].version == "1"

    again = upload(browser, household_form("2"))
    dropped = browser.post(f"{URL}/household/2/drop")

    assert again.status == 200
    assert "没有差别" in again.text
    assert "待发布" not in dropped.text


def test_the_file_can_be_taken_back_as_it_was(desk: Desk) -> None:
    browser = desk.signed_in("town")
    document = household_form("2", FEWER)
    upload(browser, document, "住户表.md")

    own = browser.get(f"{URL}/household/2/source").response
    built_in = browser.get(f"{URL}/household/1/source").response

    assert own.content == document
    assert "filename*=UTF-8''" in own.headers["content-disposition"]
    assert built_in.content == builtin_source("household")


def test_a_form_of_a_new_kind_may_bring_its_tables(desk: Desk) -> None:
    browser = desk.signed_in("town")
    survey = (
        "| survey |\n| | type | name | label |\n"
        "| | select_one_from_file shops.csv | shop | 商店 |\n"
        "| settings |\n| | form_id | version | attribute::doorstep:kind |\n| | s | 1 | shopping |\n"
    ).encode()
    without = upload(browser, survey)
    assert "缺少附件“shops.csv”" in without.text

    page = upload(browser, survey, shops="name,label\na,甲店\n".encode())

    assert page.status == 200, page.text
    browser.post(f"{URL}/shopping/1/publish")
    assert desk.register.forms(desk.town.who.town)["shopping"].choices["shops"][0].name == "a"


def test_only_those_who_publish_forms_see_them(desk: Desk) -> None:
    for login in ("community", "leader", "auditor"):
        assert desk.signed_in(login).get(URL).status == 403


def test_a_file_that_is_no_form_and_no_file_at_all_are_said(desk: Desk) -> None:
    browser = desk.signed_in("town")

    assert "不是表单" in upload(browser, b"hello", "x.xlsx").text
    assert "请选择文件" in browser.post(f"{URL}/upload").text
    assert browser.get(f"{URL}/household/99").status == 404
