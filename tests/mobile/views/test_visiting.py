"""Visits that spare a household: warnings with a reason, what follows, and taking one back."""

from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.kit import change_of, create, shown
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id, resident_id
from tests.mobile.views.worker import edit_phone, open_app, open_household, store_of

HOME = household_id(0)


def earlier(screen: Screen, day: str, outcome: str = "done", **more: str) -> str:
    """A visit that was made before."""
    store = store_of(screen)
    record = store.shelf.clock.new_id()
    made = {"household": HOME, "started": f"{day}:00+00:00", "mode": "door", "outcome": outcome}
    store.save([create("visit", record, **made, **more)])
    return record


async def visit(screen: Screen, outcome: str, *, reason: str = "") -> None:
    """Makes a visit that ends so."""
    await screen.go(f"/households/{HOME}")
    await screen.tap("visit")
    await screen.tap(f"outcome-{outcome}")
    if reason:
        await screen.tap(f"reason-{reason}")
    await screen.tap("save")


@story
async def test_too_early_a_visit_takes_a_reason(house: House) -> None:
    screen = await open_app(house)
    earlier(screen, "2026-09-18T10:00")

    await visit(screen, "done")

    await screen.sees("3 天前已有人走访，9月25日 前不再上门")
    await screen.until(lambda: screen.tab.notice == "请先选择为什么现在走访")
    assert len(store_of(screen).visits(HOME)) == 1
    await screen.tap("reason-resident_asked")
    await screen.tap("save")
    await screen.sees("走访已保存在本机")
    assert store_of(screen).visits(HOME)[0].reason == "resident_asked"


@story
async def test_an_emergency_is_never_in_the_way(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    earlier(screen, "2026-09-18T10:00", "refused")
    store.save([change_of(store, "household", HOME, visit_policy="no_visits")])

    await visit(screen, "done", reason="emergency")

    await screen.sees("走访已保存在本机")


@story
async def test_another_reason_is_written_down(house: House) -> None:
    screen = await open_app(house)
    earlier(screen, "2026-09-18T10:00")

    await visit(screen, "done", reason="other")
    await screen.until(lambda: screen.tab.notice == "请在走访记录里写明原因")
    await screen.type("q-note", "送达通知")
    await screen.tap("save")

    await screen.sees("走访已保存在本机")


@story
async def test_a_call_by_phone_needs_no_week_in_between(house: House) -> None:
    screen = await open_app(house)
    earlier(screen, "2026-09-18T10:00")
    await screen.go(f"/households/{HOME}")
    await screen.tap("visit")
    await screen.sees("还是要走访")

    await screen.tap("q-mode-phone")

    await screen.gone("还是要走访")


@story
async def test_three_tries_are_said_before_knocking(house: House) -> None:
    screen = await open_app(house)
    for day in ("2026-09-07T10:00", "2026-09-10T19:00", "2026-09-15T10:00"):
        earlier(screen, day, "nobody_home")

    await screen.go(f"/households/{HOME}")

    await screen.sees("多次没人在家，10月15日 前不再敲门")


@story
async def test_confirming_that_nothing_changed_takes_four_taps(house: House) -> None:
    screen = await open_app(house)
    await screen.go("/households")

    await screen.tap(f"household-{HOME}")
    await screen.tap("visit")
    await screen.tap("confirm-unchanged")
    await screen.tap("save")

    await screen.sees("今天核对过，无变化")
    assert store_of(screen).visits(HOME)[0].unchanged


@story
async def test_after_a_refusal_the_household_rests_for_ninety_days(house: House) -> None:
    screen = await open_household(house)

    await visit(screen, "refused")

    await screen.sees("12月20日 前不走访")
    found = shown(store_of(screen), HOME)
    assert (found["visit_policy"], found["no_visits_until"]) == ("no_visits", "2026-12-20")
    saves = {change.save for change in store_of(screen).outbox()}
    assert len(saves) == 1


@story
async def test_a_home_is_vacant_once_it_was_found_empty_twice(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)

    await visit(screen, "vacant")
    await screen.sees("走访已保存在本机")
    assert shown(store, dwelling_id(0))["status"] == "unknown"
    earlier(screen, "2026-08-01T10:00", "vacant")
    await visit(screen, "vacant")

    await screen.until(lambda: shown(store, dwelling_id(0))["status"] == "vacant")


@story
async def test_a_withdrawn_visit_leaves_the_register_as_it_was(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    await screen.tap("visit")
    await screen.tap("outcome-done")
    await edit_phone(screen, "13800138000")
    await screen.tap("save")
    await screen.sees("走访已保存在本机")
    made = store.visits(HOME)[0].id

    await screen.tap(f"withdraw-{made}")
    await screen.sees("撤回这次走访？")
    await screen.tap("confirm-yes")

    await screen.sees("走访已撤回")
    assert store.visits(HOME) == ()
    assert shown(store, HOME)["phone"] == "13900000000"
    assert shown(store, HOME).get("last_seen") is None


@story
async def test_what_was_changed_since_stays_when_a_visit_is_withdrawn(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    await visit(screen, "refused")
    await screen.sees("走访已保存在本机")
    near.office.push(store)
    near.office.bring(store)
    near.office.write(HOME, {"visit_policy": "phone_only"})
    near.office.bring(store)
    made = store.visits(HOME)[0].id

    await screen.tap(f"withdraw-{made}")
    await screen.tap("confirm-yes")

    await screen.sees("走访已撤回")
    assert shown(store, HOME)["visit_policy"] == "phone_only"
    assert shown(store, HOME).get("no_visits_until") is None


@story
async def test_a_corrected_visit_stands_for_the_wrong_one(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    await visit(screen, "refused")
    await screen.sees("走访已保存在本机")
    wrong = store.visits(HOME)[0]

    await screen.tap(f"correct-{wrong.id}")
    await screen.tap("outcome-nobody_home")
    await screen.tap("save")

    await screen.until(lambda: store.visits(HOME)[0].id != wrong.id)
    (right,) = store.visits(HOME)
    assert (right.outcome, right.corrects, right.started) == (
        "nobody_home",
        wrong.id,
        wrong.started,
    )
    assert shown(store, HOME)["visit_policy"] == "normal"
    gone = store.record(wrong.id)
    assert gone is not None
    assert gone.deleted
    await screen.sees("更正")


@story
async def test_a_person_registered_at_a_withdrawn_visit_goes_with_it(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    await screen.tap("visit")
    await screen.tap("outcome-done")
    await screen.tap("visit-member")
    await screen.type("q-name", "李小明")
    await screen.tap("done")
    await screen.tap("save")
    await screen.sees("走访已保存在本机")
    assert len(store.members(HOME)) == 2

    await screen.tap(f"withdraw-{store.visits(HOME)[0].id}")
    await screen.tap("confirm-yes")

    await screen.sees("走访已撤回")
    assert [member.id for member in store.members(HOME)] == [resident_id(0)]
