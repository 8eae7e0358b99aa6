"""While a person or a home is typed in, whoever it may be already is shown, with why."""

from mobile.views.state.house import House
from tests.mobile.headless import story
from tests.mobile.views.neighbourhood import dwelling_id, household_id, resident_id
from tests.mobile.views.worker import open_app, open_household


@story
async def test_a_person_who_is_registered_elsewhere_is_shown_with_why(house: House) -> None:
    screen = await open_household(house)
    await screen.tap("add-member")

    await screen.type("q-name", "张伟")
    await screen.type("q-birth_date", "1952-05-17")

    await screen.sees("姓名相同、出生日期相同")
    await screen.tap(f"open-{resident_id(2)}")
    await screen.until(lambda: screen.route == f"/households/{household_id(2)}")


@story
async def test_a_home_that_is_there_already_is_shown_and_leads_to_its_building(
    house: House,
) -> None:
    screen = await open_app(house)
    await screen.go("/households")
    await screen.press_button("登记住户")
    await screen.tap("dwelling-new")

    await screen.type("q-code", "1-1-03-301")

    await screen.sees("门牌相同")
    await screen.tap(f"open-{dwelling_id(4)}")
    await screen.sees("2 单元")
