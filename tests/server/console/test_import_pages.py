"""Importing a table at the desk, from the file to the register."""

import re
from collections.abc import AsyncIterator

import pytest

from server.imports.tables import FILE_MAX
from tests.server.console.world import Browser, Desk, Page
from tests.server.imports.files import HEADER, ROW, rows_of, workbook

TABLE = workbook(("住户登记表",), HEADER, ROW, (2, "", "3-1-202", "139 0000 22"))


def upload(
    desk: Desk, browser: Browser, content: bytes, name: str = "住户表.xlsx", grid: str = "g1"
) -> Page:
    area = desk.town.areas.get(grid, grid)
    return browser.post("/console/imports/check", files={"file": (name, content)}, grid=area)


def test_a_table_goes_from_the_dry_run_into_the_register(desk: Desk) -> None:
    browser = desk.signed_in("community")

    checked = upload(desk, browser, TABLE)
    before = browser.get("/console/households/list").text
    done = browser.post(f"{checked.url}/commit")

    assert "这是预检，还没有写入任何内容" in checked.text
    assert "张伟" in checked.text
    assert "缺少户主姓名。" in checked.text
    assert "13800000000" not in checked.html
    assert "139 0000 22" not in checked.html
    assert "138****0000" in checked.text
    assert "张伟" not in before
    assert "导入完成" in done.text
    assert "张伟" in browser.get("/console/households/list").text
    assert "已导入" in browser.get("/console/imports").text


def test_the_same_table_again_has_nothing_to_write(desk: Desk) -> None:
    browser = desk.signed_in("community")
    browser.post(f"{upload(desk, browser, TABLE).url}/commit")

    again = upload(desk, browser, TABLE)

    assert "没有需要写入的行" in again.text
    assert re.search(r'data-count="unchanged">1<', again.html)
    assert re.search(r'id="commit"', again.html)
    assert "disabled" in re.findall(r"<button[^>]*id=\"commit\"", again.html)[0]


def test_bad_rows_are_downloaded_in_the_readers_language(desk: Desk) -> None:
    for language, reason in (("zh", "缺少户主姓名。"), ("en", "is missing.")):
        browser = desk.signed_in("community", language=language)
        checked = upload(desk, browser, TABLE)

        file = browser.get(f"{checked.url}/bad-rows").response

        rows = rows_of(file.content)
        assert file.headers["content-type"].startswith("application/vnd.openxml")
        assert len(rows) == 2
        assert rows[1][-2] == "4"
        assert reason in rows[1][-1]


def test_rows_can_be_shown_by_what_happens_to_them(desk: Desk) -> None:
    browser = desk.signed_in("community")
    checked = upload(desk, browser, TABLE)

    bad = browser.get(checked.url, state="bad")

    assert re.findall(r'<tr data-row="(\d+)"', bad.html) == ["4"]
    assert browser.get(checked.url, state="nonsense", page="99999").status == 200


