"""Entries of grid work: nil reports, checks, diary, findings and what the office answers."""

import pytest

from shared.changes import Answer
from shared.work.reading import SUBJECTS
from tests.mobile.headless import story
from tests.mobile.kit import GRID
from tests.mobile.views.grid_work import closed, sent, switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, record_id
from tests.mobile.views.worker import open_app, store_of

RULES, FACILITY, FINDING, OPINION = (
    record_id(number) for number in (80_003, 80_004, 80_006, 80_007)
)


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


def test_a_finding_of_an_inspection_is_answered_without_signal(near: Neighbourhood) -> None:
    found: dict[str, Answer] = {
        "inspection": record_id(80_008), "household": household_id(0), "severity": "major",
        "text": "登记三人，实住五人",
    }  # fmt: skip
    house = switch_on(near, **{FINDING: ("finding", found)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.tap(f"entry-{FINDING}")
        await screen.sees("登记三人，实住五人")
        await screen.tap("reply")
        await screen.shows("q-reply")
        assert screen.find("q-household") is None
        await screen.type("q-reply", "新来的两人已补登")
        await screen.tap("save")
        await screen.sees("已答复")
        [reply] = sent(screen, "finding")
        assert reply.units == {"reply": "新来的两人已补登"}
        await screen.go("/")
        await screen.shows("work-all")
        assert screen.find(f"entry-{FINDING}") is None

    tell()


def test_what_the_office_answers_stands_with_the_opinion(near: Neighbourhood) -> None:
    said: dict[str, Answer] = {
        "feedback_kind": "suggestion", "text": "字太小", "answer_wanted": "yes",
        "answer": "下一版可以调大字号",
    }  # fmt: skip
    house = switch_on(near, **{OPINION: ("feedback", said)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.go("/tasks/entries/feedback")
        await screen.sees("已答复")
        await screen.tap(f"entry-{OPINION}")
        await screen.sees("下一版可以调大字号")

    tell()
