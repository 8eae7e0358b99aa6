"""Any form: every keystroke is an answer at once and a sealed draft soon; saving is one save."""

from pathlib import Path

import flet as ft

from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.kit import shown
from tests.mobile.views.neighbourhood import Neighbourhood, household_id
from tests.mobile.views.test_household import contest_phone
from tests.mobile.views.worker import open_app, open_household, store_of


async def edit(house: House, number: int = 0) -> Screen:
    """The form of a household."""
    screen = await open_household(house, number)
    await screen.tap("edit")
    await screen.shows("q-head_name")
    return screen


@story
async def test_a_question_shows_its_hint_and_that_it_is_required(house: House) -> None:
    screen = await edit(house)

    await screen.sees("户主姓名 *")
    await screen.sees("社区自己的编号，没有可不填。")
    await screen.sees("房屋性质 *")


@story
async def test_a_wrong_answer_is_said_while_it_is_typed_and_stays_in_its_field(
    house: House,
) -> None:
    screen = await edit(house)

    await screen.type("q-people_count", "4x")

    await screen.sees("请填写整数")
    assert screen.field("q-people_count").value == "4x"
    await screen.type("q-people_count", "4")
    await screen.gone("请填写整数")


@story
async def test_fast_typing_loses_nothing(house: House) -> None:
    screen = await edit(house)
    text = "今天上午去了，老人说楼道灯不亮，需要报修。"

    for end in range(1, len(text) + 1):
        await screen.type("q-needs", text[:end])

    assert screen.field("q-needs").value == text
    await screen.until(lambda: _draft(screen)["needs"] == text)


@story
async def test_a_question_appears_when_another_answer_calls_for_it(house: House) -> None:
    screen = await edit(house, 1)
    assert screen.find("q-landlord_name") is None

    await screen.tap("q-tenure-rented")
    await screen.shows("q-landlord_name")
    await screen.tap("q-tenure-own")

    await screen.until(lambda: screen.find("q-landlord_name") is None)


@story
async def test_declined_is_an_answer_and_can_be_taken_back(house: House) -> None:
    screen = await edit(house)

    await screen.tap("q-phone-declined")
    await screen.until(lambda: screen.field("q-phone").value == "")
    await screen.tap("save")
    await screen.shows("visit")

    assert shown(store_of(screen), household_id(0))["phone"] == {"missing": "declined"}


@story
async def test_several_choices_can_be_taken_and_taken_back(house: House) -> None:
    screen = await edit(house)

    await screen.tap("q-marks-floating")
    await screen.tap("q-marks-building_leader")
    await screen.tap("q-marks-floating")
    await screen.tap("save")
    await screen.shows("visit")

    assert shown(store_of(screen), household_id(0))["marks"] == ["building_leader"]


@story
async def test_saving_is_one_save_of_what_really_changed(house: House) -> None:
    screen = await edit(house)

    await screen.type("q-phone", "13800138000")
    await screen.type("q-people_count", "5")
    await screen.tap("save")

    await screen.sees("已保存在本机")
    store = store_of(screen)
    (change,) = store.outbox()
    assert change.units == {"phone": "13800138000", "people_count": 5}
    assert store.drafts() == ()


@story
async def test_what_is_missing_is_named_and_brought_into_view(house: House) -> None:
    screen = await edit(house)

    await screen.type("q-head_name", "")
    await screen.tap("save")

    await screen.sees("还差：户主姓名")
    await screen.sees("请填写这一项")
    assert store_of(screen).outbox() == ()
    assert screen.client.invoked[-1][0] == "scroll_to"


@story
async def test_leaving_keeps_the_draft_and_today_leads_back_to_it(house: House) -> None:
    screen = await edit(house)
    await screen.type("q-needs", "想装扶手")
    await screen.tap("back")
    await screen.shows("visit")

    await screen.go("/")
    await screen.sees("接着填写")
    await screen.tap(screen.identifiers("begun-")[0])

    await screen.shows("q-needs")
    assert screen.field("q-needs").value == "想装扶手"


@story
async def test_a_killed_app_reopens_the_form_at_the_same_question(
    near: Neighbourhood, tmp_path: Path
) -> None:
    screen = await edit(House(near.device, near.clock))
    await screen.type("q-people_count", "7")
    await screen.type("q-access_note", "敲三下")
    address = screen.route
    near.device.lock()  # as a kill: nothing else is told

    again = House(near.reopened(), near.clock)
    screen = await open_app(again)
    await screen.go(address)

    await screen.shows("q-access_note")
    assert screen.field("q-access_note").value == "敲三下"
    assert screen.field("q-people_count").value == "7"
    assert screen.field("q-access_note").autofocus
    assert not screen.field("q-people_count").autofocus


@story
async def test_an_untouched_form_leaves_no_draft(house: House) -> None:
    screen = await edit(house)

    await screen.tap("back")
    await screen.shows("visit")

    assert store_of(screen).drafts() == ()


@story
async def test_discarding_asks_first(house: House) -> None:
    screen = await edit(house)
    await screen.type("q-needs", "x")

    await screen.tap("drop")
    await screen.sees("放弃这份草稿？")
    await screen.tap("confirm-no")
    await screen.gone("放弃这份草稿？")
    assert len(store_of(screen).drafts()) == 1
    await screen.tap("drop")
    await screen.tap("confirm-yes")

    await screen.shows("visit")
    assert store_of(screen).drafts() == ()


@story
async def test_a_draft_that_is_gone_says_so(house: House) -> None:
    screen = await open_household(house)

    await screen.go(f"/households/{household_id(0)}/form/01999999-0000-7000-8000-00000000ffff")

    await screen.sees("这份草稿不在了")
    await screen.tap("form-back")
    await screen.shows("visit")


@story
async def test_a_day_may_be_typed_as_eight_digits_or_picked(house: House) -> None:
    screen = await edit(house)

    await screen.type("q-living_since", "20200501")
    await screen.until(lambda: screen.field("q-living_since").value == "2020-05-01")
    await screen.tap("pick-living_since")
    await screen.until(lambda: _picker(screen) is not None)
    picker = _picker(screen)
    assert picker is not None
    screen.session.apply_patch(picker._i, {"value": _midnight(2021, 6, 7)})
    await screen.fire(picker, "change", None)

    await screen.until(lambda: screen.field("q-living_since").value == "2021-06-07")


@story
async def test_the_other_answer_stands_under_the_question_that_waits(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    contest_phone(near, screen)
    await screen.go(f"/households/{household_id(0)}")

    await screen.tap("edit")

    await screen.sees("联系电话有不同的答案")
    await screen.sees("13911112222")


@story
async def test_a_form_is_in_the_language_of_the_app(house: House) -> None:
    house.prefer(language="en")
    screen = await edit(house)

    await screen.sees("Head of household *")
    await screen.sees("Declined")
    await screen.type("q-people_count", "x")
    await screen.sees("Enter a whole number")


def _draft(screen: Screen) -> dict[str, object]:
    (draft,) = store_of(screen).drafts()
    return draft.answers


def _picker(screen: Screen) -> ft.DatePicker | None:
    return next((one for one in screen.controls() if isinstance(one, ft.DatePicker)), None)


def _midnight(year: int, month: int, day: int) -> object:
    from datetime import datetime

    return datetime(year, month, day).astimezone()
