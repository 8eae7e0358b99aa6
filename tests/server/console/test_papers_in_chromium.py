"""A service card in a real browser: from the directory of numbers to a sheet that is cut apart."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument, PdfPage
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from server.service.cards import serial_of
from server.service.directory import Written, add_line
from tests.server.a_town import CODES
from tests.server.console.browsing import Window
from tests.server.console.downloads import is_black_and_white, opened
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Desk
from tests.server.paper.reading import pages

pytestmark = pytest.mark.browser
MM = 72 / 25.4
CUT = 2.0
"""Millimetres: so far from a cutting line no word may come, or scissors touch it."""
OFFICES = (
    "civil_affairs", "disabled_federation", "womens_federation", "family_health", "labour",
    "medical_insurance", "pension", "retirement", "legal_aid", "mediation", "city_management",
    "health",
)  # fmt: skip
NUMBERS = {
    "power": "0510-8888 2222转105",
    **{subject: f"0510-8888 30{place:02}" for place, subject in enumerate(OFFICES)},
}
"""As many as a card has room for, with those of the country and the one that is typed."""


SAID = {
    "zh": ("便民服务卡", "法律援助", "残联", "号码截至", "第 1 版"),
    "en": ("Service card", "Legal aid", "Disabled persons", "Numbers as of", "edition 1"),
}
ALWAYS = ("工W1", "火警 119", "0510-8888 2222转105", "0510-8888 1111", "0510-8888 1234")


def test_a_card_goes_from_the_directory_to_paper_to_a_household(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    phone = desk.phone("W1", "g1")
    window.sign_in("community")
    _fills_in_the_directory(desk, window)

    _is_eight_to_a_page(_prints(window, 9), "zh")
    window.page.click("[data-language=en]")
    again = window.page.locator("a[href*='/papers/cards/']")
    _is_eight_to_a_page(opened(window.page, again.click), "en")
    assert _stock(window) == ["9", "0", "0", "9"]

    first = serial_of(CODES["g1"], 1)
    household, grid = desk.household(phone), desk.town.areas["g1"]
    given = {"household": household, "outcome": "done", "notices_given": ["service_card"]}
    phone.create("visit", grid, {**given, "card_no": first}, desk.now)
    assert _stock(window) == ["9", "0", "1", "8"]
    window.open("/papers/register")
    expect(window.page.locator("tbody tr")).to_contain_text(first)
    assert window.complaints == []
    assert window.elsewhere == []


def _is_eight_to_a_page(sheet: bytes, tongue: str) -> None:
    first, second = pages(sheet)
    serials = [serial_of(CODES["g1"], number) for number in range(1, 10)]
    assert [serial for serial in serials if serial in first] == serials[:8]
    assert [serial for serial in serials if serial in second] == serials[8:]
    for words in (*SAID[tongue], *ALWAYS):
        assert first.count(words) == 8, words
    assert list(_outside(sheet)) == []
    assert is_black_and_white(sheet, f"service-cards-{tongue}")


def _fills_in_the_directory(desk: Desk, window: Window) -> None:  # noqa: F811
    """The national numbers by one button, one line and a station by hand, the rest as they come."""
    page = window.page
    window.open("/directory")
    page.locator("form[action$='/directory/national'] button").click()
    expect(page.locator("tbody tr").filter(has_text="12345")).to_be_visible()
    page.locator("[data-action$='/directory/new']").click()
    form = page.locator("#line.show form")
    form.locator("[name=subject]").select_option("gas")
    form.locator("[name=number]").fill("0510-8888 1111")
    form.locator("[name=name]").fill("燃气抢修（望禾镇天然气公司）")
    form.locator("[name=hours]").fill("24 小时")
    _sent(page, "#line")
    here = desk.town.areas["c1"]
    with desk.town.act(desk.accounts["community"]) as act:
        for subject, number in NUMBERS.items():
            add_line(act, Written(here, subject, number))
    page.locator(f"[data-action$='/station/{desk.town.areas['c1']}']").click()
    form = page.locator("#station.show form")
    form.locator("[name=name]").fill("望禾镇春和社区党群服务中心便民服务站")
    form.locator("[name=address]").fill("解放东路 128 号春和大厦一层西侧")
    form.locator("[name=hours]").fill("周一至周六 8:30–11:30，13:00–17:30")
    form.locator("[name=phone]").fill("0510-8888 1234")
    _sent(page, "#station")


def _sent(page: Page, dialog: str) -> None:
    with page.expect_navigation():
        page.locator(f"{dialog} form button.btn-primary").click()


def _prints(window: Window, count: int) -> bytes:  # noqa: F811
    window.open("/papers")
    form = window.page.locator("form[action$='/papers/cards']")
    form.locator("[name=count]").fill(str(count))
    return opened(window.page, lambda: form.locator("button").click())


def _stock(window: Window) -> list[str]:  # noqa: F811
    """Printed, spoiled, handed out and left of the only grid with cards."""
    window.open("/papers")
    line = (
        window.page.locator("tr")
        .filter(has_text="区域g1")
        .filter(has_not=window.page.locator("form, button"))
    )
    return line.first.locator("td.text-end").all_inner_texts()


def _outside(sheet: bytes) -> Iterator[str]:
    """What is written outside a card, or so near its edge that scissors would touch it."""
    for page in PdfDocument(sheet):
        across, down = _cuts(page)
        assert (len(across), len(down)) == (3, 5), "two cards across, four down"
        text = page.get_textpage()
        said = text.get_text_range()
        for place, char in enumerate(said):
            left, low, right, high = text.get_charbox(place)
            inside = _between(left, right, across) and _between(low, high, down)
            if char.strip() and not inside:
                yield said[max(0, place - 9) : place + 1]


def _cuts(page: PdfPage) -> tuple[list[float], list[float]]:
    """Where the long lines of a page are: from the left, and from below."""
    across, down = set(), set()
    for line in page.get_objects(filter=[FPDF_PAGEOBJ_PATH]):
        left, low, right, high = line.get_bounds()
        if right - left > 150 * MM:
            down.add(round((low + high) / 2, 1))
        elif high - low > 150 * MM:
            across.add(round((left + right) / 2, 1))
    return sorted(across), sorted(down)


def _between(low: float, high: float, cuts: list[float]) -> bool:
    near = CUT * MM
    return any(one + near <= low and high <= other - near for one, other in pairwise(cuts))
