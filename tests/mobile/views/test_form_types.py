"""Every type of question can be answered on the phone, with hint, star, words and non-answers."""

import io
from collections.abc import Mapping
from datetime import datetime, timezone

import flet as ft
from PIL import Image

from mobile.views.state.house import House
from shared.files import file_ref
from tests.mobile.headless import Screen, story
from tests.mobile.views.surveying import a_photo, drag, picks, saved, survey, typed
from tests.mobile.views.worker import store_of


@story
async def test_a_question_has_a_hint_a_star_words_and_a_way_to_decline(house: House) -> None:
    screen = await survey(house)
    for words in ("欢迎", "请逐项填写", "经过 *", "一两句话", "已核对 *"):
        await screen.sees(words)

    await screen.type("q-rooms", "99")
    await screen.sees("太多了")
    await screen.tap("q-story-declined")

    await screen.until(lambda: typed(screen).get("story") == {"missing": "declined"})


@story
async def test_numbers_times_and_ranges(house: House) -> None:
    screen = await survey(house)

    await screen.type("q-area", "56.5")
    await screen.type("q-hour", "1430")
    await screen.tap("q-mood-4")
    slider = next(one for one in screen.controls() if isinstance(one, ft.Slider))
    screen.session.apply_patch(slider._i, {"value": 350.0})
    await screen.fire(slider, "change", 350.0)
    await screen.type("q-when", "2026-03-01 09:30")
    record = await saved(screen)

    assert record["area"] == 56.5
    assert record["hour"] == "14:30:00"
    assert (record["mood"], record["money"]) == (4, 350)
    assert datetime.fromisoformat(str(record["when"])).astimezone(timezone.utc).year == 2026  # noqa: UP017


@story
async def test_choices_in_all_their_looks(house: House) -> None:
    screen = await survey(house)

    await screen.tap("q-water-well")
    await screen.tap("q-taste-tap")
    await screen.type("q-pick-search", "河")
    await screen.until(lambda: screen.find("q-pick-tap") is None)
    await screen.tap("q-pick-river")
    await screen.tap("q-more-tap")
    await screen.tap("q-more-river")
    for code in ("well", "tap", "river"):
        await screen.tap(f"q-best-{code}")
    await screen.tap("q-best-tap-up")
    await screen.tap("q-best-river-out")
    record = await saved(screen)

    assert (record["water"], record["taste"], record["pick"]) == ("well", "tap", "river")
    assert record["more"] == ["river", "tap"]
    assert record["best"] == ["tap", "well"]


@story
async def test_a_place_is_taken_from_the_device_and_a_worse_one_does_not_replace_it(
    house: House,
) -> None:
    screen = await survey(house)
    reading = {"latitude": 31.5, "longitude": 120.3, "accuracy": 8.0, "altitude": 4.0}
    screen.client.answers["request_permission"] = lambda _name, _args: "whileInUse"
    screen.client.answers["get_current_position"] = lambda _name, _args: dict(reading)

    await screen.tap("q-spot-locate")
    await screen.sees("31.500000, 120.300000 ±8 m")
    reading |= {"latitude": 31.6, "accuracy": 50.0}
    await screen.tap("q-spot-locate")

    await screen.sees("新的定位不如原来准")
    spot = typed(screen)["spot"]
    assert spot == {"lat": 31.5, "lon": 120.3, "accuracy": 8.0, "alt": 4.0}


@story
async def test_a_place_can_be_typed_where_the_device_cannot_tell(house: House) -> None:
    screen = await survey(house)
    screen.client.answers["request_permission"] = lambda _name, _args: "denied"
    await screen.tap("q-spot-locate")
    await screen.sees("没有定位权限")

    await screen.type("q-spot", "31.49117, 120.31191")
    await screen.type("q-field", "31.1, 120.1; 31.2, 120.1; 31.2, 120.2")
    await screen.tap("q-field-2-out")
    record = await saved(screen)

    assert record["spot"] == {"lat": 31.49117, "lon": 120.31191, "accuracy": None}
    assert [point["lat"] for point in record["field"]] == [31.1, 31.2]  # type: ignore[attr-defined]


@story
async def test_a_photo_is_made_smaller_kept_and_shown(house: House) -> None:
    screen = await survey(house)
    picks(screen, "hydrant.jpg", a_photo())

    await screen.tap("q-photo-pick")
    await screen.sees("hydrant.jpg")

    await screen.until(lambda: any(isinstance(one, ft.Image) for one in screen.controls()))
    ref = file_ref((await saved(screen))["photo"])
    assert ref is not None
    with Image.open(io.BytesIO(store_of(screen).files.open(ref))) as kept:
        assert max(kept.size) == 200


