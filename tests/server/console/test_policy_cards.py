"""Policy cards: written at the desk, published like forms, with every edition kept."""

import pytest

from server.forms.builtin import work_forms
from shared.forms.model import decode_form, encode_form
from shared.work.policy import POLICY_CARD, PolicyCard, cards_of, explaining, form_of_cards
from tests.server.console.world import Browser, Desk, Page


@pytest.fixture
def town(desk: Desk) -> Browser:
    for form in work_forms().values():
        desk.register.publish_form(desk.town.who.town, form)
    return desk.signed_in("town")


def save(browser: Browser, version: str, *explains: str, **more: str) -> Page:
    fields = {
        "version": version,
        "card": "new",
        "title_zh": "临时救助",
        "text_zh": "先救助，\r\n后补手续。",
        "explains": list(explains),
        **more,
    }
    return browser.post("/console/policy-cards/save", fields)


def cards(desk: Desk) -> tuple[PolicyCard, ...]:
    return cards_of(desk.register.forms(desk.town.who.town)[POLICY_CARD])


def test_a_card_that_is_saved_is_what_the_phones_are_told_to_fetch(
    desk: Desk, town: Browser
) -> None:
    page = save(town, "", "resident.assistance=temporary", "case.case_kind", "nonsense.item")

    [card] = cards(desk)
    phone = desk.phone("W1", "g1").device
    content = desk.register.form(phone.town, POLICY_CARD, "1")
    assert "手机下次同步后即可看到" in page.text
    assert card.text == {"zh": "先救助，\n后补手续。"}
    assert card.explains == ("resident.assistance=temporary", "case.case_kind")
    assert content is not None
    assert cards_of(decode_form(content)) == (card,)


def test_every_edition_is_kept_and_a_change_needs_the_newest_before_its_eyes(
    desk: Desk, town: Browser
) -> None:
    save(town, "")
    [card] = cards(desk)
    save(town, "1", card=card.name, title_zh="临时救助（新）", title_en="Temporary help")

    late = save(town, "1", card=card.name, title_zh="旧的改法")
    earlier = town.get("/console/policy-cards", version="1")

    assert cards(desk)[0].title == {"zh": "临时救助（新）", "en": "Temporary help"}
    assert "刚刚有人改过" in late.text
    assert "临时救助" in earlier.text
    assert "（新）" not in earlier.text
    assert "以前的版本" in earlier.text


def test_a_card_is_taken_out_and_its_name_is_not_given_again(desk: Desk, town: Browser) -> None:
    save(town, "")
    [first] = cards(desk)
    town.post("/console/policy-cards/drop", {"version": "1", "card": first.name})
    none_left = cards(desk)

    save(town, "2", title_zh="医保缴费")

    assert none_left == ()
    assert cards(desk)[0].name != first.name


def test_a_card_without_chinese_words_is_refused_and_others_only_read(
    desk: Desk, town: Browser
) -> None:
    assert "请填写中文标题和内容" in save(town, "", title_zh=" ").text
    save(town, "")

    reader = desk.signed_in("leader").get("/console/policy-cards")

    assert "先救助" in reader.text
    assert "新建政策卡" not in reader.text
    assert (
        POLICY_CARD not in desk.signed_in("town").get("/console/exports/new?list=households").html
    )


def test_cards_stand_next_to_a_question_and_to_the_choice_that_was_made() -> None:
    about_all = PolicyCard(name="a", title={}, text={}, explains=("resident.care",))
    about_one = PolicyCard(name="b", title={}, text={}, explains=("resident.care=lonely",))
    form = form_of_cards((about_all, about_one), "7")

    known = cards_of(decode_form(encode_form(form)))

    assert known == (about_all, about_one)
    assert explaining(known, "resident", "care") == (about_all,)
    assert explaining(known, "resident", "care", ("lonely", "x")) == (about_all, about_one)
    assert explaining(known, "household", "care", ("lonely",)) == ()
