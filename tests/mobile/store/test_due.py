"""Which households are due for their next visit."""

from pathlib import Path

from mobile.store.cards import HouseholdFilter
from mobile.store.shelf import rules_of
from mobile.store.store import Store
from mobile.store.values import Answers
from server.forms.builtin import compile_builtin
from tests.mobile.kit import Office, change_of, create, new_store, reopened

TODAY = "2026-11-20"


def test_a_household_is_due_once_the_day_that_its_last_visit_named_has_come(
    tmp_path: Path,
) -> None:
    store = new_store(tmp_path)
    due, later, never = (store.shelf.clock.new_id() for _ in range(3))
    for household, day in ((due, "2026-11-20"), (later, "2026-11-21"), (never, "")):
        store.save([create("household", household, head_name="李芳")])
        visit = {"household": household, "started": "2026-10-01T09:00:00+08:00"}
        planned = {"next_visit": day} if day else {}
        store.save([create("visit", store.shelf.clock.new_id(), **visit, **planned)])

    found = store.search("", HouseholdFilter(due_by=TODAY))

    assert [card.id for card in found.cards] == [due]


RULES = "01999999-0000-7000-8000-00000000c001"
RENTED, PLAIN = (f"01999999-0000-7000-8000-00000000e00{number}" for number in (1, 2))


def due(store: Store) -> dict[str, str]:
    return {card.id: card.due for card in store.search("").cards}


def met_in_september(office: Office) -> None:
    """Two households that were met on 1 September; one rents."""
    for number, (household, tenure) in enumerate(((RENTED, "rented"), (PLAIN, "own"))):
        office.write(household, {"head_name": "李芳", "tenure": tenure})
        visit = f"01999999-0000-7000-8000-00000000a00{number}"
        met: Answers = {
            "household": household,
            "started": "2026-09-01T09:00:00+08:00",
            "outcome": "done",
        }
        office.write(visit, met, kind="visit")


def test_the_intervals_of_the_grid_say_when_and_changing_them_moves_every_day(
    tmp_path: Path,
) -> None:
    office, store = Office(), new_store(tmp_path)
    office.rules["work_rules"] = rules_of(compile_builtin("work_rules").form)
    met_in_september(office)
    office.bring(store)
    assert due(store) == {RENTED: "2026-11-30", PLAIN: "2027-09-01"}

    office.write(RULES, {"look_in_rented": 10, "look_in_others": 30}, kind="work_rules")
    office.bring(store, since=office.seq - 1)
    assert due(store) == {RENTED: "2026-09-11", PLAIN: "2026-10-01"}

    store.known.write_down()
    store = reopened(store, tmp_path)
    assert store.known.behind == 0
    store.save([change_of(store, "household", PLAIN, head_name="李方")])
    assert due(store) == {RENTED: "2026-09-11", PLAIN: "2026-10-01"}

    office.write(RULES, {"look_in_rented": None}, kind="work_rules")
    office.bring(store, since=office.seq - 1)
    assert due(store)[RENTED] == "2026-11-30"

    office.bring(store, since=office.seq, gone=[RULES])
    assert due(store) == {RENTED: "2026-11-30", PLAIN: "2027-09-01"}
