"""What a device can tell of a household's past: who wrote what, when, and what it replaced."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from mobile.store.store import Store
from mobile.store.timeline import Event, Touch
from tests.mobile.kit import OTHER, Office, change_of, create, new_store

HOME = "01999999-0000-7000-8000-0000000000d1"
HOUSEHOLD = "01999999-0000-7000-8000-0000000000e1"
PERSON = "01999999-0000-7000-8000-0000000000f1"


@pytest.fixture
def office() -> Office:
    office = Office()
    office.write(HOME, {"code": "3-1-02-201", "status": "occupied"}, kind="dwelling")
    office.write(HOUSEHOLD, {"dwelling": HOME, "head_name": "李芳", "phone": "13900000000"})
    office.write(PERSON, {"household": HOUSEHOLD, "name": "李芳"}, kind="resident")
    return office


@pytest.fixture
def store(tmp_path: Path, office: Office) -> Store:
    store = new_store(tmp_path)
    office.bring(store)
    return store


def touches(store: Store, unit: str) -> list[tuple[Event, Touch]]:
    return list(store.known.timeline.values(HOUSEHOLD, HOUSEHOLD, unit))


def test_every_answer_is_told_with_its_author(store: Store) -> None:
    events = store.known.timeline.events(HOUSEHOLD)

    assert {event.worker for event in events} == {OTHER}
    assert {record for event in events for record in event.created} == {HOME, HOUSEHOLD, PERSON}
    assert [event.at for event in events] == sorted((e.at for e in events), reverse=True)


def test_an_own_edit_tells_what_it_replaced_and_whether_it_still_stands(
    store: Store, office: Office
) -> None:
    store.save([change_of(store, "household", HOUSEHOLD, phone="13800138000")])

    (mine,) = touches(store, "phone")

    assert (mine[1].value, mine[1].before, mine[1].stands) == ("13800138000", "13900000000", True)
    assert mine[0].mine
    assert mine[0].pending

    office.push(store)
    office.bring(store)
    office.write(HOUSEHOLD, {"phone": "13711112222"})
    office.bring(store)
    theirs = next(one for one in touches(store, "phone") if not one[0].mine)
    own = next(touch for event, touch in touches(store, "phone") if event.mine)
    assert (theirs[1].value, theirs[1].stands, theirs[0].worker) == ("13711112222", True, OTHER)
    assert (own.value, own.stands) == ("13800138000", False)


def test_two_answers_are_contested_until_the_office_has_decided(
    store: Store, office: Office
) -> None:
    seen = office.records[HOUSEHOLD].version
    store.save([change_of(store, "household", HOUSEHOLD, phone="13800138000")])
    office.write(HOUSEHOLD, {"phone": "13711112222"}, base=seen)
    office.push(store)
    office.bring(store)
    assert [touch.contested for _, touch in touches(store, "phone")][:2] == [True, True]

    office.write(HOUSEHOLD, {"phone": "13711112222"})
    office.bring(store)

    own = next(touch for event, touch in touches(store, "phone") if event.mine)
    assert own.decided
    assert not own.stands
    assert not any(touch.contested for _, touch in touches(store, "phone"))


def test_what_was_learnt_at_a_visit_stands_with_the_visit(store: Store) -> None:
    visit = store.shelf.clock.new_id()
    edit = change_of(store, "household", HOUSEHOLD, phone="13800138000")
    made = create("visit", visit, household=HOUSEHOLD, started="2026-09-22T09:00:00+08:00")
    store.save([made, replace(edit, visit=visit)])

    event = next(one for one in store.known.timeline.events(HOUSEHOLD) if one.visit)

    assert event.visit == visit
    assert [touch.unit for touch in event.touches] == ["phone"]


def test_all_elements_of_a_set_are_told(store: Store, office: Office) -> None:
    office.write(HOUSEHOLD, {"marks": ["building_leader", "party_member"]})
    office.bring(store)

    ((_, touch),) = touches(store, "marks")

    assert touch.value == ["building_leader", "party_member"]