def test_the_meaning_of_a_column_can_be_put_right(desk: Desk) -> None:
    browser = desk.signed_in("community")
    names = ("另一个人", "户主姓名", "门牌号")
    checked = upload(desk, browser, workbook(names, ("李丽", "张伟", "3-1-201")))
    chosen = {"column-0": "household.head_name", "column-1": "", "column-2": "dwelling.plate"}

    again = browser.post(f"{checked.url}/columns", chosen)
    wrong = browser.post(f"{checked.url}/columns", {"column-2": "dwelling.plate"})

    assert "李丽" in again.text
    assert "请指定哪一列是户主姓名" in wrong.text
    assert "李丽" in wrong.text  # the dry run before stays


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"", "文件是空的", "The file is empty"),
        (b"\x00\x01\x02", "这不是 Excel 表格", "neither an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "旧版 .xls", "an old .xls"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头", "No header was found"),
        ("户主姓名,门牌号\n".encode(), "没有任何数据行", "no rows below the header"),
        (TABLE[:-300], "已损坏", "is damaged"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(desk: Desk, content: bytes, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        page = upload(desk, desk.signed_in("town", language=language), content)

        assert page.status == 400
        assert words in page.text


def test_no_file_and_no_grid_are_told_too(desk: Desk) -> None:
    browser = desk.signed_in("community")

    none = browser.post("/console/imports/check", grid=desk.town.areas["g1"])
    foreign = upload(desk, browser, TABLE, grid="g3")
    nowhere = upload(desk, browser, TABLE, grid="nowhere")

    assert "请先选择要导入的文件" in none.text
    assert "请选择您管辖的网格" in foreign.text
    assert "请选择您管辖的网格" in nowhere.text


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(desk: Desk) -> None:
    browser, stranger = desk.signed_in("community"), desk.browser()
    large = b"x" * (FILE_MAX + 2 * 1024 * 1024)

    refused = [upload(desk, browser, large), upload(desk, stranger, large)]
    form = browser.post("/console/workers/new", name="x" * 1_200_000)

    assert [page.status for page in (*refused, form)] == [413, 413, 413]
    assert "上传的内容太大" in refused[0].text


def test_an_upload_that_lies_about_its_size_is_refused_too(desk: Desk) -> None:
    browser = desk.signed_in("community")

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(14):
            yield b"x" * 1024 * 1024

    async def flood() -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await browser.client.post(
            "/console/imports/check", content=parts(), headers=headers
        )
        return answer.status_code

    assert browser.portal.call(flood) == 413


def test_a_file_name_is_only_a_name(desk: Desk) -> None:
    browser = desk.signed_in("community")

    page = upload(desk, browser, TABLE, name="<script>alert(1)</script>../../x.xlsx")

    assert "<script>alert(1)</script>" not in page.html
    assert "&lt;script&gt;" in page.html
    download = browser.get(f"{page.url}/bad-rows").response.headers["content-disposition"]
    assert "\n" not in download
    assert "/" not in download


def test_a_dropped_import_is_gone_and_another_accounts_is_not_found(desk: Desk) -> None:
    browser = desk.signed_in("community")
    checked, other = upload(desk, browser, TABLE), upload(desk, desk.signed_in("town"), TABLE)

    dropped = browser.post(f"{checked.url}/drop")

    assert "已放弃这次导入" in dropped.text
    assert browser.get(checked.url).status == 404
    assert browser.get(other.url).status == 404
    assert browser.post(f"{other.url}/commit").status == 404


def test_what_was_imported_is_in_the_timeline_by_the_account(desk: Desk) -> None:
    browser = desk.signed_in("community")
    browser.post(f"{upload(desk, browser, TABLE).url}/commit")
    household = re.search(
        r"households/detail\?pk=([0-9a-f-]{36})", browser.get("/console/households/list").html
    )
    assert household

    page = browser.get("/console/households/detail", pk=household.group(1))

    assert "community 登记了 住户" in page.text
    assert "在后台操作" in page.text


def test_a_strange_table_is_mapped_once_and_ticked_rows_stay_out(desk: Desk) -> None:
    browser = desk.signed_in("community")
    table = workbook(("谁家", "哪儿", "几口"), ("张伟", "3-1-201", 3), ("李丽", "3-1-202", 2))
    first = upload(desk, browser, table)
    chosen = {"column-0": "household.head_name", "column-1": "dwelling.plate"}
    browser.post(f"{first.url}/columns", chosen)

    again = upload(desk, browser, table)
    choices = again.url.replace("/imports/", "/import-choices/")
    left = browser.post(f"{choices}/rows", {"row": ["3", "x"], "do": "out"})
    back = browser.post(f"{choices}/rows", {"row": "3", "do": "in"})
    browser.post(f"{choices}/rows", {"row": "3", "do": "out"})
    browser.post(f"{again.url}/commit")

    assert "没有认出户主姓名和门牌号在哪一列" in first.text
    assert "沿用上次同样表头的设置" in again.text
    assert re.search(r'data-count="left">1<', left.html)
    assert 'data-count="left"' not in back.html
    listed = browser.get("/console/households/list").text
    assert "张伟" in listed
    assert "李丽" not in listed
    third = upload(desk, browser, table)
    forgotten = browser.post(f"{third.url.replace('/imports/', '/import-choices/')}/forget")
    assert "没有认出户主姓名" in forgotten.text
