"""The worker's app in a real Chromium, driven as a hand does."""

import os
import re
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

IDENTIFIER = "flt-semantics-identifier"
PHONE = (412, 915)
READY_MS = 60_000
SOON_MS = 20_000
KEY_MS = 150
FOCUS_MS = 450
STILL_MS = 500
TYPED_AGAIN_MAX = 5
WHEEL = 320
WHEELS_MAX = 40
ALL = 20_000
TOP, BOTTOM = 70, 82
"""What the bars above and below may cover, in pixels."""


TARGET = 48
_TAPPED = "[role=button],[role=checkbox],[role=radio],[role=switch],[role=tab]"
_TOO_SMALL = f"""least => {{
  const cut = (one, box) => {{
    // What a scrolled list shows only in part is as large as the part that shows.
    for (let up = one.parentElement; up; up = up.parentElement) {{
      const around = up.getBoundingClientRect(), style = getComputedStyle(up)
      if (!/scroll|hidden/.test(style.overflowX + style.overflowY)) continue
      if (box.top <= around.top + 1 || box.bottom >= around.bottom - 1) return true
      if (box.left <= around.left + 1 || box.right >= around.right - 1) return true
    }}
    return false
  }}
  return [...document.querySelectorAll('{_TAPPED}')]
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width > 0 && !cut(one, box))
    .filter(([one, box]) => box.width < least - 1 || box.height < least - 1)
    .map(([one, box]) => `${{one.ariaLabel || one.innerText}}: ${{box.width}} x ${{box.height}}`)
}}"""
_NAMELESS = f"""() => [...document.querySelectorAll('{_TAPPED},input,textarea')]
  .filter(one => !(one.getAttribute('aria-label') || one.innerText || '').trim())
  // A slider is named by what it lies in.
  .filter(one => one.type !== 'range' || !one.closest('[aria-label]'))
  .map(one => one.outerHTML)"""


_GO = """address => {
  history.pushState(null, '', address)
  dispatchEvent(new PopStateEvent('popstate', {state: null}))
}"""


