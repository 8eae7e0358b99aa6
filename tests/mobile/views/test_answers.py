"""Answers as a worker reads them, and a form as she fills it in, without a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from mobile.store.store import Store
from mobile.views.state.answers import Reader
from mobile.views.state.house import House
from mobile.views.state.sheet import Sheet, open_sheet
from mobile.views.state.tab import TabState
from mobile.views.words import Texts
from shared.forms.values import Missing
from tests.mobile.kit import FORMS
from tests.mobile.views.neighbourhood import PIN, Neighbourhood, household_id

HOUSEHOLD = FORMS["household"]


def reader(language: str = "zh") -> Reader:
    return Reader(HOUSEHOLD, Texts(language), lambda record: {"d1": "梧桐路18号"}.get(record, ""))


@pytest.mark.parametrize(
    ("unit", "value", "chinese", "english"),
    [
        ("tenure", "rented", "租住", "Rented"),
        ("people_count", 4, "4", "4"),
        ("phone", {"missing": "declined"}, "拒绝提供", "Declined"),
        ("phone", {"missing": "not_known"}, "不清楚", "Not known"),
        ("phone", None, "", ""),
        ("dwelling", "d1", "梧桐路18号", "梧桐路18号"),
        ("dwelling", "d2", "（不在本机）", "(not on this device)"),
        ("tenure", "a code of a newer form", "a code of a newer form", "a code of a newer form"),
        ("@deleted", True, "要求删除", "delete it"),
        ("a unit of a newer form", "x", "x", "x"),
    ],
)
def test_an_answer_is_read_in_words(unit: str, value: object, chinese: str, english: str) -> None:
    assert reader("zh").unit(unit, value) == chinese
    assert reader("en").unit(unit, value) == english


def test_several_choices_are_read_as_a_list() -> None:
    assert reader("zh").unit("marks", ["floating", "building_leader"]) == "流动户、楼长"
    assert reader("en").unit("marks", ["floating"]) == "Floating household"


def test_a_unit_is_called_by_its_question() -> None:
    assert reader("zh").name("phone") == "联系电话"
    assert reader("en").name("@grid") == "Grid"
    assert reader("en").name("newer") == "newer"


@contextmanager
def a_tab(home: Path) -> Iterator[TabState]:
    near = Neighbourhood(home, households=2)
    tab = TabState(House(near.device, near.clock))
    near.device.unlock(near.account.id, PIN)
    tab.entered(near.account.id)
    yield tab
    near.device.lock()


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[TabState]:
    with a_tab(tmp_path) as made:
        yield made


@pytest.fixture
def sheet(tab: TabState) -> Sheet:
    draft = tab.remember(tab.store.begin("household", household_id(0)))
    opened = open_sheet(tab, draft.id)
    assert opened is not None
    return opened


def test_an_answer_is_taken_at_once_and_kept_when_asked(tab: TabState, sheet: Sheet) -> None:
    sheet.answer("needs", "扶手")

    assert sheet.text("needs") == "扶手"
    assert tab.store.drafts() == ()
    sheet.keep()
    assert tab.store.drafts()[0].answers["needs"] == "扶手"


def test_only_touched_questions_are_told(sheet: Sheet) -> None:
    told: list[str] = []
    for name in ("needs", "phone", "tenure"):
        sheet.slot(name).watch(lambda name=name: told.append(name))  # type: ignore[misc]  # bound

    sheet.answer("needs", "扶手")

    assert told == ["needs"]


def test_the_sheet_itself_is_told_when_other_questions_are_asked(sheet: Sheet) -> None:
    before = sheet.version
    sheet.answer("needs", "扶手")
    assert sheet.version == before

    sheet.answer("tenure", "own" if sheet.text("tenure") == "rented" else "rented")

    assert sheet.version > before


def test_what_was_wrong_before_does_not_keep_her_from_saving(tab: TabState) -> None:
    store = tab.store
    draft = store.begin("resident", answers={"household": household_id(0), "name": "李小明"})
    store.save_drafts(draft.answered("phone", None))
    sheet = open_sheet(tab, tab.remember(store.begin("resident", draft.record)).id)
    assert sheet is not None

    sheet.answer("note", "学生")

    assert sheet.owed() == ()
    assert sheet.save()


def test_no_late_keystroke_brings_a_saved_draft_back(tab: TabState, sheet: Sheet) -> None:
    sheet.answer("people_count", 9)
    assert sheet.save()

    sheet.answer("people_count", 8)
    sheet.keep()

    assert tab.store.drafts() == ()


def test_declining_twice_takes_it_back(sheet: Sheet) -> None:
    sheet.say_missing("phone", Missing.DECLINED)
    assert sheet.missing("phone") is Missing.DECLINED
    assert sheet.text("phone") == ""

    sheet.say_missing("phone", Missing.DECLINED)

    assert sheet.missing("phone") is None


def test_a_draft_of_nobody_is_none(tab: TabState) -> None:
    assert open_sheet(tab, "nothing") is None


def test_a_record_that_is_being_registered_has_a_label(tab: TabState) -> None:
    store: Store = tab.store
    draft = store.keep(store.begin("household").answered("head_name", "欧阳娜娜"))

    assert tab.label(draft.record) == "欧阳娜娜"
    assert tab.label("nothing") == ""


def test_a_second_tap_on_save_saves_nothing_twice(tab: TabState) -> None:
    draft = tab.store.begin("resident", answers={"household": household_id(0), "name": "李小明"})
    sheet = open_sheet(tab, tab.remember(draft).id)
    assert sheet is not None

    taps = [Thread(target=sheet.save) for _ in range(4)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()

    assert len(tab.store.outbox()) == 1
