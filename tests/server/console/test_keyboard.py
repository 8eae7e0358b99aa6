"""The console by keyboard alone: everything is reached, seen, and left again by Esc."""

import pytest
from playwright.sync_api import Page, expect

from tests.server.console.browsing import Window
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Desk

pytestmark = pytest.mark.browser
TABS_MAX = 400
WHAT_ACTS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
STEADY = """*, *::before, *::after
{ transition: none !important; animation: none !important; scroll-behavior: auto !important; }"""
UNSEEN = "; ".join(
    f"{name}: {value} !important"
    for name, value in (
        ("outline", "none"),
        ("box-shadow", "none"),
        ("border-color", "red"),
        ("background-color", "white"),
    )
)
MARK = """selector => {
  const look = (el) => { const s = getComputedStyle(el);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join() };
  window.looks = new Map();
  let n = 0;
  for (const el of document.querySelectorAll(selector)) {
    const box = el.getBoundingClientRect();
    const style = getComputedStyle(el);
    const folded = '[inert], .modal:not(.show), details:not([open]) > :not(summary)';
    if (el.disabled || el.type === 'hidden' || el.tabIndex < 0 || el.closest(folded)) continue;
    if (box.width === 0 || style.visibility === 'hidden') continue;
    el.dataset.tested = n++;
    window.looks.set(el.dataset.tested, look(el));
  }
  window.look = look;
  return n;
}"""
HERE = """() => { const el = document.activeElement;
  const known = el.dataset.tested;
  if (known === undefined) return null;
  const box = el.getBoundingClientRect();
  return { n: known, seen: window.look(el) !== window.looks.get(known),
    inside: box.bottom > 0 && box.top < innerHeight, said: el.outerHTML.slice(0, 120),
    group: el.type === 'radio' ? el.name : '' } }"""
WITHIN = """() => { const el = document.activeElement;
  return el === document.body || !!el.closest('#reveal') }"""
MISSED = """known => [...document.querySelectorAll('[data-tested]')]
  .filter((el) => !known.includes(el.dataset.tested) && el.type !== 'radio')
  .map((el) => el.outerHTML.slice(0, 120))"""


@pytest.fixture
def places(desk: Desk) -> dict[str, str]:  # noqa: F811
    household, conflict, phone = desk.contested()
    return {"household": household, "conflict": conflict, "worker": phone.device.worker_id}


@pytest.mark.parametrize(
    "path",
    [
        "/review",
        "/conflicts/{conflict}",
        "/households/list",
        "/households/detail?pk={household}",
        "/accounts",
        "/areas",
        "/me",
        "/workers/{worker}",
    ],
)
def test_every_action_of_a_page_is_reached_and_seen(
    window: Window,  # noqa: F811
    places: dict[str, str],
    path: str,
) -> None:
    window.sign_in("town")
    window.open(path.format(**places))
    page = window.page
    page.add_style_tag(content=STEADY)
    count = page.evaluate(MARK, WHAT_ACTS)
    assert 20 < count < TABS_MAX

    met = walked(page, count)

    assert [each["said"] for each in met.values() if not each["seen"]] == []
    assert [each["said"] for each in met.values() if not each["inside"]] == []
    assert page.evaluate(MISSED, list(met)) == []


def test_what_hides_its_focus_or_is_passed_over_is_found_out(window: Window) -> None:  # noqa: F811
    window.sign_in("town")
    page = window.page
    page.add_style_tag(content=f"{STEADY} header a {{ {UNSEEN} }}")
    count = page.evaluate(MARK, WHAT_ACTS)
    page.evaluate("() => { document.querySelector('header input').tabIndex = -1 }")

    met = walked(page, count)

    assert [each["said"] for each in met.values() if not each["seen"]] != []
    assert len(page.evaluate(MISSED, list(met))) == 1


def test_the_first_tab_leads_past_the_menu(window: Window) -> None:  # noqa: F811
    window.sign_in("town")
    window.open("/households/list")
    page = window.page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("() => !!document.activeElement.closest('main')")


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(
    window: Window,  # noqa: F811
    places: dict[str, str],
) -> None:
    window.sign_in("town")
    window.open(f"/households/detail?pk={places['household']}")
    page = window.page
    opener = page.locator("[data-bs-target='#reveal']").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reveal-reason")).to_be_focused()

    for _ in range(8):
        page.keyboard.press("Tab")
        # Between the last and the first it is the browser's own: never on what lies behind.
        assert page.evaluate(WITHIN)
    page.locator("#reveal-reason").focus()
    page.keyboard.press("Escape")

    expect(page.locator("#reveal")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("where", ["outside", "coming_in", "in_a_menu"])
def test_esc_leaves_a_dialog_wherever_the_focus_is(
    window: Window,  # noqa: F811
    places: dict[str, str],
    where: str,
) -> None:
    window.sign_in("town")
    page = window.page
    if where == "in_a_menu":
        window.open("/accounts")
        back = page.locator("tbody [data-bs-toggle=dropdown]").first
        back.click()
        page.locator("[data-bs-target='#password-new']:visible").first.click()
        dialog = page.locator("#password-new")
        expect(page.locator("#password-new-field")).to_be_focused()
    else:
        window.open(f"/households/detail?pk={places['household']}")
        back, dialog = page.locator("[data-bs-target='#reveal']").first, page.locator("#reveal")
        back.click()
        expect(dialog).to_be_visible()
    if where == "outside":
        expect(page.locator("#reveal-reason")).to_be_focused()
        page.evaluate("() => document.activeElement.blur()")

    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(back).to_be_focused()


def test_a_menu_is_opened_walked_and_left_by_keys(window: Window, places: dict[str, str]) -> None:  # noqa: F811
    window.sign_in("town")
    window.open("/accounts")
    page = window.page
    opener = page.locator("tbody [data-bs-toggle=dropdown]").first
    opener.focus()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dropdown-menu.show a.dropdown-item").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dropdown-menu.show button.dropdown-item").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#password-new-field")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#password-new")).to_be_hidden()
    opener.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    expect(page.locator(".dropdown-menu.show")).to_have_count(0)


@pytest.mark.parametrize("path", ["/review", "/households/list", "/workers", "/devices"])
def test_what_a_click_on_a_line_opens_a_key_opens_too(
    window: Window,  # noqa: F811
    places: dict[str, str],
    path: str,
) -> None:
    window.sign_in("town")
    window.open(path)

    without = window.page.evaluate(
        """() => [...document.querySelectorAll('tr[data-href], tr[data-sa-href]')]
          .filter((row) => ![...row.querySelectorAll('a[href]')].some((link) =>
            link.getAttribute('href') === (row.dataset.href || row.dataset.saHref)))
          .map((row) => row.outerHTML.slice(0, 160))"""
    )

    assert window.page.locator("tbody tr").count() > 0
    assert without == []


def walked(page: Page, count: int) -> dict[str, dict[str, object]]:
    """What Tab comes to, each once, until it comes to nothing new."""
    met: dict[str, dict[str, object]] = {}
    page.evaluate("() => document.activeElement.blur()")
    for _ in range(count + 10):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is not None:
            met.setdefault(here["n"], here)
    return met