class WorkerApp:
    """One browser window with the app of one device."""

    def __init__(self, browser: Browser, url: str, *, size: tuple[int, int] = PHONE) -> None:
        self.size = size
        self.foreign: list[str] = []
        self.taps = self.swipes = self.typed = 0
        """Taps, swipes and characters typed so far: what a story costs a thumb."""
        self.begin(browser, url)

    def begin(self, browser: Browser, url: str) -> None:
        """Opens a window; also a new one, when the last one was closed."""
        width, height = self.size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN"
        )
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self._note(request.url))
        self.open(url)

    def open(self, url: str) -> None:
        """Opens the app, and the tree that screen readers see."""
        self.page.goto(url)
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=READY_MS)
        placeholder.evaluate("element => element.click()")
        self.page.locator(f"[{IDENTIFIER}]").first.wait_for(state="attached", timeout=READY_MS)

    def unlock(self, pin: str) -> None:
        """Opens the account that is locked."""
        self.type_pin(pin)
        self.awaits("sync-now")

    def type_pin(self, pin: str) -> None:
        """Types a PIN on the number pad."""
        expect(self.part("pin-dots")).to_have_text(re.compile("0"), timeout=SOON_MS)
        for place, digit in enumerate(pin, 1):
            self.tap(f"key-{digit}")
            expect(self.part("pin-dots")).to_have_text(re.compile(rf"\b{place}\b"))
        self.tap("key-ok")

    def go(self, place: int) -> None:
        """Goes to one of the four places: today, households, sync, settings."""
        tabs = self.page.get_by_role("tab")
        self.rest()
        while not tabs.count():
            self.tap("back")
            self.rest()
        self.taps += 1
        tabs.nth(place).click()

    def sync(self) -> str:
        """Presses sync and waits for what the app says of it."""
        self.go(2)
        self.tap("sync-now")
        self.rest()
        self.until(lambda: "…" not in self.words("sync-words"), "the sync ends")
        return self.words("sync-words")

    def find(self, query: str) -> None:
        """Types into the search of the households."""
        self.go(1)
        field = self.part("search").locator("input").first
        self._fill(field, query)
        self.rest()

    def open_household(self, said: str) -> None:
        """Opens the household in the list whose card says this."""
        self.page.get_by_role("button", name=re.compile(re.escape(said))).first.click()
        self.awaits("visit")

    def write(self, label: str, text: str) -> None:
        """Types an answer into the field of that label."""
        field = self.field(label)
        self.bring(field)
        self._fill(field, text)

    def field(self, label: str) -> Locator:
        """The field of that label, which has its hint behind it while it has the focus."""
        return self.page.get_by_label(re.compile(rf"^{re.escape(label)}( \*)?(\n|$)")).first

    def holds(self, label: str, text: str) -> None:
        """Waits until that field holds the text: the engine puts it there after the field."""
        self.until(lambda: self.field(label).input_value() == text, f"{label} holds {text}")

    def choose(self, identifier: str) -> None:
        """Taps a choice, scrolling to it."""
        self.bring(self.part(identifier))
        self.tap(identifier)

    def tap(self, identifier: str) -> None:
        """Taps the button of that name."""
        self._click(self.awaits(identifier))

    def tap_first(self, beginning: str) -> None:
        """Taps the first button whose name begins so."""
        part = self.page.locator(f'[{IDENTIFIER}^="{beginning}"]').first
        part.wait_for(state="attached", timeout=SOON_MS)
        self._click(part)

    def press(self, name: str) -> None:
        """Presses the first button that says this."""
        self.taps += 1
        button = self.page.get_by_role("button", name=re.compile(re.escape(name))).first
        button.click(timeout=SOON_MS)

    def bring(self, target: Locator) -> None:
        """Scrolls until the target is clear of the bars."""
        width, height = self.size
        self.page.mouse.move(width / 2, height / 2)
        for attempt in range(WHEELS_MAX):
            box = target.bounding_box() if target.count() else None
            if box and box["y"] >= TOP and box["y"] + box["height"] <= height - BOTTOM:
                return
            above = box["y"] < TOP if box else False
            # What is not there may lie further up or down: begin at the top.
            to_the_top = box is None and attempt == 0
            self.swipes += 1
            self.page.mouse.wheel(0, -ALL if to_the_top else -WHEEL if above else WHEEL)
            self.page.wait_for_timeout(KEY_MS)
        raise AssertionError(f"could not scroll to {target}\n{self.text()}")

    def awaits(self, identifier: str) -> Locator:
        """The part of that name, once it is there."""
        part = self.part(identifier)
        try:
            part.wait_for(state="attached", timeout=SOON_MS)
        except TooLate as error:
            raise AssertionError(f"no {identifier} on this screen:\n{self.text()}") from error
        return part

    def part(self, identifier: str) -> Locator:
        """The first part of that name."""
        return self.page.locator(f'[{IDENTIFIER}="{identifier}"]').first

    def go_to(self, address: str) -> None:
        """Goes to an address, as a link within the app would."""
        self.page.evaluate(_GO, address)
        self.rest()

    def words(self, identifier: str) -> str:
        """What a part says."""
        return self.part(identifier).inner_text()

    def text(self) -> str:
        """All that the screen says to a screen reader."""
        host = self.page.locator("flt-semantics-host")
        labels = host.locator("[aria-label]").evaluate_all(
            "parts => parts.map(part => part.getAttribute('aria-label'))"
        )
        return "\n".join([host.inner_text(), *labels])

    def says(self, words: str) -> None:
        """Waits until the screen says this."""
        self.until(lambda: words in self.text(), f"the screen says {words}")

    def reads(self, words: str) -> None:
        """Finds the words on this screen, scrolling through all of it."""
        width, height = self.size
        self.page.mouse.move(width / 2, height / 2)
        self.page.mouse.wheel(0, -ALL)
        seen = ""
        for _ in range(WHEELS_MAX):
            self.page.wait_for_timeout(KEY_MS)
            seen += self.text()
            if words in seen:
                return
            self.page.mouse.wheel(0, WHEEL)
        raise AssertionError(f"nowhere on this screen: {words}\n{seen}")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Waits for a condition, in bounded time."""
        for _ in range(SOON_MS // KEY_MS):
            with suppress(TooLate):
                if holds():
                    return
            self.page.wait_for_timeout(KEY_MS)
        raise AssertionError(f"it never came that {what}:\n{self.text()}")

    def picture(self, name: str) -> None:
        """Keeps a picture of the screen to be looked at, where the environment asks for them."""
        folder = os.environ.get("STORY_PICTURES")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png")

    def too_small(self, least: int = TARGET) -> list[str]:
        """What is tapped, is wholly on the screen, and is less than 48 pixels high or wide."""
        found: list[str] = self.page.evaluate(_TOO_SMALL, least)
        return found

    def nameless(self) -> list[str]:
        """What is tapped or typed into, and has no name for a screen reader."""
        found: list[str] = self.page.evaluate(_NAMELESS)
        return found

    def back(self) -> None:
        """One screen back."""
        self.tap("back")

    def close(self) -> None:
        """Closes the window."""
        self.context.close()

    def rest(self) -> None:
        """Waits until the screen has stopped changing: a finger is never faster than the list."""
        said = ""
        for _ in range(SOON_MS // STILL_MS):
            self.page.wait_for_timeout(STILL_MS)
            if said == (said := self.text()):
                return
        raise AssertionError(f"the screen never came to rest:\n{said}")

    def _fill(self, field: Locator, text: str) -> None:
        # The engine writes a field's text anew when it gets the focus, sooner or later: what was
        # typed too early is gone. A person would see that and type again.
        self.taps, self.typed = self.taps + 1, self.typed + len(text)
        for _ in range(TYPED_AGAIN_MAX):
            field.click()
            self.page.wait_for_timeout(FOCUS_MS)
            field.fill(text)
            self.page.wait_for_timeout(FOCUS_MS)
            # Once more: on a busy machine the first may have come before the engine listened.
            field.fill(text)
            self.page.wait_for_timeout(2 * KEY_MS)
            if field.input_value() == text:
                return
        raise AssertionError(f"could not type {text}\n{self.text()}")

    def _click(self, part: Locator) -> None:
        self.taps += 1
        button = part.locator("[role=button],[role=checkbox],[role=radio]")
        (button.first if button.count() else part).click(timeout=SOON_MS)

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "data:", "blob:", "ws://127.0.0.1")):
            self.foreign.append(url)
