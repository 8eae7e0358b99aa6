"""A table that a town wrote in Excel: published, asked at a door, sent, checked, taken out again.

Everything is real: the server, the app in a process of its own, two windows of Chromium.
"""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import Browser

from server.clock import now_ms
from server.demo.processes import Children
from server.forms.builtin import builtin_forms
from server.forms.trial import try_form
from server.office.roles import Role
from shared.changes import Answer
from shared.merge import shown
from tests.e2e.app import WorkerApp
from tests.e2e.desk import Desk
from tests.e2e.running import Phone
from tests.server.a_town import ATown, make_town
from tests.server.listening import listening

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PIN = "293847"
KIND = "elder_care"
SURVEY = (
    ("type", "name", "label::中文 (zh)", "label::English (en)", "relevant", "constraint",
     "constraint_message::中文 (zh)", "constraint_message::English (en)", "calculation",
     "required"),
    ("text", "who", "老人姓名", "Name", "", "", "", "", "", "yes"),
    ("integer", "age", "年龄", "Age", "", ". >= 60 and . <= 120", "须在 60 到 120 之间",
     "Between 60 and 120", "", ""),
    ("select_one alone", "alone", "居住情况", "Lives", "", "", "", "", "", ""),
    ("select_multiple need", "needs", "需要的服务", "Needs", "${alone} = 'alone'",
     "", "", "", "", ""),
    ("decimal", "rent", "月租", "Rent", "", "", "", "", "", ""),
    ("date", "since", "起始日期", "Since", "", "", "", "", "", ""),
    ("begin repeat", "visitor", "探望人", "Visitor", "", "", "", "", "", ""),
    ("text", "called", "称呼", "Called", "", "", "", "", "", ""),
    ("integer", "times", "每月次数", "Times a month", "", "", "", "", "", ""),
    ("end repeat", "", "", "", "", "", "", "", "", ""),
    ("calculate", "visits", "", "", "", "", "", "", "sum(${times})", ""),
)  # fmt: skip
CHOICES = (
    ("list_name", "name", "label::中文 (zh)", "label::English (en)"),
    ("alone", "alone", "独居", "Alone"),
    ("alone", "family", "与家人同住", "With family"),
    ("need", "meal", "助餐", "Meals"),
    ("need", "bath", "助浴", "Bathing"),
    ("need", "clean", "保洁", "Cleaning"),
)
SETTINGS = (
    ("form_title", "form_id", "version", "default_language", "instance_name"),
    ("居家养老走访", KIND, "3", "中文 (zh)", "${who}"),
)
GIVEN: dict[str, Answer] = {
    "who": "吴桂兰", "age": 81, "alone": "alone", "needs": ["meal", "clean"], "rent": 650.5,
    "since": "2024-05-01", "visitor[1]/called": "女儿", "visitor[1]/times": 4,
}  # fmt: skip


def test_a_form_comes_back_as_the_files_that_its_answers_were_asked_for(
    browser: Browser, tmp_path: Path
) -> None:
    town = _a_town(tmp_path / "office")
    with ExitStack() as stack:
        url = stack.enter_context(listening(town.services))
        children = stack.enter_context(Children(tmp_path / "logs"))
        phone = Phone("phone", tmp_path / "phone", children)
        desk = Desk(browser, url)
        desk.sign_in("admin")
        _the_form_is_published(desk, _written(tmp_path / "居家养老.xlsx"))
        phone.start()
        app = _a_worker_enrols(town, WorkerApp(browser, phone.url), url)

        _she_is_asked_it(app)
        app.sync()

        _the_server_has_it_and_judges_it_as_the_phone_did(town, desk)
        _labels_in_chinese(desk, tmp_path)
        _codes(desk, tmp_path)
        _labels_in_english(desk, tmp_path)
        assert app.foreign == desk.foreign == []


def _a_town(home: Path) -> ATown:
    """A town with an admin, whose clock stands still at this moment."""
    town = make_town(home)
    town.clock.at = now_ms()
    for form in builtin_forms().values():
        town.services.register.publish_form(town.who.town, form)
    town.account("admin", Role.TOWN_ADMIN)
    return town


