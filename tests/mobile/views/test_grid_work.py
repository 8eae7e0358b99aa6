"""Grid work at the door: a report in three taps, and a case to its end."""

from datetime import datetime

import flet as ft
import pytest

from mobile.views.state.house import House
from mobile.views.state.work.reporting import MUST_REPORT
from shared.changes import Answer
from shared.work.rules import TOWN_ZONE
from shared.work.values import Phase
from tests.mobile.control_tree import walk
from tests.mobile.headless import DESK, PHONE, Screen, story
from tests.mobile.views.grid_work import closed, phase, sent, switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, record_id
from tests.mobile.views.worker import open_app, store_of

CASE, STEP, OTHER = (record_id(number) for number in (80_001, 80_002, 80_005))
REPORTED: dict[str, Answer] = {
    "case_kind": "hazard",
    "text": "楼道堆物",
    "urgency": "normal",
    "discovered_at": "2026-09-18T09:00:00+08:00",
}


def switch(screen: Screen, identifier: str) -> ft.Switch:
    found = screen.find(identifier)
    assert found is not None
    return next(one for one in walk(found) if isinstance(one, ft.Switch))


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_must_be_reported_is_one_tap_away_from_every_screen(
    near: Neighbourhood, size: tuple[float, float]
) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house, size=size)
        places = ["/", "/households", "/sync", "/settings", "/buildings", "/tasks", "/tasks/nil"]
        for route in [*places, f"/households/{household_id(0)}"]:
            await screen.go(route)
            await screen.shows("report")
        await screen.tap("report")
        await screen.shows("must-hazard")
        assert screen.identifiers("must-") == [
            f"must-{sort}" for sort in MUST_REPORT if sort != "maternal"
        ]

    tell()


def test_a_hazard_is_reported_in_three_taps_and_a_sentence(near: Neighbourhood) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.tap("report")
        await screen.tap("must-hazard")
        await screen.type("q-text", "煤气味很重")
        await screen.tap("save")
        await screen.sees("受理编号")
        case = sent(screen, "case")[0]
        assert case.units["must_report"] == case.units["case_kind"] == "hazard"
        assert case.units["urgency"] == "urgent"
        assert phase(screen, case.record) is Phase.WAITING
        await screen.go("/")
        await screen.shows(f"case-{case.record}")  # today, although it is due in three days

    tell()


def test_from_a_households_page_the_report_is_about_that_household(near: Neighbourhood) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/households/{household_id(0)}")
        await screen.tap("report")
        await screen.tap("report-livelihood")
        await screen.type("q-text", "住院费负担重")
        await screen.tap("save")
        await screen.sees("受理编号")
        assert sent(screen, "case")[0].units["household"] == household_id(0)
        await screen.go(f"/households/{household_id(0)}")
        await screen.sees("住院费负担重")
        await screen.tap("report")
        await screen.tap("elsewhere")
        await closed(screen, "elsewhere")
        await screen.tap("must-hazard")
        await screen.type("q-text", "路灯不亮")
        await screen.tap("save")
        await screen.sees("受理编号")
        assert "household" not in sent(screen, "case")[1].units

    tell()


def test_what_is_solved_on_the_spot_is_closed_with_the_same_save(near: Neighbourhood) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/report")
        await screen.tap("report-environment")
        await screen.type("q-text", "垃圾堆在门口")
        await screen.fire(switch(screen, "solved"), "change", True)
        await screen.shows("solved-how")
        await screen.type("solved-how", "已请保洁清走")
        await screen.tap("save")
        await screen.sees("已请保洁清走")
        [case], [step] = sent(screen, "case"), sent(screen, "case_step")
        assert (case.save, step.units["on_spot"]) == (step.save, "yes")
        assert phase(screen, case.record) is Phase.DONE

    tell()


