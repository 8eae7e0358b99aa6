"""Consent at the door: the notice is at hand, and what was said goes with the visit, offline."""

from mobile.store import contact
from mobile.views.state.house import House
from shared.forms.model import encode_form
from shared.work.policy import NOTICE_CARD, PolicyCard, form_of_cards
from tests.mobile.headless import Screen, story
from tests.mobile.views.grid_work import switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, resident_id
from tests.mobile.views.worker import open_app, store_of

NOTICE = PolicyCard(
    name="privacy_notice",
    title={"zh": "个人信息告知书", "en": "Privacy notice"},
    text={
        "zh": "我们登记残疾情况，只用于安排服务。\n" * 20,
        "en": "For services, and nothing else.",
    },
    explains=("resident.consent", "visit.notices_given=privacy_notice"),
    edition="3",
)


def with_notice(near: Neighbourhood) -> House:
    house = switch_on(near)
    near.device.unlock(near.account.id, near.secret)
    form = form_of_cards([NOTICE], "5", NOTICE_CARD)
    contact.take_form(near.device.store.shelf, NOTICE_CARD, "5", encode_form(form))
    near.device.store.refill()
    near.device.lock()
    return house


async def open_member(screen: Screen) -> None:
    await screen.go(f"/households/{household_id(0)}")
    await screen.tap("visit")
    await screen.shows("outcome-done")
    await screen.tap("outcome-done")
    await screen.tap(f"visit-member-{resident_id(0)}")
    await screen.shows("q-consent")


def test_a_withdrawal_is_noted_during_a_visit_with_the_notice_that_was_shown(
    near: Neighbourhood,
) -> None:
    house = with_notice(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await open_member(screen)
        assert screen.find("q-disability") is not None
        await screen.tap("policy-privacy_notice")
        await screen.sees("我们登记残疾情况，只用于安排服务。")
        await screen.tap("fold-privacy_notice")
        await screen.gone("我们登记残疾情况，只用于安排服务。")
        await screen.tap("q-consent-withdrawn")
        await screen.sees("不再询问")
        assert screen.find("q-disability") is None
        assert screen.find("q-id_number") is None
        await screen.tap("q-consent_how-spoken")
        await screen.tap("done")
        await screen.shows("outcome-done")
        await screen.tap("save")
        await screen.sees("走访已保存在本机")
        sent = {one.record_kind: one for one in store_of(screen).outbox()}
        said = sent["resident"].units
        assert (said["consent"], said["consent_how"], said["consent_notice"]) == (
            "withdrawn", "spoken", "3",
        )  # fmt: skip
        (laid,) = store_of(screen).shelf.laid_over(resident_id(0))
        assert laid.change.visit == sent["visit"].record

    tell()


def test_what_somebody_excepts_is_not_asked(near: Neighbourhood) -> None:
    house = with_notice(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await open_member(screen)
        await screen.tap("q-consent-given")
        await screen.tap("q-consent_except-disability")
        await screen.until(lambda: screen.find("q-disability") is None)
        assert screen.find("q-assistance") is not None

    tell()
