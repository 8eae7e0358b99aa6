"""Which households are due for their next visit."""

from pathlib import Path

from mobile.store.cards import HouseholdFilter
from tests.mobile.kit import create, new_store

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