def test_a_case_is_handled_without_signal_and_raised_with_a_reason(near: Neighbourhood) -> None:
    house = switch_on(near, **{CASE: ("case", REPORTED)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.sees("楼道堆物")
        await screen.tap(f"case-{CASE}")
        await screen.tap("step-escalate")
        await screen.tap("save")
        await screen.shows("owed")
        await screen.type("q-reason", "要消防来看")
        await screen.tap("save")
        await screen.sees("要消防来看")
        assert "step-close" not in screen.identifiers("step-")  # the community has it now
        assert sent(screen, "case_step")[0].units["turn"] == "0"

    tell()


def test_an_own_step_is_kept_beside_what_the_office_decided_meanwhile(near: Neighbourhood) -> None:
    theirs: dict[str, Answer] = {
        "case": CASE, "action": "close", "level": "grid", "turn": "0", "text": "同事已清理",
    }  # fmt: skip
    house = switch_on(near, **{CASE: ("case", REPORTED)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/tasks/case/{CASE}")
        await screen.tap("step-close")
        await screen.tap("save")
        await screen.sees("尚未上报")
        near.office.write(STEP, theirs, kind="case_step")
        near.office.bring(store_of(screen))
        await screen.sees("同事已清理")
        await screen.sees("此条保留备查")
        assert phase(screen, CASE) is Phase.DONE

    tell()


def test_what_was_reported_twice_is_joined_on_the_phone(near: Neighbourhood) -> None:
    twice: dict[str, Answer] = {**REPORTED, "text": "二单元楼道有杂物"}
    house = switch_on(near, **{CASE: ("case", REPORTED), OTHER: ("case", twice)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/tasks/case/{OTHER}")
        await screen.tap("step-duplicate")
        await screen.tap(f"same-{CASE}")
        await screen.tap("confirm-yes")
        await screen.sees("楼道堆物")
        assert phase(screen, OTHER) is Phase.MERGED
        assert sent(screen, "case_step")[0].units["same_as"] == CASE
        await screen.go(f"/tasks/case/{OTHER}")
        await screen.shows("same-as")

    tell()


def test_a_households_page_lists_what_is_done_for_it_and_what_was(near: Neighbourhood) -> None:
    home = household_id(0)
    ended: dict[str, Answer] = {
        "case": CASE, "action": "withdraw", "level": "grid", "turn": "0", "reason": "已自行解决",
    }  # fmt: skip
    house = switch_on(
        near,
        **{
            CASE: ("case", {**REPORTED, "household": home}),
            OTHER: ("case", {**REPORTED, "household": home, "text": "缺扶手"}),
            STEP: ("case_step", ended),
        },
    )

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/households/{home}")
        both = [f"case-{OTHER}", f"case-{CASE}"]
        await screen.until(lambda: screen.identifiers("case-") == both)

    tell()


def test_a_return_visit_is_named_by_the_day_of_the_town_in_any_zone(near: Neighbourhood) -> None:
    agreed: dict[str, Answer] = {
        "case": CASE, "action": "session", "level": "grid", "turn": "0", "outcome": "agreed",
    }  # fmt: skip
    verified: dict[str, Answer] = {
        "case": CASE, "action": "verify", "level": "grid", "turn": "1", "after": STEP,
        "result": "ok",
    }  # fmt: skip
    house = switch_on(
        near,
        **{
            CASE: ("case", {**REPORTED, "case_kind": "dispute"}),
            STEP: ("case_step", agreed),
            OTHER: ("case_step", verified),
        },
    )

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks")
        due = store_of(screen).known.work.cases(near.clock.now())[0].standing.next_date
        assert due is not None
        day = datetime.fromtimestamp(due / 1000, TOWN_ZONE)
        await screen.sees(f"{day.month}月{day.day}日前后回访")

    tell()


def test_a_town_without_these_forms_sees_none_of_it(near: Neighbourhood) -> None:
    @story
    async def tell() -> None:
        screen = await open_app(House(near.device, near.clock))
        assert not screen.identifiers("work-")
        assert screen.find("report") is None

    tell()
