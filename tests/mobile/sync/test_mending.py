"""Records that differ from the server are found by halving, and only they are taken again."""

from collections import deque
from collections.abc import Callable

import httpx
import pytest

from mobile.store.shadow import Stretch
from mobile.sync.report import SyncState
from server.register.edits import Edit as OfficeEdit
from shared.changes import ChangeKind
from tests.mobile.field import Fault, Field, Phone, differences, synced
from tests.mobile.kit import change_of, shown
from tests.mobile.sync.a_line import via

MANY = 400


def household(field: Field, record: str, n: int) -> OfficeEdit:
    return OfficeEdit(
        kind=ChangeKind.CREATE,
        record=record,
        record_kind="household",
        grid=field.grid(),
        base=0,
        units={"head_name": f"户{n}"},
    )


@pytest.fixture
def phone(field: Field) -> Phone:
    phone = field.phone()
    field.town.services.register.commit(
        field.admin, [household(field, phone.clock.new_id(), n) for n in range(MANY)]
    )
    synced(phone)
    phone.line.asked.clear()
    return phone


def ids(phone: Phone) -> list[str]:
    shelf = phone.store.shelf
    with shelf.database.reading() as conn:
        return sorted(shelf.shadow.of_stretch(conn, Stretch(phone.store.areas()[0].id)))


def lose(phone: Phone, *records: str) -> None:
    """Something went wrong on the phone: it has these no more."""
    with phone.store.shelf.database.writing() as conn:
        phone.store.shelf.shadow.drop(conn, records)


def take_old(phone: Phone, record: str) -> None:
    """The phone has an older version of a record."""
    with phone.store.shelf.database.writing() as conn:
        conn.exec_driver_sql("UPDATE shadow SET version = 0 WHERE id = ?", (record,))


def invent(phone: Phone, record: str) -> None:
    """The phone has a record that the server never had."""
    made = record[:-3] + "zzz"
    with phone.store.shelf.database.writing() as conn:
        conn.exec_driver_sql(
            "INSERT INTO shadow SELECT ?, kind, grid, version, generation, deleted, sealed "
            "FROM shadow WHERE id = ?",
            (made, record),
        )


@pytest.mark.parametrize("harm", [lose, take_old, invent])
@pytest.mark.parametrize("place", [0, 137, MANY - 1])
def test_one_record_that_differs_is_found_and_taken_again(
    field: Field, phone: Phone, harm: Callable[[Phone, str], None], place: int
) -> None:
    harm(phone, ids(phone)[place])

    report = synced(phone)

    assert differences(phone, field) == []
    assert report.received <= MANY // 16
    assert phone.line.asked.count("GET /v1/sums") <= 2
    assert phone.line.asked.count("GET /v1/snapshot") == 1


def test_several_places_are_mended_in_one_sync(field: Field, phone: Phone) -> None:
    known = ids(phone)
    lose(phone, known[3], known[200])
    take_old(phone, known[399])

    report = synced(phone)

    assert differences(phone, field) == []
    assert report.received <= 3 * MANY // 16


def test_a_grid_of_which_nearly_all_is_lost_is_not_taken_in_crumbs(
    field: Field, phone: Phone
) -> None:
    lose(phone, *ids(phone)[:-1])

    synced(phone)

    assert differences(phone, field) == []
    assert phone.line.asked.count("GET /v1/snapshot") <= 16


def test_a_line_that_breaks_under_a_large_page_mends_in_smaller_ones(
    field: Field, phone: Phone
) -> None:
    lose(phone, *ids(phone)[:-1])
    straight = phone.line

    def thin(request: httpx.Request) -> httpx.Response:
        if int(request.url.params.get("limit", 0)) > 100:
            raise httpx.ReadTimeout("too slow", request=request)
        return straight.handle_request(request)

    with via(phone, httpx.MockTransport(thin)):
        ended = [phone.device.sync().state for _ in range(9)]

    assert SyncState.DONE in ended
    assert differences(phone, field) == []


def test_mending_goes_on_after_a_break(field: Field, phone: Phone) -> None:
    known = ids(phone)
    lose(phone, known[10], known[390])
    phone.line.plan = deque([Fault.NONE, Fault.NONE, Fault.NONE, Fault.LOSE_REPLY])

    broken = phone.device.sync()
    synced(phone)

    assert broken.state is SyncState.OFFLINE
    assert differences(phone, field) == []


def test_unsent_work_stays_over_a_record_that_is_mended(field: Field, phone: Phone) -> None:
    record = ids(phone)[7]
    phone.store.save([change_of(phone.store, "household", record, phone="13900010009")])
    take_old(phone, record)

    synced(phone)

    assert shown(phone.store, record)["phone"] == "13900010009"
    assert differences(phone, field) == []


def test_what_arrives_meanwhile_is_no_fault(field: Field, phone: Phone) -> None:
    known = ids(phone)
    lose(phone, known[100])
    told = iter(range(10**6))

    def write_meanwhile(_: object) -> None:
        field.write(known[next(told) * 7 % MANY], phone="13900010001")

    phone.line.before = write_meanwhile
    report = phone.device.sync()
    phone.line.before = None
    synced(phone)

    assert report.state is SyncState.DONE
    assert differences(phone, field) == []


def test_what_halving_cannot_mend_is_taken_as_a_whole(
    field: Field, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(phone, ids(phone)[9])
    monkeypatch.setattr("mobile.sync.mending.Mender.mend", lambda *_: None)

    report = synced(phone)

    assert report.received == MANY
    assert differences(phone, field) == []


def test_a_sync_where_nothing_differs_asks_for_no_sums(field: Field, phone: Phone) -> None:
    synced(phone)

    assert phone.line.asked == ["POST /v1/pull"]
