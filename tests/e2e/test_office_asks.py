"""The office asks, a worker answers at the door, her line loses a reply, and her phone dies."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.demo.processes import Children
from shared.merge import shown
from shared.records import Record
from tests.e2e.app import WorkerApp
from tests.e2e.casework import HOME, PIN, register_household
from tests.e2e.desk import Desk
from tests.e2e.running import Phone
from tests.e2e.test_shared import a_town, enrols
from tests.proxy import Line, faulty_line
from tests.server.a_town import ATown
from tests.server.listening import listening

TODAY, HOUSEHOLDS, SYNC, SETTINGS = range(4)
BEFORE, NOW_SAID, NEEDS = "13900010001", "13900014477", "想装扶手"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_question_is_answered_in_place_and_comes_to_the_desk_once(
    browser: Browser, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        town = a_town(tmp_path / "office")
        register_household(town, {"head_name": "李芳", "phone": BEFORE, "people_count": 1})
        url = stack.enter_context(listening(town.services))
        line = stack.enter_context(faulty_line(url))
        children = stack.enter_context(Children(tmp_path / "logs"))
        phone = Phone("phone", tmp_path / "phone", children)
        phone.start()
        desk = Desk(browser, url)
        desk.sign_in("admin1")
        app = WorkerApp(browser, phone.url)
        enrols(app, town, ("W1", PIN), line.url)

        desk.ask_about("household", HOME, "phone", "号码打不通，请当面核实")
        _she_answers_in_place(app, line)
        _her_first_reply_is_lost(app, line, town)
        desk.page.reload()
        assert "已核实，已更正" in desk.text()
        app = _her_phone_dies_in_the_middle_of_a_sync(app, browser, phone, line)
        app.until(lambda: _answers(town).get("needs") == NEEDS, "nothing is lost")
        assert app.foreign == desk.foreign == []


def _answers(town: ATown) -> dict[str, object]:
    """What the office's register says of the household."""
    rules = town.services.register.rules(town.who.town, "household")
    return dict(shown(_record(town), rules))


def _record(town: ATown) -> Record:
    record = town.services.register.record(town.who.town, HOME)
    assert record is not None
    return record


def _she_answers_in_place(app: WorkerApp, line: Line) -> None:
    app.sync()
    line.down = True
    app.go(TODAY)
    app.says("号码打不通，请当面核实")
    app.picture("asked-today")
    app.tap_first("question-")
    app.awaits("quick-as_it_is")
    app.picture("asked")
    assert app.too_small() + app.nameless() == []
    app.write("联系电话", NOW_SAID)
    app.tap("quick-corrected")
    app.picture("asked-answered")
    app.tap("save")
    app.says("回答已存在本机")


def _her_first_reply_is_lost(app: WorkerApp, line: Line, town: ATown) -> None:
    line.down = False
    line.lose_reply_to.append("/v1/push")
    app.sync()
    app.until(lambda: line.lost == ["/v1/push"], "her first reply is lost")
    assert _answers(town)["phone"] == NOW_SAID, "the office has it, and her phone does not know"
    version = _record(town).version

    words = app.sync()

    assert "等待上报" not in words
    assert _record(town).version == version, "nothing is applied twice"


def _her_phone_dies_in_the_middle_of_a_sync(
    app: WorkerApp, browser: Browser, phone: Phone, line: Line
) -> WorkerApp:
    app.find("lf")  # 李芳
    app.tap(f"household-{HOME}")
    app.tap("edit")
    app.write("诉求与需要", NEEDS)
    app.tap("save")
    app.awaits("visit")
    app.go(SYNC)
    line.stall_at = "POST"
    app.tap("sync-now")
    assert line.stalled.wait(20)
    phone.kill()
    line.stall_at = ""
    line.go_on.set()
    app.close()

    phone.start()
    again = WorkerApp(browser, phone.url)
    again.unlock(PIN)  # it syncs by itself
    return again
