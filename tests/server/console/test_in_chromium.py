"""The console in a real browser: nothing from elsewhere, nothing refused, decided by two keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from server.clock import now_ms
from server.office.enrolment import enrol
from shared.merge import shown
from shared.wire import Enrol
from tests.server.a_town import Phone
from tests.server.console.browsing import SECONDS, Window, serving
from tests.server.console.photographed import ask_for_photos, photographed
from tests.server.console.test_words import PAGES
from tests.server.console.world import Desk, a_desk
from tests.server.imports.files import HEADER, ROW, workbook


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        yield made


@pytest.fixture
def window(desk: Desk, chromium_path: str) -> Iterator[Window]:
    with serving(desk) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
        context.set_default_timeout(SECONDS * 1000)
        opened = Window(context.new_page(), origin)
        opened.watch()
        yield opened
        browser.close()


def test_no_page_asks_another_origin_or_breaks_its_own_policy(desk: Desk, window: Window) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    family = desk.register.history(desk.town.who.town, household, with_children=True)
    places = {
        "household": household,
        "resident": next(each.record for each in family if each.record_kind == "resident"),
        "worker": phone.device.worker_id,
        "visit": phone.create("visit", desk.town.areas["g1"], {"outcome": "done"}, desk.now),
        "conflict": "0",
        "nobody": "0",
    }
    window.open("/login")
    window.page.click("[data-language=en]")
    expect(window.page.get_by_role("heading", name="Sign in to the console")).to_be_visible()
    window.page.click("[data-language=zh]")
    window.sign_in("town")

    for path in PAGES:
        window.open(path.format(**places))
        window.page.wait_for_load_state("networkidle")

    assert window.elsewhere == []
    assert window.complaints == []


def test_a_photo_is_shown_when_it_is_asked_for_and_only_then(desk: Desk, window: Window) -> None:
    ask_for_photos(desk)
    household = photographed(desk)
    window.sign_in("leader")
    seen: list[str] = []
    window.page.on("request", lambda request: seen.append(request.url))
    window.open(f"/households/detail?pk={household}")
    window.page.wait_for_load_state("networkidle")
    before = [url for url in seen if "/files/" in url]

    window.page.get_by_text("查看照片").click()
    picture = window.page.locator(".desk-photo img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 320)

    assert before == []
    assert window.complaints == []


def test_a_conflict_is_decided_by_two_keys_from_the_inbox(desk: Desk, window: Window) -> None:
    household, _, _ = desk.contested()
    window.sign_in("leader")
    window.open("/conflicts")

    window.page.keyboard.press("Enter")
    expect(window.page.get_by_text("候选值 1")).to_be_visible()
    window.page.wait_for_load_state("load")
    window.page.keyboard.press("2")

    expect(window.page.get_by_text("已裁定：张伟 的联系电话")).to_be_visible()
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    rules = desk.register.rules(desk.town.who.town, "household")
    assert shown(record, rules)["phone"] == "13900003333"
    assert window.complaints == []


def test_keys_typed_into_an_answer_decide_nothing(desk: Desk, window: Window) -> None:
    desk.contested()
    window.sign_in("leader")
    window.open("/conflicts")
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#q-phone")).to_be_visible()
    window.page.wait_for_load_state("load")

    window.page.keyboard.press("0")
    window.page.keyboard.type("139 0000 1212")

    expect(window.page.locator("#q-phone")).to_have_value("139 0000 1212")
    window.page.get_by_role("button", name="采用填写的值").click()
    expect(window.page.get_by_text("已裁定：张伟 的联系电话")).to_be_visible()


def test_a_table_is_imported_after_its_dry_run(desk: Desk, window: Window, tmp_path: Path) -> None:
    file = tmp_path / "住户登记表.xlsx"
    file.write_bytes(workbook(("东镇住户登记表",), HEADER, ROW, (2, "", "3-1-202")))
    window.sign_in("town")
    window.open("/imports")
    window.page.select_option("#grid", label="区域g1")
    window.page.set_input_files("#file", file)

    window.page.get_by_role("button", name="预检").click()
    expect(window.page.locator("tr[data-row='3']")).to_contain_text("新增")
    expect(window.page.locator("tr[data-row='4']")).to_contain_text("缺少户主姓名")
    with window.page.expect_download() as bad:
        window.page.get_by_role("link", name="下载有问题的行").click()
    window.page.get_by_role("button", name="确认导入 1 行").click()

    expect(window.page.get_by_text("导入完成")).to_be_visible()
    assert bad.value.suggested_filename == "有问题的行-住户登记表.xlsx"
    window.open("/households/list")
    expect(window.page.locator("tbody tr")).to_have_count(1)
    assert window.complaints == []


def test_the_code_page_shows_the_phones_six_words_once_it_is_enrolled(
    desk: Desk, window: Window
) -> None:
    desk.town.clock.at = now_ms()
    worker = desk.town.worker("W7", "g1")
    window.sign_in("town")
    window.open(f"/workers/{worker}")
    window.page.get_by_role("button", name="生成注册码").click()
    code = window.page.locator("#code").inner_text()
    expect(window.page.locator("[data-countdown]")).to_contain_text("14:")

    services = desk.town.services
    enrolled = enrol(
        services.engine, services.keys, Enrol(code, Phone().public_key), services.clock
    )

    assert enrolled.fingerprint
    expect(window.page.locator("[data-words]")).to_have_text(enrolled.fingerprint)
    expect(window.page.locator(".desk-qr svg")).to_be_visible()


def test_a_filter_is_built_and_taken_off_again(desk: Desk, window: Window) -> None:
    phone = desk.phone("W1", "g1")
    desk.household(phone)
    desk.household(phone, "g1", head_name="李丽", plate="1-1-101", tenure="rented")
    window.sign_in("town")
    window.open("/households/list")

    window.page.get_by_role("button", name="筛选", exact=True).click()
    window.page.locator("[data-sa-hook=filter-row-field]").first.select_option("tenure")
    window.page.locator("[data-sa-hook=filter-row-value-select]").first.select_option("rented")
    window.page.get_by_role("button", name="应用筛选").click()
    expect(window.page.locator("tbody tr")).to_have_count(1)
    window.page.locator("#active-filters a").first.click()

    expect(window.page.locator("tbody tr")).to_have_count(2)
    assert window.complaints == []


def test_the_inbox_is_gone_through_by_keys(desk: Desk, window: Window) -> None:
    _, conflict, _ = desk.contested()
    window.sign_in("leader")
    window.open("/review")
    window.page.wait_for_load_state("load")

    window.page.keyboard.press("j")
    window.page.keyboard.press("j")
    window.page.keyboard.press("x")
    window.page.keyboard.press("k")
    chosen, ticked = (
        window.page.locator("tr.is-chosen"),
        window.page.locator("tbody input:checked"),
    )
    expect(chosen).to_have_count(1)
    expect(ticked).to_have_value(f"conflict:{conflict}")
    window.page.get_by_role("button", name="暂缓", exact=True).click()

    expect(window.page.get_by_text("已暂缓 1 项")).to_be_visible()
    assert window.complaints == []


def test_a_worker_is_asked_from_the_conflict_itself(desk: Desk, window: Window) -> None:
    _, conflict, _ = desk.contested()
    window.sign_in("leader")
    window.open(f"/conflicts/{conflict}")

    window.page.locator("summary", has_text="询问网格员").click()
    window.page.fill("#ask-comment", "请当面核实电话")
    window.page.get_by_role("button", name="发送到手机").click()

    expect(window.page.get_by_text("已发出 1 条询问")).to_be_visible()
    expect(window.page.get_by_text("等待网格员答复")).to_be_visible()
    assert window.complaints == []


def test_a_pair_is_merged_by_one_key_and_parted_again(desk: Desk, window: Window) -> None:
    first = desk.household(desk.phone("W1", "g1"))
    second = desk.household(desk.phone("W2", "g1"), head_name="张玮", phone="13900001112")
    window.sign_in("leader")
    window.open(f"/duplicates/{first}/{second}")
    window.page.wait_for_load_state("load")

    window.page.keyboard.press("m")
    expect(window.page.get_by_text("这两份档案已经合并")).to_be_visible()
    window.page.on("dialog", lambda dialog: dialog.accept())
    window.page.get_by_role("button", name="拆分").click()

    expect(window.page.get_by_text("两份档案都已恢复")).to_be_visible()
    assert window.complaints == []


def test_a_masked_answer_asks_for_a_reason_before_it_is_shown(desk: Desk, window: Window) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    window.sign_in("leader")
    window.open(f"/households/detail?pk={household}")

    window.page.get_by_role("button", name="查看完整内容： 联系电话").click()
    window.page.fill("#reveal-reason", "预约入户时间")
    window.page.get_by_role("button", name="查看", exact=True).click()

    expect(window.page.locator("[data-revealed]")).to_have_text("13900001111")
    assert window.complaints == []
