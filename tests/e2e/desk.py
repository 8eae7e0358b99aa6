"""The console in a real Chromium."""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.running import PASSWORD

READABLE = 4.5
"""The contrast of words with their ground that WCAG asks for."""
_PALE = """least => {
  const ink = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
    .getContext('2d', {willReadFrequently: true})
  const laid = colours => {
    for (const colour of colours) { ink.fillStyle = colour; ink.fillRect(0, 0, 1, 1) }
    return [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0.05)
  }
  return [...document.querySelectorAll('.badge')].filter(one => one.innerText.trim()).map(one => {
    const grounds = [], style = part => getComputedStyle(part)
    for (let up = one; up; up = up.parentElement) grounds.unshift(style(up).backgroundColor)
    const ground = laid(grounds), words = laid([...grounds, style(one).color])
    return [one.innerText, Math.max(ground, words) / Math.min(ground, words)]
  }).filter(([, contrast]) => contrast < least).map(([words, contrast]) => `${words}: ${contrast}`)
}"""


class Desk:
    """One browser window with the console."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="zh-CN", accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        self.url = url
        self.foreign: list[str] = []
        self.page.on("request", lambda request: self._note(request.url))

    def sign_in(self, login: str) -> None:
        """Signs in."""
        self.page.goto(self.url)
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/console/")

    def check_table(self, table: Path, grid: str) -> dict[str, int]:
        """Uploads a table for a dry run; gives how many rows are new, bad ..."""
        self.go("imports")
        self.page.get_by_label("网格").select_option(label=grid)
        self.page.locator("#file").set_input_files(table)
        self.page.locator("form[action$='/check'] button[type=submit]").click()
        self.page.wait_for_url("**/imports/*")
        numbers = self.page.locator("[data-count]")
        return {
            str(numbers.nth(n).get_attribute("data-count")): int(numbers.nth(n).inner_text())
            for n in range(numbers.count())
        }

    def bad_rows(self) -> dict[int, str]:
        """The dry run's bad rows: row number and reason."""
        self.page.goto(self.page.url.split("?")[0] + "?state=bad")
        rows = self.page.locator("tr[data-state=bad]")
        return {
            int(str(rows.nth(n).get_attribute("data-row"))): rows.nth(n).inner_text()
            for n in range(rows.count())
        }

    def download_bad_rows(self, to: Path) -> Path:
        """Downloads the workbook of the bad rows."""
        with self.page.expect_download() as download:
            self.page.locator("a[href$='/bad-rows']").click()
        download.value.save_as(to)
        return to

    def commit_table(self) -> None:
        """Imports what the dry run showed."""
        self.page.locator("#commit").click()
        self.page.wait_for_load_state()

    def households(self) -> int:
        """How many households the dashboard counts."""
        self.go("")
        link = self.page.locator(".page-body a[href*='/households/list']").first
        number = re.search(r"\d+", link.inner_text())
        assert number, link.inner_text()
        return int(number[0])

    def add_worker(self, name: str, staff_no: str, grid: str) -> str:
        """Adds a worker of one grid, and gives the one-time code of her device."""
        self.go("workers/new")
        self.page.locator("#name").fill(name)
        self.page.locator("#staff_no").fill(staff_no)
        self.page.get_by_label(grid).check()
        self.page.get_by_role("button", name="新增").last.click()
        self.page.locator("form[action$='/code'] button").click()
        self.page.locator("#code").wait_for()
        return self.page.locator("#code").inner_text().strip()

    def fingerprint(self) -> str:
        """The words of the device that has just spent the code on this page."""
        words = self.page.locator("[data-words]")
        words.filter(has_text=" ").wait_for(timeout=20_000)
        return words.inner_text()

    def ask_about(self, kind: str, record: str, unit: str, comment: str) -> None:
        """Asks the first worker who can be asked about one answer of a record."""
        self.go(f"questions/new/{kind}/{record}")
        self.page.locator(f"#ask-{unit}").fill(comment)
        self.page.locator("form[action$='/ask'] button.btn-primary").click()
        self.page.wait_for_load_state()

    def open_conflict(self) -> None:
        """Opens the only conflict of the inbox."""
        self.go("conflicts")
        self.page.locator("a[href*='/console/conflicts/']").first.click()
        self.page.locator(".desk-side").first.wait_for()

    def candidates(self) -> list[str]:
        """What stands side by side, each with its origin."""
        return self.page.locator(".desk-side:not(.desk-other)").all_inner_texts()

    def decide(self, value: str) -> None:
        """Chooses one of the values."""
        side = self.page.locator(".desk-side").filter(has_text=value)
        side.get_by_role("button").click()
        self.page.wait_for_load_state()

    def go(self, place: str) -> None:
        """Opens a page of the console."""
        self.page.goto(f"{self.url}/console/{place}")

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("body").inner_text()

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "data:", "blob:")):
            self.foreign.append(url)

    def let_in(self) -> str:
        """Agrees to the one request of a forgotten PIN; the six words beside it."""
        self.go("devices")
        words = self.page.locator(".list-group-item .fs-3").inner_text()
        self.page.locator("form[action$='/agree'] button").click()
        self.page.wait_for_load_state()
        return words

    def picture(self, name: str) -> None:
        """Keeps a picture of the devices, as `keep` does."""
        if os.environ.get("STORY_PICTURES"):
            self.go("devices")
            self.keep(name)

    def keep(self, name: str) -> None:
        """Keeps a picture of this page to be looked at, where the environment asks for them."""
        folder = os.environ.get("STORY_PICTURES")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def pale(self) -> list[str]:
        """The badges of this page that cannot be read well, with their contrast, light and dark."""
        found: list[str] = []
        for scheme in ("dark", "light"):
            script = "scheme => document.documentElement.dataset.bsTheme = scheme"
            self.page.evaluate(script, scheme)
            found += self.page.evaluate(_PALE, READABLE)
        return found

    def mark_lost(self, name: str, reason: str) -> None:
        """Calls the device of that worker lost."""
        self.go("devices")
        line = self.page.locator("tr").filter(has_text=name)
        line.locator("[data-bs-toggle=dropdown]").click()
        line.locator("[data-stop=lost]").click()
        self.page.locator("#reason").fill(reason)
        self.page.locator("#stop .btn-danger").click()
        self.page.wait_for_load_state()

    def status_of(self, name: str) -> str:
        """What the list says of that worker's device."""
        self.go("devices")
        return self.page.locator("tr").filter(has_text=name).inner_text()
