"""A household's page: what to know before knocking, and both answers where there are two."""

import msgspec
import pytest

from mobile.store import outbound
from mobile.views.state.house import House
from shared.changes import Change
from tests.mobile.headless import Screen, story
from tests.mobile.kit import change_of, create, tell
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, resident_id
from tests.mobile.views.worker import open_app, open_household, store_of

HOUR_MS = 3_600_000


def contest_phone(near: Neighbourhood, screen: Screen, number: int = 0) -> None:
    """A colleague and this worker have each given another phone number, unseen by the other."""
    store, household = store_of(screen), household_id(number)
    seen = near.office.records[household].version
    store.save([change_of(store, "household", household, phone="13800138000")])
    near.office.write(household, {"phone": "13911112222"}, base=seen)
    near.office.push(store)
    near.office.bring(store)


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"visit_policy": "appointment"}, "上门前请先预约"),
        ({"visit_policy": "phone_only"}, "请不要上门"),
        ({"visit_policy": "no_visits", "no_visits_until": "2027-02-18"}, "2027年2月18日 前不走访"),
        ({"needs": "希望加装扶手"}, "诉求：希望加装扶手"),
    ],
)
def test_how_to_visit_stands_above_everything(
    near: Neighbourhood, policy: dict[str, str], words: str
) -> None:
    @story
    async def told() -> None:
        screen = await open_app(House(near.device, near.clock))
        store = store_of(screen)
        store.save([change_of(store, "household", household_id(0), **policy)])

        await screen.go(f"/households/{household_id(0)}")

        await screen.sees(words)
        said = screen.words()
        assert said.index(words) < said.index("家庭成员")

    told()


@story
async def test_attempts_and_the_last_visit_are_said(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    for number in range(2):
        store.save(
            [
                create(
                    "visit",
                    store.shelf.clock.new_id(),
                    household=household_id(0),
                    started=f"2026-09-1{number}T09:00:00+08:00",
                    outcome="nobody_home",
                )
            ]
        )

    await screen.go(f"/households/{household_id(0)}")

    await screen.sees("最近连续 2 次没人在家")
    await screen.sees("共 2 次")


@story
async def test_two_answers_are_both_shown_with_who_and_when(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    contest_phone(near, screen)

    await screen.go(f"/households/{household_id(0)}")

    await screen.sees("联系电话有不同的答案")
    for words in ("13800138000", "13911112222", "李强", "我", "设备时间", "当前显示"):
        await screen.sees(words)
    await screen.sees("等办公室裁定")


@story
async def test_the_time_of_a_wrong_clock_stands_beside_the_corrected_one(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    store, household = store_of(screen), household_id(0)
    seen = near.office.records[household].version
    store.save([change_of(store, "household", household, phone="13800138000")])
    near.office.write(household, {"phone": "13911112222"}, base=seen)
    batch = outbound.next_batch(store.shelf)
    assert batch is not None
    change = msgspec.json.decode(batch.changes[0].raw, type=Change)
    result = near.office.take(batch.device, change, effective=change.at - 50 * HOUR_MS)
    tell(store, [result])
    near.office.bring(store)

    await screen.go(f"/households/{household}")

    await screen.sees("设备时间 今天")
    await screen.sees("校正后 9月")


@story
async def test_the_badge_of_anothers_change_goes_out_once_it_was_looked_at(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    near.office.write(household_id(1), {"people_count": 9})
    near.office.bring(store_of(screen))
    await screen.sees("1 户被他人修改过")

    await screen.go(f"/households/{household_id(1)}")
    await screen.shows("visit")
    await screen.go("/")

    await screen.shows("sync-words")
    await screen.gone("被他人修改过")


@story
async def test_a_member_opens_her_form(house: House) -> None:
    screen = await open_household(house)

    await screen.tap(f"member-{resident_id(0)}")

    await screen.sees("修改居民信息")
    assert screen.field("q-name").value == "李建国"


@story
async def test_a_household_that_is_not_here_says_so_and_leads_back(house: House) -> None:
    screen = await open_app(house)
    await screen.go("/households/01999999-0000-7000-8000-00000000ffff")

    await screen.sees("这户不在本机上")
    await screen.tap("to-list")

    await screen.sees("共 12 户")


@story
async def test_a_sensitive_answer_is_not_on_the_page(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    number = "330102195005170014"
    store.save([change_of(store, "resident", resident_id(0), id_number=number)])

    await screen.go(f"/households/{household_id(0)}")

    await screen.sees("家庭成员")
    assert number not in screen.words()
    await screen.tap(f"member-{resident_id(0)}")
    await screen.shows("q-id_number")
    assert screen.field("q-id_number").password
