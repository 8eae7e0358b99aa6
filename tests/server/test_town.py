"""An invented town is consistent, made of nobody, and the same for the same plan."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import lru_cache

import pytest
from shapely import Point, Polygon, unary_union

from server.forms.builtin import builtin_forms
from server.town import (
    FULL,
    AreaKind,
    Role,
    TownPlan,
    TownRecord,
    TownSize,
    field_of,
    generate,
    grid_records,
    records,
)
from server.town.surroundings import CHINA
from shared.changes import ChangeKind
from shared.codes import (
    check_area_code,
    check_grid_code,
)
from shared.consent import WORD_UNIT
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from shared.forms.validation import check_units

TODAY = date(2026, 3, 1)
DEMO_PLAN = TownPlan(today=TODAY)
FULL_PLAN = TownPlan(size=FULL, today=TODAY)
VILLAGE = TownSize(
    code="329901102", name="小禾镇", communities=0, villages=2, grids=4, workers=5, households=400
)
FULL_SECONDS_MAX = 60


@lru_cache
def demo_records() -> tuple[TownRecord, ...]:
    return tuple(records(generate(DEMO_PLAN)))


@lru_cache
def village_records() -> tuple[TownRecord, ...]:
    return tuple(records(generate(TownPlan(size=VILLAGE, today=TODAY))))


def created(kind: str, of: Iterable[TownRecord] = ()) -> list[TownRecord]:
    return [
        record
        for record in of or demo_records()
        if record.kind == kind and record.change is ChangeKind.CREATE
    ]


def test_the_demo_is_one_community_of_four_grids_and_1200_households() -> None:
    town = generate(DEMO_PLAN)
    workers = Counter(duty.grid for worker in town.workers for duty in worker.duties)

    assert len(town.communities) == 1
    assert len(town.grids) == 4
    assert set(workers.values()) == {4, 5}
    assert len(created("household")) == 1_200
    assert 3_300 < len(created("resident")) < 3_900


def test_the_full_town_has_the_size_it_says_within_a_minute() -> None:
    started = time.process_time()
    town = generate(FULL_PLAN)
    kinds = Counter(record.kind for record in records(town) if record.change is ChangeKind.CREATE)

    assert time.process_time() - started < FULL_SECONDS_MAX
    assert sum(area.rural for area in town.communities) == 18
    assert len(town.grids) == 94
    assert len(town.workers) == 120
    assert kinds["household"] == 30_000
    assert 87_000 < kinds["resident"] < 93_000


def test_the_same_plan_makes_the_same_town() -> None:
    assert records_of(DEMO_PLAN) == demo_records()
    assert records_of(TownPlan(today=TODAY, seed=2)) != demo_records()


def records_of(plan: TownPlan) -> tuple[TownRecord, ...]:
    return tuple(records(generate(plan)))


def test_one_grid_is_the_same_whether_or_not_the_others_are_made() -> None:
    town = generate(DEMO_PLAN)
    third = town.grids[2].code

    alone = list(grid_records(town, third))

    assert alone == [record for record in demo_records() if record.grid == third]


@pytest.mark.parametrize("plan", [DEMO_PLAN, FULL_PLAN])
def test_the_tree_has_valid_codes_of_a_prefecture_that_is_not(plan: TownPlan) -> None:
    town = generate(plan)
    codes = [area.code for area in town.areas]

    assert len(codes) == len(set(codes))
    assert all(code.startswith("3299") for code in codes)
    assert all(area.parent in codes for area in town.areas if area.kind is not AreaKind.TOWN)
    for area in town.areas:
        check = check_grid_code if area.kind is AreaKind.GRID else check_area_code
        assert check(area.code) is None


@pytest.mark.parametrize("plan", [DEMO_PLAN, FULL_PLAN])
def test_every_grid_has_a_leader_and_nobody_serves_where_there_is_no_grid(plan: TownPlan) -> None:
    town = generate(plan)
    duties = [duty for worker in town.workers for duty in worker.duties]
    led = Counter(duty.grid for duty in duties if duty.role is Role.GRID_LEADER)

    assert led == Counter(grid.code for grid in town.grids)
    assert {duty.grid for duty in duties} == set(led)


@pytest.mark.parametrize("plan", [DEMO_PLAN, FULL_PLAN])
def test_people_of_the_office_can_be_told_apart(plan: TownPlan) -> None:
    town = generate(plan)
    codes = {area.code for area in town.areas}

    assert len({worker.staff_no for worker in town.workers}) == len(town.workers)
    assert len({worker.name for worker in town.workers}) == len(town.workers)
    assert len({account.login for account in town.accounts}) == len(town.accounts)
    assert {account.role for account in town.accounts} == set(Role) - {Role.WORKER}
    assert {account.area for account in town.accounts} <= codes


@pytest.mark.parametrize("of", [demo_records, village_records])
def test_every_record_is_one_that_its_form_takes(of: Callable[[], tuple[TownRecord, ...]]) -> None:
    forms = builtin_forms()

    for record in of():
        moment = Moment(datetime.fromtimestamp(record.at / 1000, CHINA))
        assert check_units(forms[record.kind], record.answers, moment) == [], record


def test_every_sixth_record_is_whole_in_its_form_and_loses_no_answer() -> None:
    forms = builtin_forms()
    moment = Moment(datetime(2026, 3, 1, 12, tzinfo=CHINA))
    whole = [record for record in demo_records() if record.change is ChangeKind.CREATE]

    for record in whole[::6]:
        state = FormState(forms[record.kind], record.answers, moment)
        faults = {name for name in state.faults() if name != "next_visit"}
        kept = state.units() | {
            name: record.answers[name] for name in record.answers if name == "next_visit"
        }
        assert not faults, record
        assert kept == record.answers


def test_every_question_is_one_of_its_form_and_every_form_is_used_widely() -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for record in demo_records():
        used[record.kind] |= record.answers.keys()

    for kind, form in builtin_forms().items():
        # What people let be kept of them, they say at the door: nobody invents it for them.
        asked = {name for name in form.by_name if not name.startswith(WORD_UNIT)}
        assert used[kind] <= asked
        assert len(used[kind]) >= len(asked) - 5, asked - used[kind]


def test_ids_are_new_and_references_lead_to_what_came_before() -> None:
    known: dict[str, str] = {}
    for record in demo_records():
        assert (record.id in known) == (record.change is ChangeKind.SET)
        for question, kind in (("dwelling", "dwelling"), ("household", "household")):
            if question in record.answers:
                assert known[str(record.answers[question])] == kind
        if record.visit:
            assert known[record.visit] == "visit"
        known[record.id] = record.kind


def test_every_record_lies_in_the_past_and_was_written_by_a_worker_of_its_grid() -> None:
    town = generate(DEMO_PLAN)
    grids = {worker.staff_no: {duty.grid for duty in worker.duties} for worker in town.workers}
    midnight = datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1000

    assert all(record.grid in grids[record.worker] for record in demo_records())
    assert all(record.at < midnight for record in demo_records())


@pytest.mark.parametrize("of", [demo_records, village_records])
def test_no_two_dwellings_have_one_code_or_one_plate(
    of: Callable[[], tuple[TownRecord, ...]],
) -> None:
    dwellings = created("dwelling", of())
    places = Counter((record.grid[:12], record.answers["code"]) for record in dwellings)
    plates = Counter((record.grid[:12], record.answers["plate"]) for record in dwellings)

    assert max(places.values()) == max(plates.values()) == 1


def test_homes_have_households_and_empty_dwellings_have_none() -> None:
    lived_in = Counter(str(record.answers["dwelling"]) for record in created("household"))

    for record in created("dwelling"):
        home = record.answers["status"] == "occupied" and record.answers["use"] != "business"
        assert (record.id in lived_in) == home
    assert Counter(lived_in.values())[2] > 0


def test_the_grids_lie_side_by_side_and_every_door_in_its_own() -> None:
    town = generate(DEMO_PLAN)
    fields = {
        grid.code: Polygon(field_of(town, place).ring) for place, grid in enumerate(town.grids)
    }
    doors = [record for record in created("dwelling") if "location" in record.answers]

    for door in doors:
        place = door.answers["location"]
        assert isinstance(place, dict)
        assert fields[door.grid].contains(Point(place["lon"], place["lat"]))

    whole = unary_union(list(fields.values()))
    assert len(doors) > 500
    assert all(field.is_valid for field in fields.values())
    assert isinstance(whole, Polygon)  # no gap between them
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(field.area for field in fields.values()))
