"""A period summary in a real browser: counted, completed by a person, taken away and opened."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from shared.coverage import TARGET
from tests.server.console.browsing import Window
from tests.server.console.downloads import is_black_and_white
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Browser, Desk
from tests.server.paper.reading import pages
from tests.server.summary.a_week import DAY, HOUR, Week

pytestmark = pytest.mark.browser
PROBLEMS = "两栋老楼没有物业，楼道堆物反复出现。\n夜间敲门无人应答的户占三成。"
NEXT = "下月与物业公司、消防中队联合清理两次。"
ROW = re.compile(r'class="list-group-item[^"]*"[^>]*>(.*?)</(?:a|div)>', re.DOTALL)
STANDS_FOR = re.compile(r'class="badge[^"]*">(\d+)<')
UNLINKED = (
    "all => all.flatMap(p => [...p.childNodes].filter(n => n.nodeType === 3).map(n => n.data))"
)
NO_FIGURE = int(TARGET * 100)
"""The only number of a sentence that is not counted."""
HEADED = {"zh": ("数量", "存在的问题"), "en": ("Number", "Problems met")}


@pytest.fixture
def week(desk: Desk) -> Week:  # noqa: F811
    """A week in which something of nearly every kind was done."""
    week = Week(desk)
    week.phone.create("dwelling", week.grid, {"code": "3-1-02-202", "status": "unknown"}, desk.now)
    for outcome in ("done", "partly_done", "nobody_home", "refused", "moved_away"):
        week.visit(outcome)
    week.visit("done", mode="phone", notices_given=["service_card"], card_no="001001-00001")
    hazard = week.case("hazard", must_report="hazard")
    week.step(hazard, "accept")
    week.step(hazard, "close", on_spot="yes")
    for kind in ("livelihood", "facility", "rental", "service_request"):
        week.case(kind)
    dispute = week.case("dispute", ago=3 * DAY)
    week.step(dispute, "accept", ago=2 * DAY)
    week.step(dispute, "session", ago=HOUR, outcome="agreed")
    for kind in ("diary", "patrol", "patrol", "facility_check", "feedback"):
        week.phone.create(kind, week.grid, {"text": "楼道已清理"}, desk.now - HOUR)
    clerk = desk.signed_in("community")
    clerk.post("/console/papers/cards", grid=week.grid, count="9")
    _spoils_two(clerk)
    return week


def test_a_summary_is_completed_by_a_person_taken_away_and_opened(
    week: Week,
    window: Window,  # noqa: F811
    tmp_path: Path,
) -> None:
    page = window.page
    window.sign_in("leader")
    window.open(week.page().removeprefix("/console"))
    expect(page.locator("article")).to_contain_text("（请填写）")
    page.locator("[name=problems]").fill(PROBLEMS)
    page.locator("[name=next]").fill(NEXT)
    page.locator("form[action*='/summary/text'] button.btn-primary").click()
    expect(page.locator("article")).to_contain_text(NEXT)
    expect(page.locator("article")).not_to_contain_text("（请填写）")

    for tongue in ("zh", "en"):
        if tongue == "en":
            page.click("[data-language=en]")
            expect(page.locator("article h2").last).to_have_text("Next steps")
        files = {form: _taken(window, form, tmp_path / tongue) for form in ("docx", "pdf", "csv")}
        _say_what_the_page_says(window, files, tongue)
    assert window.complaints == []


def test_every_number_of_a_summary_opens_a_list_of_as_many(
    week: Week,
    window: Window,  # noqa: F811
) -> None:
    window.sign_in("leader")
    window.open(week.page().removeprefix("/console"))
    table = {key: (number, address) for key, number, address in _links(window, "td")}

    found = {key: _rows(window, address) for key, (_, address) in table.items()}

    assert found == {key: int(number) for key, (number, _) in table.items()}
    assert len(found) > 30
    assert found["cards_printed"] == 7
    for key, number, address in _links(window, "article"):
        assert address == table[key][1]
        assert number == table[key][0] or number.endswith("%") or "中位" in number
    bare = window.page.eval_on_selector_all("article p.text-pre", UNLINKED)
    assert {int(n) for n in re.findall(r"\d+", " ".join(bare).replace("区域g1", ""))} <= {
        0,
        NO_FIGURE,
    }


def _spoils_two(clerk: Browser) -> None:
    html = clerk.get("/console/papers").html
    batch = re.search(r"/papers/cards/([0-9a-f-]{36})", html)
    assert batch is not None
    clerk.post(f"/console/papers/cards/{batch[1]}/spoiled", count="2")


def _taken(window: Window, form: str, folder: Path) -> bytes:  # noqa: F811
    folder.mkdir(exist_ok=True)
    with window.page.expect_download() as download:
        window.page.locator(f"a[href*='/summary/document/{form}']").click()
    download.value.save_as(folder / download.value.suggested_filename)
    return (folder / download.value.suggested_filename).read_bytes()


def _say_what_the_page_says(window: Window, files: dict[str, bytes], tongue: str) -> None:  # noqa: F811
    heading, problems = HEADED[tongue]
    shown = _table(window)
    told = window.page.locator("article p.text-pre").all_inner_texts()
    word = Document(BytesIO(files["docx"]))
    rows = [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    assert [(label, n) for label, n, _ in rows if n not in ("0", heading)] == shown
    said = [paragraph.text for paragraph in word.paragraphs]
    assert said[said.index(problems) + 1] == PROBLEMS
    assert set(told) <= set(said)
    lines = csv.DictReader(StringIO(files["csv"].decode("utf-8-sig")))
    assert [(each["label"], each["number"]) for each in lines if each["number"] != "0"] == shown
    paper = _squeezed("".join(pages(files["pdf"])))
    for text in (*told, *(f"{label}{n}" for label, n in shown)):
        assert _squeezed(text) in paper, text
    assert is_black_and_white(files["pdf"], f"summary-{tongue}")


def _table(window: Window) -> list[tuple[str, str]]:  # noqa: F811
    """The figures of the page: what each is called, and its number."""
    rows = window.page.eval_on_selector_all(
        "td a[data-figure]",
        "all => all.map(a => [a.closest('tr').cells[0].textContent, a.textContent])",
    )
    return [(label.strip(), number) for label, number in rows]


def _links(window: Window, where: str) -> list[tuple[str, str, str]]:  # noqa: F811
    """Of each link to a list: its figure, what it says, and where it leads."""
    found = window.page.eval_on_selector_all(
        f"{where} a[data-figure]", "all => all.map(a => [a.dataset.figure, a.textContent, a.href])"
    )
    return [(key, number, address) for key, number, address in found]


def _rows(window: Window, address: str) -> int:  # noqa: F811
    """How many rows the list at an address has; a batch counts for its cards."""
    answer = window.page.context.request.get(address)
    assert answer.ok, address
    html = answer.text()
    if "/dwellings/list" in address:
        return html.count('class="desk-row')
    lines = [STANDS_FOR.search(line) for line in ROW.findall(html)]
    return sum(int(line[1]) if line else 1 for line in lines)


def _squeezed(said: str) -> str:
    return re.sub(r"\s+", "", said)
