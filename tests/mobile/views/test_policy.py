"""Policy cards on the phone: next to what they explain, and all together, without signal."""

from mobile.store import contact
from mobile.views.state.house import House
from shared.changes import Answer
from shared.forms.model import encode_form
from shared.work.policy import POLICY_CARD, PolicyCard, form_of_cards
from tests.mobile.headless import story
from tests.mobile.views.grid_work import switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, household_id
from tests.mobile.views.worker import open_app

TENURE = PolicyCard(
    name="card_1",
    title={"zh": "出租房登记", "en": "Rented homes"},
    text={"zh": "租房三日内登记。"},
    explains=("household.tenure=rented",),
)
LIVELIHOOD = PolicyCard(
    name="card_2",
    title={"zh": "临时救助"},
    text={"zh": "先救助，后补手续。"},
    explains=("case.case_kind=livelihood", "household.phone"),
)


def with_cards(near: Neighbourhood, *cards: PolicyCard, version: str = "1") -> House:
    house = switch_on(near)
    near.device.unlock(near.account.id, near.secret)
    form = form_of_cards(cards, version)
    contact.take_form(near.device.store.shelf, POLICY_CARD, version, encode_form(form))
    near.device.store.refill()
    near.device.lock()
    return house


def test_a_card_stands_next_to_its_item_and_its_category(near: Neighbourhood) -> None:
    house = with_cards(near, TENURE, LIVELIHOOD)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/households/{household_id(0)}")
        await screen.tap("edit")
        await screen.shows("q-phone")
        await screen.tap("q-tenure-own")
        await screen.until(lambda: screen.find("policy-card_1") is None)
        assert screen.find("policy-card_2") is not None
        await screen.tap("q-tenure-rented")
        await screen.shows("policy-card_1")
        await screen.tap("policy-card_1")
        await screen.sees("租房三日内登记。")
        await screen.go("/report")
        await screen.tap("report-livelihood")
        await screen.tap("policy-card_2")
        await screen.sees("先救助，后补手续。")

    tell()


def test_all_cards_are_looked_up_in_one_place(near: Neighbourhood) -> None:
    house = with_cards(near, TENURE, LIVELIHOOD)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks")
        await screen.tap("policy")
        await screen.shows("policy-card_1")
        await screen.type("policy-find", "救助")
        await screen.until(lambda: screen.find("policy-card_1") is None)
        await screen.tap("policy-card_2")
        await screen.sees("先救助，后补手续。")

    tell()


def test_another_edition_takes_the_place_of_the_one_before(near: Neighbourhood) -> None:
    with_cards(near, TENURE)
    near.device.unlock(near.account.id, near.secret)
    store = near.device.store
    again = form_of_cards((LIVELIHOOD,), "2")

    contact.take_form(store.shelf, POLICY_CARD, "2", encode_form(again))

    answer: Answer = "rented"
    assert store.known.policy.all() == (LIVELIHOOD,)
    assert store.known.policy.about("household", "tenure", answer) == ()


def test_a_town_without_cards_shows_no_way_to_them(near: Neighbourhood) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks")
        await screen.shows("to-report")
        assert screen.find("policy") is None

    tell()
