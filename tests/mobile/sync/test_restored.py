"""A server that was restored from a backup gets back from the phones what it lost."""

from collections import deque
from pathlib import Path

import httpx
import pytest

from mobile.store.outbox import KEPT_DAYS
from mobile.sync.report import SyncState
from server.cli import main
from server.db.engine import reading
from server.register.counter import counter
from server.register.forgetting import DAY_MS
from shared.changes import Answer
from tests.mobile.field import Fault, Field, Phone, differences, synced
from tests.mobile.kit import change_of, create, shown
from tests.mobile.sync.test_recovery import copy_of, dump, put_back

Values = dict[str, dict[str, list[Answer]]]


def register(field: Field, *records: str) -> Values:
    """Every candidate of every unit, without the numbers."""
    found: Values = {}
    for name in records:
        record = field.record(name)
        if record is not None:
            found[name] = {
                unit: sorted((c.value for c in candidates), key=str)
                for unit, candidates in record.units.items()
            }
    return found


@pytest.fixture
def doorstep(field: Field, monkeypatch: pytest.MonkeyPatch) -> "Doorstep":
    monkeypatch.setenv("DOORSTEP_HOME", str(field.folder / "server"))
    return Doorstep(field)


class Doorstep:
    """The command line of the server, which is stopped meanwhile."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def __call__(self, *arguments: str) -> None:
        self.field.town.services.engine.dispose()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0


def test_what_was_pushed_after_the_backup_comes_back_from_two_phones(
    field: Field, doorstep: Doorstep, tmp_path: Path
) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    before, by_a, by_b = (a.clock.new_id() for _ in range(3))
    synced(a)
    a.store.save([create("household", before, head_name="李芳", phone="13900010001")])
    synced(a)
    synced(b)
    doorstep("backup", "--to", str(tmp_path / "kept.db"))
    a.store.save([create("household", by_a, head_name="王强")])
    a.store.save([change_of(a.store, "household", before, phone="13900010002")])
    b.store.save([create("household", by_b, head_name="赵敏")])
    b.store.save([change_of(b.store, "household", before, needs="轮椅坡道")])
    for phone in (a, b, a):
        synced(phone)
    a.store.save([change_of(a.store, "household", by_a, people_count=3)])
    a.store.save([change_of(a.store, "household", by_b, landlord_name="孙丽")])
    b.store.save([change_of(b.store, "household", before, needs="坡道已修")])
    for phone in (a, b, a):
        synced(phone)
    was = register(field, before, by_a, by_b)

    doorstep("restore", str(tmp_path / "kept.db"), "--replace")
    lost = register(field, before, by_a, by_b)
    for phone in (a, b, a):
        synced(phone)

    assert lost.keys() == {before}
    assert register(field, before, by_a, by_b) == was
    assert field.town.services.register.verify(field.town.who.town).well
    assert differences(a, field) == differences(b, field) == []
    assert a.store.counts().unsent == b.store.counts().unsent == 0
    history = field.town.services.register.history(field.town.who.town, before)
    assert len(history) == 4  # each change once


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_of_two_phones_that_answered_one_question_neither_answer_is_lost(
    field: Field, order: str
) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    household = a.clock.new_id()
    field.write(household, head_name="李芳")
    synced(a)
    synced(b)
    kept = dump(field)
    a.store.save([change_of(a.store, "household", household, phone="13900010001")])
    synced(a)
    synced(b)
    b.store.save([change_of(b.store, "household", household, phone="13900010002")])
    synced(b)

    put_back(field, kept)
    for name in order + order:
        synced({"a": a, "b": b}[name])

    # That one had seen the other is forgotten with the numbers: a person decides once more.
    assert register(field, household)[household]["phone"] == ["13900010001", "13900010002"]
    assert differences(a, field) == differences(b, field) == []


def test_a_phone_that_got_its_id_after_the_backup_goes_on_from_its_former_one(
    field: Field,
) -> None:
    phone = field.phone()
    synced(phone)
    kept = dump(field)
    first, second, third, fourth = (phone.clock.new_id() for _ in range(4))
    phone.store.save([create("household", first, head_name="备份后")])
    synced(phone)
    copy = copy_of(field, phone)
    phone.store.save([create("household", second, head_name="甲")])
    synced(phone)
    copy.store.save([create("household", third, head_name="乙")])
    synced(copy)  # under a new id now
    copy.store.save([create("household", fourth, head_name="尚未上报")])
    put_back(field, kept)

    synced(copy)
    after = copy.known_as
    synced(phone)
    synced(copy)

    assert field.record(first) is not None
    assert all(field.record(each) is not None for each in (second, third, fourth))
    history = field.town.services.register.history
    assert [len(history(field.town.who.town, each)) for each in (second, third, fourth)] == [1] * 3
    assert copy.known_as == after
    assert differences(copy, field) == differences(phone, field) == []


def test_a_backup_older_than_what_the_phone_keeps_gets_all_that_is_kept(field: Field) -> None:
    phone = field.phone()
    old, new = phone.clock.new_id(), phone.clock.new_id()
    synced(phone)
    kept = dump(field)
    phone.store.save([create("household", old, head_name="六十天前")])
    synced(phone)
    phone.clock.tick((KEPT_DAYS + 2) * DAY_MS)
    field.town.clock.at += (KEPT_DAYS + 2) * DAY_MS
    for n in range(3):
        phone.store.save([create("household", phone.clock.new_id(), head_name=f"户{n}")])
    phone.store.save([create("household", new, head_name="最近的")])
    synced(phone)
    phone.store.save([change_of(phone.store, "household", new, needs="x")])
    synced(phone)
    put_back(field, kept)

    synced(phone)

    assert field.record(old) is None
    assert field.record(new) is not None
    assert shown(phone.store, new)["needs"] == "x"
    assert differences(phone, field) == []


def test_a_server_put_back_without_the_command_is_noticed_and_healed(field: Field) -> None:
    phone = field.phone()
    record = phone.clock.new_id()
    synced(phone)
    kept = dump(field)
    phone.store.save([create("household", record, head_name="备份后")])
    synced(phone)
    field.town.services.engine.dispose()
    path = field.folder / "server" / "doorstep.db"
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    path.write_bytes(kept)

    synced(phone)

    assert field.record(record) is not None
    assert differences(phone, field) == []


def test_a_lost_answer_and_a_new_id_send_nothing_twice(field: Field) -> None:
    """A change that was received without an answer is not sent again under the new id."""
    phone: Phone = field.phone()
    synced(phone)
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])
    phone.line.plan = deque([Fault.LOSE_REPLY])
    assert phone.device.sync().state is SyncState.OFFLINE
    with field.town.act() as act:
        act.conn.exec_driver_sql("UPDATE device SET status = 'retired' WHERE kind = 'phone'")

    synced(phone)

    assert len(field.town.services.register.history(field.town.who.town, record)) == 1
    assert phone.store.counts().unsent == 0
    assert differences(phone, field) == []


def test_work_sent_during_a_first_sync_survives_a_restore_in_its_middle(field: Field) -> None:
    phone = field.phone()
    field.write(phone.clock.new_id(), head_name="李芳")
    kept = dump(field)
    mine = phone.clock.new_id()
    phone.store.save([create("household", mine, head_name="王强")])
    phone.line.before = _refuse_snapshots
    broken = phone.device.sync()
    arrived = field.record(mine)
    phone.line.before = None
    put_back(field, kept)
    lost = field.record(mine)

    synced(phone)

    assert broken.state is SyncState.OFFLINE
    assert (arrived is not None, lost) == (True, None)
    assert field.record(mine) is not None
    assert differences(phone, field) == []


def _refuse_snapshots(request: httpx.Request) -> None:
    if "snapshot" in request.url.path:
        raise httpx.ReadError("cut", request=request)


def test_one_backup_restored_twice_gives_no_number_twice(field: Field) -> None:
    phone = field.phone()
    household = phone.clock.new_id()
    field.write(household, head_name="李芳")
    synced(phone)
    kept = dump(field)
    put_back(field, kept)
    synced(phone)
    phone.store.save([change_of(phone.store, "household", household, phone="13900010001")])
    synced(phone)
    lost = _last_number(field)
    field.town.clock.at += 1000

    put_back(field, kept)

    # Else a change that had seen the lost one would pass for having seen another of that number.
    assert _last_number(field) > lost


def test_a_clock_that_was_years_off_throws_nothing_away_that_the_server_may_lose(
    field: Field,
) -> None:
    phone = field.phone()
    synced(phone)
    kept = dump(field)
    right = phone.clock.wall
    phone.clock.wall -= 2 * 365 * DAY_MS
    made = phone.clock.new_id()
    phone.store.save([create("household", made, head_name="备份后")])
    synced(phone)
    phone.clock.wall = right
    for n in range(2):  # the end of the chain is kept in any case
        phone.store.save([create("household", phone.clock.new_id(), head_name=f"户{n}")])
    synced(phone)
    put_back(field, kept)

    synced(phone)

    assert field.record(made) is not None
    assert differences(phone, field) == []


def _last_number(field: Field) -> int:
    with reading(field.town.services.engine) as conn:
        return counter(conn, field.town.who.town).seq
