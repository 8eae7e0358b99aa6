"""Grid work at the door: a report in three taps, a case to its end, the nil report, entries."""

import flet as ft
import pytest

from mobile.store.values import SentChange
from mobile.views.state.house import House
from mobile.views.state.work.reporting import MUST_REPORT
from shared.changes import Answer
from shared.work.reading import SUBJECTS
from shared.work.values import Phase
from tests.mobile.control_tree import walk
from tests.mobile.headless import DESK, PHONE, Screen, story
from tests.mobile.kit import GRID
from tests.mobile.views.grid_work import switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, record_id
from tests.mobile.views.worker import open_app, store_of

CASE, STEP, RULES, FACILITY = (record_id(number) for number in (80_001, 80_002, 80_003, 80_004))
REPORTED: dict[str, Answer] = {
    "case_kind": "hazard",
    "text": "楼道堆物",
    "urgency": "normal",
    "discovered_at": "2026-09-18T09:00:00+08:00",
}


def sent(screen: Screen, kind: str) -> list[SentChange]:
    return [one for one in store_of(screen).outbox() if one.record_kind == kind]


def switch(screen: Screen, identifier: str) -> ft.Switch:
    found = screen.find(identifier)
    assert found is not None
    return next(one for one in walk(found) if isinstance(one, ft.Switch))


async def closed(screen: Screen, identifier: str) -> None:
    """The screen on which that is has gone."""
    await screen.until(lambda: screen.find(identifier) is None)


def phase(screen: Screen, case: str) -> Phase:
    filed = store_of(screen).known.work.case(case, screen.tab.house.clock.now())
    assert filed is not None
    return filed.standing.phase


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


def test_a_maternal_request_is_offered_only_where_it_is_switched_on(near: Neighbourhood) -> None:
    on: dict[str, Answer] = {"rhythm": "none", "maternal": "yes"}
    house = switch_on(near, **{RULES: ("work_rules", on)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/report")
        await screen.tap("must-maternal")
        await screen.type("q-text", "想预约产检")
        await screen.tap("save")
        await screen.shows("owed")
        assert not sent(screen, "case")
        await screen.tap("q-consent-yes")
        await screen.tap("save")
        await screen.sees("受理编号")

    tell()


def test_harm_at_home_is_not_shown_again_on_the_phone(near: Neighbourhood) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/report")
        await screen.tap("report-protection")
        await screen.sees("请先拨打 110")
        await screen.type("q-text", "夜里有哭喊")
        await screen.tap("save")
        await closed(screen, "q-text")
        assert len(sent(screen, "protection")) == 1
        await screen.go("/tasks")
        await screen.shows("to-report")
        assert "夜里有哭喊" not in screen.words()

    tell()


def test_the_nil_report_is_filled_in_and_waits_for_a_person(near: Neighbourhood) -> None:
    daily: dict[str, Answer] = {"rhythm": "daily"}
    house = switch_on(near, **{RULES: ("work_rules", daily)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/report")
        await screen.tap("report-dispute")
        await screen.type("q-text", "停车争执")
        await screen.tap("save")
        await screen.sees("受理编号")
        await screen.go("/tasks/nil")
        await screen.until(lambda: bool(screen.identifiers(f"nil-{GRID}-")))
        today = screen.identifiers(f"nil-{GRID}-")[0]
        assert not sent(screen, "nil_report")
        await screen.tap(today)
        await screen.sees("停车争执")
        await screen.tap("submit")
        await closed(screen, "submit")
        [report] = sent(screen, "nil_report")
        assert {one: report.units[one] for one in SUBJECTS} == dict.fromkeys(SUBJECTS, "nil") | {
            "dispute": "has"
        }

    tell()


def test_damage_found_by_a_check_becomes_a_case_of_its_own(near: Neighbourhood) -> None:
    lamp: dict[str, Answer] = {
        "facility_kind": "lamp", "name": "3 号楼前路灯", "place": "3 号楼", "state": "good",
    }  # fmt: skip
    house = switch_on(near, **{FACILITY: ("facility", lamp)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks/entries/facility")
        await screen.tap(f"entry-{FACILITY}")
        await screen.tap("q-state-damaged")
        await screen.type("q-text", "灯罩碎了")
        await screen.tap("save")
        await closed(screen, "q-text")
        [case] = sent(screen, "case")
        assert case.units["facility"] == FACILITY
        assert case.units["text"] == "灯罩碎了"
        noted = store_of(screen).known.work.one(FACILITY)
        assert noted is not None
        assert noted.text("state") == "damaged"

    tell()


@pytest.mark.parametrize(("kind", "field", "words"), [
    ("diary", "q-text", "希望装扶手"),
    ("patrol", "q-places", "1 号楼到 4 号楼"),
    ("feedback", "q-text", "字太小"),
])  # fmt: skip
def test_an_entry_is_written_without_signal(
    near: Neighbourhood, kind: str, field: str, words: str
) -> None:
    house = switch_on(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go(f"/tasks/entries/{kind}")
        await screen.tap("add")
        await screen.type(field, words)
        for choice in ("q-topic-services", "q-feedback_kind-complaint"):
            if screen.find(choice):
                await screen.tap(choice)
        await screen.tap("save")
        await closed(screen, "save")
        await screen.sees(words)
        assert len(sent(screen, kind)) == 1

    tell()


def test_the_duties_that_the_place_wrote_down_are_at_hand(near: Neighbourhood) -> None:
    own: dict[str, Answer] = {"rhythm": "none", "duties": "每周走访独居老人\n雨后看井盖"}
    house = switch_on(near, **{RULES: ("work_rules", own)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks")
        await screen.sees("雨后看井盖")
        assert "自查清单" not in screen.words()

    tell()


def test_a_town_without_these_forms_sees_none_of_it(near: Neighbourhood) -> None:
    @story
    async def tell() -> None:
        screen = await open_app(House(near.device, near.clock))
        assert not screen.identifiers("work-")
        assert screen.find("report") is None

    tell()
