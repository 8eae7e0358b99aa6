"""Unsent work leaves a phone without a network as a file, and arrives once, whoever brings it."""

from pathlib import Path

import httpx
import msgspec
import pytest

from mobile.store.parcels import PARCELS_MAX, ParcelRefused
from mobile.sync.carrying import NotCarried
from mobile.sync.report import SyncState
from server.cli import main
from server.office.devices import devices
from server.office.people import DeviceStatus
from tests.mobile.field import Field, Phone, differences, synced
from tests.mobile.kit import change_of, create, shown
from tests.mobile.sync.a_line import via

DAY_MS = 86_400_000


@pytest.fixture
def absent(field: Field) -> Phone:
    """A phone with unsent work, and no way to the server."""
    phone = field.phone("W1")
    synced(phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])
    phone.store.save([create("household", phone.clock.new_id(), head_name="王强")])
    phone.line.down = True
    return phone


def names(field: Field, phone: Phone) -> set[object]:
    """The households of that phone's outbox, as the register has them."""
    with phone.store.shelf.database.reading() as conn:
        ids = [row[0] for row in conn.exec_driver_sql("SELECT record FROM outbox")]
    records = [field.record(each) for each in ids]
    return {r.units["head_name"][0].value for r in records if r is not None}


def journal(field: Field) -> int:
    return field.town.services.register.verify(field.town.who.town).changes


def test_a_colleague_brings_it_and_the_phone_syncs_as_ever_afterwards(
    field: Field, absent: Phone
) -> None:
    colleague = field.phone("W2")
    synced(colleague)

    colleague.device.carry_in(absent.device.carry_out())
    waiting = colleague.device.status().parcels
    report = synced(colleague)
    there, count = names(field, absent), journal(field)
    absent.line.down = False
    absent.store.save([create("household", absent.clock.new_id(), head_name="赵敏")])
    later = synced(absent)

    assert waiting == 1
    assert report.carried == 1
    assert colleague.device.status().parcels == 0
    assert there == {"李芳", "王强"}
    assert later.sent == 3
    assert journal(field) == count + 1  # nothing doubled
    assert absent.store.counts().unsent == 0
    assert names(field, absent) == {"李芳", "王强", "赵敏"}
    assert differences(absent, field) == []
    assert office_has_one_phone_each(field)


def office_has_one_phone_each(field: Field) -> bool:
    with field.town.act() as act:
        return all(d.status is DeviceStatus.ACTIVE for d in devices(act.conn, field.admin))


def test_the_carrier_cannot_read_it(field: Field, absent: Phone) -> None:
    file = absent.device.carry_out()
    colleague = field.phone("W2")

    colleague.device.carry_in(file)

    assert "李芳".encode() not in file
    assert file != absent.device.carry_out()  # sealed anew each time
    assert colleague.store.search("").total == 0
    folder = colleague.home / "accounts" / colleague.account
    assert all("李芳".encode() not in part.read_bytes() for part in folder.rglob("*.db*"))


