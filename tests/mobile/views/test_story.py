"""A household's past: who wrote what, what stood there before, and the way back."""

import io

import msgspec
from PIL import Image

from mobile.store import contact
from mobile.views.state.house import House
from shared.files import FileRef
from shared.forms.model import Question, QuestionType, encode_form
from shared.policies import PrivacyClass
from tests.mobile.headless import story
from tests.mobile.kit import FORMS, change_of, create, shown
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, record_id
from tests.mobile.views.worker import open_app, open_household, store_of

HOME = household_id(0)


@story
async def test_an_edit_stands_in_the_timeline_with_what_it_replaced(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)

    store.save([change_of(store, "household", HOME, phone="13800138000")])

    await screen.sees("联系电话：13900000000 → 13800138000")
    await screen.sees("我 · 今天")


@story
async def test_an_earlier_answer_is_restored_as_an_ordinary_edit(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    store.save([change_of(store, "household", HOME, phone="13800138000")])

    await screen.go(f"/households/{HOME}/answer/{HOME}/phone")
    await screen.sees("之前：13900000000")
    await screen.press_button("恢复为 13900000000")
    await screen.sees("这是一次普通修改")
    await screen.tap("confirm-yes")

    await screen.sees("已恢复")
    assert shown(store, HOME)["phone"] == "13900000000"
    assert [change.units for change in store.outbox()][-1] == {"phone": "13900000000"}


@story
async def test_a_fact_leads_to_where_it_came_from(house: House) -> None:
    screen = await open_household(house)

    await screen.tap("fact-phone")

    await screen.sees("这项信息的来历")
    await screen.sees("13900000000")
    await screen.sees("其他工作人员 · 今天")


@story
async def test_what_a_colleague_changed_is_said_above_the_household(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    near.office.write(HOME, {"people_count": 9})
    near.office.bring(store_of(screen))

    await screen.go(f"/households/{HOME}")

    await screen.sees("上次查看之后，他人改过")
    said = screen.words()
    assert said.index("上次查看之后") < said.index("家庭成员")


@story
async def test_a_sensitive_answer_is_named_but_not_said(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    member = store.members(HOME)[0].id
    store.save([change_of(store, "resident", member, id_number="330102195005170014")])

    await screen.sees("公民身份号码：（敏感信息")

    assert "330102195005170014" not in screen.words()


@story
async def test_what_is_missing_is_said_by_person(house: House) -> None:
    screen = await open_household(house)

    await screen.sees("信息完整度")
    await screen.sees("李建国：养老保险、医疗保险")


@story
async def test_the_whole_timeline_has_a_screen_of_its_own(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    for number in range(8):
        store.shelf.clock.tick()  # type: ignore[attr-defined]  # the test's clock
        store.save([change_of(store, "household", HOME, people_count=number + 20)])

    await screen.tap("story-all")

    await screen.sees("变动记录")
    await screen.sees("常住人数：20 → 21")
    assert len(screen.identifiers("told-")) > 8


def photo_of(near: Neighbourhood, colour: str) -> FileRef:
    """A photo that lies on the device."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return near.device.store.files.add(out.getvalue(), f"{colour}.jpg")


def asks_for_photos(near: Neighbourhood) -> None:
    """The town's visit form has two photos, one of them sensitive."""
    photos = [
        Question(
            name=name,
            path=f"/data/{name}",
            type=QuestionType.IMAGE,
            unit=name,
            label={"zh": name, "en": name},
            privacy=privacy,
        )
        for name, privacy in (("plate", PrivacyClass.PERSONAL), ("paper", PrivacyClass.SENSITIVE))
    ]
    visit = FORMS["visit"]
    form = msgspec.structs.replace(visit, version="9", children=(*visit.children, *photos))
    contact.take_form(near.device.store.shelf, "visit", "9", encode_form(form))
    near.device.store.refill()


def test_photos_of_a_visit_stand_in_the_timeline_but_no_sensitive_ones(near: Neighbourhood) -> None:
    near.device.unlock(near.account.id, near.secret)
    asks_for_photos(near)
    plate, paper = photo_of(near, "red"), photo_of(near, "blue")
    away = FileRef("a" * 64, 5000, "image/jpeg", "away.jpg")
    store = near.device.store
    for number, ref in enumerate((plate, away)):
        units = {"plate": ref.answer, "paper": paper.answer, "outcome": "done"}
        at = f"2026-09-2{number}T10:00:00+08:00"
        visit = create("visit", record_id(90_000 + number), household=HOME, started=at, **units)
        store.save([visit])
    near.device.lock()

    @story
    async def told() -> None:
        screen = await open_household(House(near.device, near.clock))

        await screen.shows(f"photo-{plate.sha256[:12]}")
        await screen.shows(f"fetch-{away.sha256[:12]}")
        assert screen.find(f"photo-{paper.sha256[:12]}") is None
        await screen.tap(f"fetch-{away.sha256[:12]}")
        await screen.sees("连不上服务器")

    told()
