"""A household's past: who wrote what, what stood there before, and the way back."""

from mobile.views.state.house import House
from tests.mobile.headless import story
from tests.mobile.kit import change_of, shown
from tests.mobile.views.neighbourhood import Neighbourhood, household_id
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
