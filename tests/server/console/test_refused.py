"""Changes that were not taken, at the desk: read, let in, corrected, sent back, refused."""

import re

import pytest

from server.register.waiting_room import Wanted
from shared.changes import ChangeKind
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone


@pytest.fixture
def refused(desk: Desk) -> tuple[FieldPhone, str]:
    """A worker of the first grid wrote a telephone number that is none: its household."""
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    where = (household, "household", desk.town.areas["g1"])
    at = desk.now - MINUTE
    with pytest.raises(AssertionError):
        phone.push(ChangeKind.SET, where, {"phone": "call me"}, at, base=2)
    return phone, household


def address(phone: FieldPhone) -> str:
    return f"/console/held/{phone.device.id}/{phone.n}"


def answers(desk: Desk, household: str) -> dict[str, object]:
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    return shown(record, desk.register.rules(desk.town.who.town, "household"))


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "有的答案不符合要求"), ("en", "Some answers")]
)
def test_the_list_and_the_page_say_why_and_what(
    desk: Desk, refused: tuple[FieldPhone, str], language: str, words: str
) -> None:
    browser = desk.signed_in("leader", language=language)

    listed, page = browser.get("/console/held"), browser.get(address(refused[0]))

    assert words in listed.text
    assert address(refused[0]) in listed.html
    assert words in page.text
    assert "call me" in page.text
    assert 'data-hotkey="1"' in page.html
    assert not re.search(r"refused\.\w", listed.text + page.text)  # every word is there


def test_it_is_corrected_at_the_desk(desk: Desk, refused: tuple[FieldPhone, str]) -> None:
    phone, household = refused
    browser = desk.signed_in("leader")
    page = browser.get(address(phone))
    base = re.search(r'name="base" value="(\d+)"', page.html)
    assert base

    wrong = browser.post(address(phone), deed="correct", base=base[1], phone="still none")
    assert answers(desk, household)["phone"] == "13900001111"
    assert "登记" in wrong.text
    done = browser.post(address(phone), deed="correct", base=base[1], phone="13955556666")

    assert "已改正并登记" in done.text
    assert answers(desk, household)["phone"] == "13955556666"
    again = browser.post(address(phone), deed="drop", words="晚了")
    assert "已经处理过" in again.text


def test_it_is_sent_back_with_a_word_and_not_without(
    desk: Desk, refused: tuple[FieldPhone, str]
) -> None:
    phone, _ = refused
    browser = desk.signed_in("community")

    silent = browser.post(address(phone), deed="return", words=" ")
    done = browser.post(address(phone), deed="return", words="请核对号码")

    assert "请先写明原因" in silent.text
    assert "已退回" in done.text
    [line] = desk.register.not_taken(desk.accounts["town"], Wanted.RETURNED)
    assert "请核对号码" in line.why.zh


def test_what_still_cannot_be_taken_says_so(desk: Desk, refused: tuple[FieldPhone, str]) -> None:
    page = desk.signed_in("leader").post(address(refused[0]), deed="release")

    assert "仍然不能收录" in page.text


def test_role_and_area_are_asked(desk: Desk, refused: tuple[FieldPhone, str]) -> None:
    auditor = desk.signed_in("auditor")
    assert desk.signed_in("leader").get("/console/held/nobody/1").status == 404
    assert auditor.get(address(refused[0])).status == 200
    assert "call me" not in auditor.get(address(refused[0])).html
    assert auditor.post(address(refused[0]), deed="drop", words="不").status == 403
    other = desk.phone("W2", "g3")
    where = ("nobody", "household", desk.town.areas["g3"])
    with pytest.raises(AssertionError):
        other.push(ChangeKind.CREATE, where, {"head_name": "甲", "phone": "x"}, desk.now)
    assert desk.signed_in("leader").get(address(other)).status == 404
    assert desk.signed_in("leader").post(address(other), deed="drop", words="不").status == 404