def _written(file: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


def _the_form_is_published(desk: Desk, file: Path) -> None:
    desk.go("forms")
    desk.page.set_input_files("#file", file)
    desk.page.click("form[action$='/forms/upload'] button[type=submit]")
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.click("#publish")
    desk.page.get_by_text("已发布版本 3").wait_for()


def _a_worker_enrols(town: ATown, app: WorkerApp, url: str) -> WorkerApp:
    app.write("注册码或二维码文字", town.code(town.worker("W1", "g1")))
    app.write("服务器地址", url)
    app.tap("enrol-next")
    app.type_pin(PIN)
    app.type_pin(PIN)
    app.awaits("fingerprint")
    app.press("核对好了，开始使用")
    app.awaits("sync-now")
    return app


def _she_is_asked_it(app: WorkerApp) -> None:
    app.choose(f"own-{KIND}")
    app.tap("own-add")
    app.write("老人姓名", "吴桂兰")
    app.write("年龄", "18")
    app.says("须在 60 到 120 之间")
    app.write("年龄", "81")
    app.until(lambda: "须在 60" not in app.text(), "the age is right")
    assert "助餐" not in app.text(), "who lives with others is not asked for needs"
    app.choose("q-alone-alone")
    app.choose("q-needs-meal")
    app.choose("q-needs-clean")
    app.write("月租", "650.5")
    app.write("起始日期", "20240501")
    app.choose("add-visitor")
    app.write("称呼", "女儿")
    app.write("每月次数", "4")
    app.picture("round-trip-form")
    app.tap("save")
    app.says("吴桂兰")
    app.picture("round-trip-list")
    app.back()


def _the_server_has_it_and_judges_it_as_the_phone_did(town: ATown, desk: Desk) -> None:
    register, of = town.services.register, town.who.town
    form, rules = register.forms(of)[KIND], register.rules(of, KIND)
    (answers,) = (shown(record, rules) for record in register.records_after(of, [KIND], "", 9))
    desk.go("held")
    assert desk.page.locator("a[href*='/console/held/']").count() == 0, "no answer was refused"

    tried = {one.path: one for one in try_form(form, GIVEN, now=datetime.now(UTC))}

    assert all(one.valid for one in tried.values())
    assert (tried["visits"].value, answers["visits"]) == (4, 4)
    assert answers["needs"] == ["clean", "meal"], "several choices are a set, kept by their codes"
    assert answers["visitor"] == [{"called": "女儿", "times": 4}]


def _taken(desk: Desk, to: Path, language: str, form: str, words: str) -> Path:
    """A file of all records of the kind, as somebody takes it at the desk."""
    desk.page.goto(f"{desk.url}/console/language/{language}")
    desk.go("exports")
    desk.page.locator(f"input[name=kind][value={KIND}]").check()
    desk.page.locator(f"input[name=format][value={form}]").evaluate("box => box.click()")
    desk.page.locator(f"input[name=words][value={words}]").check()
    desk.page.fill("#reason", "季度统计 quarter")
    with desk.page.expect_download() as download:
        desk.page.locator("form[action$='/exports/new'] button[type=submit]").last.click()
    file = to / f"{language}-{words}.{form}"
    download.value.save_as(file)
    return file


def _labels_in_chinese(desk: Desk, folder: Path) -> None:
    book = openpyxl.load_workbook(_taken(desk, folder, "zh", "xlsx", "labels"))
    first, visitors, *_ = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    row = dict(zip(first[0], first[1], strict=True))

    assert (row["老人姓名"], row["年龄"], row["居住情况"]) == ("吴桂兰", 81, "独居")
    assert set(str(row["需要的服务"]).split("；")) == {"助餐", "保洁"}
    assert (row["月租"], str(row["起始日期"])[:10]) == (650.5, "2024-05-01")
    assert row["登记人"] == "工W1"
    assert dict(zip(visitors[0], visitors[1], strict=True))["称呼"] == "女儿"


def _codes(desk: Desk, folder: Path) -> None:
    as_csv = pd.read_csv(_taken(desk, folder, "zh", "csv", "codes"), encoding="utf-8-sig")
    as_xlsx = pd.read_excel(_taken(desk, folder, "zh", "xlsx", "codes"))

    for table in (as_csv, as_xlsx):
        (row,) = (line for _, line in table.iterrows())
        assert (row.who, row.age, row.alone) == ("吴桂兰", 81, "alone")
        assert set(row.needs.split()) == {"meal", "clean"}
        assert (row.rent, row.visits, str(row.since)[:10]) == (650.5, 4, "2024-05-01")


def _labels_in_english(desk: Desk, folder: Path) -> None:
    table = pd.read_csv(_taken(desk, folder, "en", "csv", "labels"), encoding="utf-8-sig")
    (row,) = (line for _, line in table.iterrows())

    assert (row["Name"], row["Age"], row["Lives"]) == ("吴桂兰", 81, "Alone")
    assert set(row["Needs"].split("; ")) == {"Meals", "Cleaning"}