@story
async def test_a_file_that_is_not_taken_says_why(house: House) -> None:
    screen = await survey(house)
    picks(screen, "setup.exe", b"MZ\x90\x00 junk")

    await screen.tap("q-paper-pick")

    await screen.until(lambda: "paper" not in typed_or_nothing(screen))
    await screen.sees("不")


def typed_or_nothing(screen: Screen) -> Mapping[str, object]:
    drafts = store_of(screen).drafts()
    return drafts[0].answers if drafts else {}


@story
async def test_a_signature_is_drawn_with_a_finger(house: House) -> None:
    screen = await survey(house)
    await screen.shows("q-sign-paper")
    pad = next(one for one in screen.controls() if isinstance(one, ft.GestureDetector))
    for event, x, y in (
        ("vertical_drag_down", 30, 120),
        ("tap_up", 30, 120),
        ("vertical_drag_down", 20, 20),
        ("vertical_drag_update", 80, 90),
        ("vertical_drag_update", 140, 20),
        ("vertical_drag_end", 140, 20),
    ):
        await screen.fire(pad, event, drag(x, y))

    await screen.until(lambda: file_ref(typed_or_nothing(screen).get("sign")) is not None)
    ref = file_ref(typed(screen)["sign"])
    assert ref is not None
    with Image.open(io.BytesIO(store_of(screen).files.open(ref))) as drawn:
        dark = sum(drawn.convert("L").histogram()[:100])
        assert drawn.getpixel((2 * 30, 2 * 120)) == 0, "a tap is a dot"
    assert dark > 500
    await screen.tap("q-sign-again")
    await screen.until(lambda: "sign" not in typed(screen))


@story
async def test_people_are_listed_one_by_one_and_inside_each_other(house: House) -> None:
    screen = await survey(house)

    await screen.tap("add-member")
    await screen.shows("q-member[1]/name")
    await screen.type("q-member[1]/name", "李芳")
    await screen.tap("add-member[1]/job")
    await screen.type("q-member[1]/job[1]/title", "店主")
    await screen.tap("add-member")
    await screen.type("q-member[2]/name", "李强")
    record = await saved(screen)

    assert record["member"] == [{"name": "李芳", "job": [{"title": "店主"}]}, {"name": "李强"}]


@story
async def test_a_person_is_taken_out_after_a_question_and_the_others_move_up(
    house: House,
) -> None:
    screen = await survey(house)
    for place, name in enumerate(("甲", "乙"), start=1):
        await screen.tap("add-member")
        await screen.type(f"q-member[{place}]/name", name)

    await screen.tap("remove-member[1]")
    await screen.sees("移除“成员 1”？")
    await screen.tap("confirm-yes")

    await screen.until(lambda: screen.find("q-member[2]/name") is None)
    assert screen.field("q-member[1]/name").value == "乙"
    assert typed(screen)["member"] == [{"name": "乙"}]


@story
async def test_an_owed_answer_inside_an_instance_keeps_it_from_being_saved(house: House) -> None:
    screen = await survey(house)
    await screen.type("q-story", "x")
    await screen.tap("q-more-tap")
    await screen.tap("add-member")

    await screen.tap("save")

    await screen.sees("姓名")
    await screen.sees("请填写这一项")
    assert store_of(screen).outbox() == ()


@story
async def test_the_form_counts_and_a_field_keeps_its_seat_when_instances_come(
    house: House,
) -> None:
    screen = await survey(house)
    await screen.type("q-story", "走访")
    seats = {name: screen.seat(name) for name in ("q-rooms", "q-area", "q-pin")}

    await screen.type("q-rooms", "2")
    await screen.shows("q-room[2]/use")
    await screen.shows("q-deeper")
    await screen.tap("add-member")
    await screen.shows("q-member[1]/name")

    assert {name: screen.seat(name) for name in seats} == seats
    assert screen.find("add-room") is None
    assert screen.field("q-pin").password


@story
async def test_what_the_form_notes_of_itself_is_filled_in(house: House) -> None:
    screen = await survey(house)
    await screen.type("q-rooms", "1")

    record = await saved(screen)

    assert str(record["began"]) <= str(record["ended"])
    assert record["who"] == store_of(screen).shelf.account.identity.worker


@story
async def test_an_instance_that_was_being_filled_in_is_found_again(house: House) -> None:
    screen = await survey(house)
    await screen.tap("add-member")
    await screen.type("q-member[1]/name", "李")
    address = screen.route

    await screen.go("/")
    await screen.go(address)

    await screen.shows("q-member[1]/name")
    assert screen.field("q-member[1]/name").value == "李"
