"""A form with every type of question, filled in on a phone in a real Chromium, a screen reader on.

What the app kept is read from the device's store after the app was killed.
"""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator

from mobile.clock import Clock
from mobile.device import Device
from mobile.store import contact
from mobile.store.own import own_records
from mobile.views.state.drawn import SCALE
from server.demo.processes import Children
from shared.changes import Answer
from shared.files import file_ref
from shared.forms.model import Form, encode_form
from shared.forms.scope import Moment
from tests.e2e.app import KEY_MS, WorkerApp
from tests.e2e.every_type import KIND, every_type
from tests.e2e.running import Phone
from tests.mobile.kit import shown
from tests.mobile.views.neighbourhood import PIN, Neighbourhood

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STORY = "楼道灯不亮，\n已经报修"
STROKES = (
    ((0.1, 0.1), (0.1, 0.4), (0.1, 0.9)),
    ((0.2, 0.3), (0.3, 0.8), (0.5, 0.2)),
    ((0.6, 0.5), (0.98, 0.5)),
)
"""The first straight down; in parts of the sheet that is drawn on."""
INK_MIN = 1000
"""So many dark points has a picture of these strokes at least; an empty sheet has none."""
DARK = 100
RIGHT_MIN = 360
"""On this phone the sheet is 380 dp wide; the last stroke ends close to its edge."""
UNNAMED_ABOVE = """([x, y]) => document.elementsFromPoint(x, y)
  .slice(0, 1)
  .filter(one => !one.closest('[flt-semantics-identifier]'))
  .map(one => one.outerHTML)"""
"""What lies above all else at that point, if it is no part of a question."""


def test_what_is_typed_ranked_searched_drawn_and_listed_is_what_the_phone_keeps(
    browser: Browser, tmp_path: Path
) -> None:
    form = every_type()
    place = Neighbourhood(
        tmp_path / "phone", households=1, keystore=tmp_path / "phone.key", clock=Clock()
    )
    _brought(place, form)
    with Children(tmp_path / "logs") as children:
        phone = Phone("phone", tmp_path / "phone", children)
        phone.start()
        app = WorkerApp(browser, phone.url)
        _she_fills_it_in(app)
        assert app.foreign == []
        app.close()
        phone.kill()

    device = _unlocked(place)
    kept = _kept(device, form)
    assert kept["story"] == STORY
    assert kept["order"] == ["wires", "stairs"], "the first was lifted, the third left out"
    assert kept["street"] == "s4321"
    assert kept["money"] == 500
    assert kept["plate"] == "DP-329901-0007"
    assert kept["member"] == [{"called": "李芳", "age": 34, "job": [{"title": "店主"}]}]
    ink, right = _ink(device, kept["sign"])
    assert ink > INK_MIN
    assert right > RIGHT_MIN, "what stands at the right edge is not cut off"
    assert "sketch" not in kept, "nothing was drawn there"
    device.lock()


def _unlocked(place: Neighbourhood) -> Device:
    device = place.reopened()
    device.unlock(place.account.id, PIN)
    return device


def _brought(place: Neighbourhood, form: Form) -> None:
    """The form comes to the device, as a sync would bring it."""
    device = _unlocked(place)
    contact.take_form(device.store.shelf, KIND, form.version, encode_form(form))
    device.store.refill()
    device.lock()


def _she_fills_it_in(app: WorkerApp) -> None:
    app.unlock(PIN)
    app.choose(f"own-{KIND}")
    app.awaits("own-add")
    app.rest()
    app.tap("own-add")
    app.awaits("q-story")
    app.rest()
    assert app.page.evaluate(UNNAMED_ABOVE, _middle(app.field("经过"))) == []
    app.write("经过", STORY)
    app.write("输入文字查找", "4321")
    app.choose("q-street-s4321")
    for code in ("stairs", "wires", "gas"):
        app.choose(f"q-order-{code}")
    app.choose("q-order-wires-up")
    app.choose("q-order-gas-out")
    _slides(app, app.part("q-money-slider"))
    app.choose("q-sure")
    _draws(app, app.part("q-sign-paper"))
    app.write("门牌二维码", "DP-329901-0007")
    app.choose("add-member")
    app.write("姓名", "李芳")
    app.write("年龄", "34")
    app.choose("add-member[1]/job")
    app.write("职位", "店主")
    app.tap("save")
    app.awaits("own-add")
    app.says("楼道灯不亮")


def _middle(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _slides(app: WorkerApp, slider: Locator) -> None:
    """Taps the middle of the slider."""
    app.bring(slider)
    app.rest()
    app.page.mouse.click(*_middle(slider))
    app.rest()


def _draws(app: WorkerApp, paper: Locator) -> None:
    """Draws the strokes with a finger; the list around the sheet keeps its place."""
    app.bring(paper)
    app.rest()
    box = paper.bounding_box()
    assert box is not None
    hand = app.context.new_cdp_session(app.page)
    for stroke in STROKES:
        points = [
            {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in stroke
        ]
        hand.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            app.page.wait_for_timeout(KEY_MS)
            hand.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        app.rest()
        assert paper.bounding_box() == box, "a finger that goes down draws, and scrolls nothing"
    app.picture("every-answer-signed")


def _kept(device: Device, form: Form) -> Mapping[str, Answer]:
    (record,) = own_records(device.store, form, Moment(datetime.now(UTC)))
    return shown(device.store, record.id)


def _ink(device: Device, answer: Answer) -> tuple[int, int]:
    """How many dark points the picture has, and how far to the right the last of them lies, dp."""
    ref = file_ref(answer)
    assert ref is not None
    with Image.open(io.BytesIO(device.store.files.open(ref))) as drawn:
        dark = drawn.convert("L").point(lambda light: 255 * (light < DARK))
    around = dark.getbbox()
    assert around is not None
    return dark.histogram()[255], around[2] // SCALE