def test_it_is_taken_on_the_command_line_and_twice_changes_nothing(
    field: Field,
    absent: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DOORSTEP_HOME", str(field.folder / "server"))
    path = tmp_path / "work.doorstep"
    path.write_bytes(absent.device.carry_out())

    told = [_imported(path, capsys) for _ in range(2)]

    assert [(each["taken"], each["known"]) for each in told] == [(2, 0), (0, 2)]
    assert told[0]["worker_name"] == "工W1"
    assert names(field, absent) == {"李芳", "王强"}


def _imported(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["import-carry-over", str(path), "--json"])
    assert ended.value.code == 0
    told: dict[str, object] = msgspec.json.decode(capsys.readouterr().out)
    return told


def test_a_file_that_was_touched_is_told_to_its_carrier_and_dropped(
    field: Field, absent: Phone
) -> None:
    colleague = field.phone("W2")
    synced(colleague)
    file = bytearray(absent.device.carry_out())
    file[-1] ^= 1
    colleague.device.carry_in(bytes(file))
    mine = colleague.clock.new_id()
    colleague.store.save([create("household", mine, head_name="自己的")])

    report = synced(colleague)

    assert report.carried == 0
    assert "未被接受" in report.words.zh
    assert "not taken" in report.words.en
    assert colleague.device.status().parcels == 0
    assert field.record(mine) is not None
    assert names(field, absent) == set()


def test_it_waits_while_the_carrier_has_no_network_either(field: Field, absent: Phone) -> None:
    colleague = field.phone("W2")
    colleague.device.carry_in(absent.device.carry_out())
    colleague.line.down = True

    broken = colleague.device.sync()
    colleague.restart()
    kept = colleague.device.status().parcels
    colleague.line.down = False
    synced(colleague)

    assert broken.state is SyncState.OFFLINE
    assert kept == 1
    assert names(field, absent) == {"李芳", "王强"}


@pytest.mark.parametrize("too_large", [True, False])
def test_a_file_that_does_not_get_through_keeps_nothing_from_its_carrier(
    field: Field, absent: Phone, too_large: bool
) -> None:
    colleague = field.phone("W2")
    synced(colleague)
    colleague.device.carry_in(absent.device.carry_out())
    news = colleague.clock.new_id()
    field.write(news, head_name="赵敏")
    straight = colleague.line

    def narrow(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/carry-over":
            return straight.handle_request(request)
        if too_large:
            return httpx.Response(413, html="<h1>413 Request Entity Too Large</h1>")
        raise httpx.WriteTimeout("too slow", request=request)

    with via(colleague, httpx.MockTransport(narrow)):
        report = synced(colleague)
    waiting = colleague.device.status().parcels
    synced(colleague)

    assert shown(colleague.store, news)["head_name"] == "赵敏"
    assert report.not_carried.zh
    assert waiting == 1
    assert names(field, absent) == {"李芳", "王强"}


def test_the_true_time_of_the_work_is_kept_however_late_it_comes(
    field: Field, absent: Phone
) -> None:
    made = field.town.clock.at
    file = absent.device.carry_out()
    field.town.clock.at += 3 * DAY_MS
    colleague = field.phone("W2")
    colleague.device.carry_in(file)

    synced(colleague)

    with absent.store.shelf.database.reading() as conn:
        (record, *_) = [row[0] for row in conn.exec_driver_sql("SELECT record FROM outbox")]
    (entry,) = field.town.services.register.history(field.town.who.town, record)
    assert entry.effective == made
    assert entry.received == made + 3 * DAY_MS


def test_work_made_after_the_export_goes_with_the_next_one(field: Field, absent: Phone) -> None:
    colleague = field.phone("W2")
    first = absent.device.carry_out()
    household = absent.clock.new_id()
    absent.store.save([create("household", household, head_name="孙丽")])
    absent.store.save([change_of(absent.store, "household", household, people_count=2)])
    second = absent.device.carry_out()
    colleague.device.carry_in(second)
    colleague.device.carry_in(first)

    report = synced(colleague)

    assert report.carried == 2
    assert names(field, absent) == {"李芳", "王强", "孙丽"}
    record = field.record(household)
    assert record is not None
    assert record.units["people_count"][0].value == 2
    assert shown(absent.store, household)["people_count"] == 2


def test_a_phone_with_nothing_to_send_makes_no_file(field: Field) -> None:
    phone = field.phone()
    synced(phone)

    with pytest.raises(NotCarried):
        phone.device.carry_out()


def test_a_phone_that_was_never_told_the_towns_key_says_so(field: Field, absent: Phone) -> None:
    shelf = absent.store.shelf
    shelf.change(identity=msgspec.structs.replace(shelf.account.identity, town_key=""))

    with pytest.raises(NotCarried) as refused:
        absent.device.carry_out()

    assert "同步" in refused.value.words.zh


def test_what_is_no_carry_over_file_or_one_too_many_is_not_kept(
    field: Field, absent: Phone
) -> None:
    colleague = field.phone("W2")
    for content in (b"", b"PK", b"x" * 4_000_000):
        with pytest.raises(ParcelRefused):
            colleague.device.carry_in(content)
    for _ in range(PARCELS_MAX):
        colleague.device.carry_in(absent.device.carry_out())

    with pytest.raises(ParcelRefused):
        colleague.device.carry_in(absent.device.carry_out())

    assert colleague.device.status().parcels == PARCELS_MAX
