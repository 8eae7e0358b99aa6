"""Complaints and suggestions about the app: who wrote them, and the answer that goes back."""

import pytest

from server.forms.builtin import work_forms
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    for form in work_forms().values():
        desk.register.publish_form(desk.town.who.town, form)
    return desk.phone("W1", "g1", "g3")


def said(phone: FieldPhone, desk: Desk, text: str, grid: str = "g1", wants: str = "yes") -> str:
    units = {"feedback_kind": "complaint", "text": text, "answer_wanted": wants}
    return phone.create("feedback", desk.town.areas[grid], units, desk.now - MINUTE)


def test_an_answer_is_part_of_the_record_that_the_phone_has(desk: Desk, phone: FieldPhone) -> None:
    opinion = said(phone, desk, "同步太慢")
    leader = desk.signed_in("leader")
    before = leader.get("/console/feedback")

    after = leader.post(f"/console/feedback/{opinion}", {"answer": "已转给厂家，下周答复。"})

    record = desk.register.record(desk.town.who.town, opinion)
    assert record is not None
    rules = desk.register.rules(desk.town.who.town, "feedback")
    assert "1 条等待答复" in before.text
    assert "同步太慢" in before.text
    assert "工W1" in before.text
    assert shown(record, rules)["answer"] == "已转给厂家，下周答复。"
    assert "没有等待答复的意见" in after.text


def test_those_who_wait_for_an_answer_stand_first(desk: Desk, phone: FieldPhone) -> None:
    said(phone, desk, "字太小", wants="yes")
    said(phone, desk, "随便说说", wants="no")

    page = desk.signed_in("leader").get("/console/feedback").text

    assert page.index("字太小") < page.index("随便说说")
    assert "不要求答复" in page


def test_other_grids_opinions_are_neither_seen_nor_answered(desk: Desk, phone: FieldPhone) -> None:
    elsewhere = said(phone, desk, "别处的意见", "g3")
    leader, auditor = desk.signed_in("leader"), desk.signed_in("auditor")

    assert "别处的意见" not in leader.get("/console/feedback").text
    assert leader.post(f"/console/feedback/{elsewhere}", {"answer": "好"}).status == 404
    assert auditor.post(f"/console/feedback/{elsewhere}", {"answer": "好"}).status == 403
    assert "别处的意见" in auditor.get("/console/feedback").text
