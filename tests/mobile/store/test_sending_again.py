"""What was sent is kept, to be sent again: under a new id, after a gap, for sixty days."""

from mobile.store import incarnations, outbound
from mobile.store.store import Store
from tests.mobile.kit import Office, StillClock, change_of, shown
from tests.mobile.store.enrolled import enrolled_as


def send_three(store: Store, office: Office, household: str) -> None:
    """Three edits of the household that the office receives."""
    for phone in ("13900010002", "13900010003", "13900010004"):
        store.save([change_of(store, "household", household, phone=phone)])
    office.push(store)


def test_a_new_incarnation_sends_what_was_not_answered_under_its_own_numbers(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.push(store)
    store.save([change_of(store, "household", household, needs="x")])
    store.save([change_of(store, "household", household, needs="y")])

    incarnations.incarnate(store.shelf, enrolled_as("device-b"))
    batch = outbound.next_batch(store.shelf)

    assert batch is not None
    assert (batch.device, [change.n for change in batch.changes]) == ("device-b", [1, 2])
    assert shown(store, household)["needs"] == "y"
    assert store.shelf.account.identity.token == "new-token"


def test_a_gap_is_filled_with_changes_that_were_received_before(
    store: Store, office: Office, household: str
) -> None:
    send_three(store, office, household)

    again = outbound.next_batch(store.shelf, 1)

    assert again is not None
    assert [change.n for change in again.changes] == [2, 3]


def test_received_changes_are_kept_for_sixty_days(
    store: Store, office: Office, household: str, clock: StillClock
) -> None:
    send_three(store, office, household)
    office.bring(store, since=1)
    day = 86_400_000

    clock.tick(60 * day)
    outbound.purge(store.shelf)
    kept = outbound.next_batch(store.shelf, 0)
    clock.tick(day)
    outbound.purge(store.shelf)

    assert kept is not None
    assert outbound.next_batch(store.shelf, 0) is None
    assert outbound.last_batch(store.shelf) is not None  # the end of the chain stays


def test_changes_from_before_a_new_id_are_kept_no_longer_than_others(
    store: Store, office: Office, household: str, clock: StillClock
) -> None:
    send_three(store, office, household)
    office.bring(store, since=1)
    incarnations.incarnate(store.shelf, enrolled_as("device-b"))
    store.save([change_of(store, "household", household, phone="13900010005")])

    clock.tick(61 * 86_400_000)
    outbound.purge(store.shelf)

    with store.shelf.database.reading() as conn:
        kept = store.shelf.outbox.of_records(conn, [household])
    assert [(entry.device, entry.n) for entry in kept] == [("device-b", 1)]
