"""Files on their way: after the data, each once, from where the line broke or the phone died."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest
from sqlalchemy import text

from mobile.device import EnrolmentText
from mobile.store.file_rows import FileState
from mobile.sync import files as files_module
from mobile.sync.report import SyncReport, SyncState
from mobile.sync.trouble import Trouble
from server.db.engine import reading
from server.files.uploads import UPLOAD_MS
from shared.files import FileRef
from tests.media import pdf, photo, voice
from tests.mobile.field import PIN, BadLine, Fault, Field, Phone, a_field, open_device, synced
from tests.mobile.kit import StillClock, create
from tests.mobile.sync.a_file import stored, with_file
from tests.mobile.sync.on_a_port import on_a_port
from tests.proxy import Line, faulty_line

WAIT_S = 60


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


@pytest.fixture
def line(field: Field) -> Iterator[Line]:
    with on_a_port(field) as url, faulty_line(url) as made:
        yield made


@pytest.fixture
def far(field: Field, line: Line) -> Phone:
    """A phone behind the faulty line."""
    worker = field.town.worker("W9", "g1")
    home, clock = field.folder / "phone-9", StillClock(field.town.clock.at)
    device = open_device(home, httpx.HTTPTransport(), clock)
    account = device.enrol(EnrolmentText(line.url, field.town.code(worker)), PIN)
    made = Phone(device, BadLine(field.portal, field.app), clock, home, account.id)
    synced(made)
    line.requests.clear()
    return made


def test_a_photo_is_sent_after_the_data_and_seen_by_a_colleague(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    ref, record = with_file(a, photo(600, 400, located=True), "门牌.jpg")

    report = synced(a)
    synced(b)

    assert (report.sent, report.files_sent, report.files_left) == (1, 1, 0)
    assert "附件" in report.words.zh
    asked = [path for path in a.line.asked if "/v1/p" in path or "/v1/u" in path]
    assert asked.index("POST /v1/push") < asked.index("POST /v1/uploads")
    assert a.store.files.state(ref) is FileState.SENT
    assert b.store.files.state(ref) is FileState.AWAY
    assert sha256(b.device.file(ref, record)).hexdigest() == ref.sha256
    assert b.store.files.state(ref) is FileState.FETCHED
    b.line.down = True
    assert b.device.file(ref, record) == a.store.files.open(ref)


def test_a_file_that_no_saved_change_names_stays_here(phone: Phone) -> None:
    phone.store.files.add(pdf())

    report = synced(phone)

    assert report.files_sent == 0
    assert not [path for path in phone.line.asked if "upload" in path]


def test_a_file_of_another_grid_is_not_given(field: Field, phone: Phone) -> None:
    ref, record = with_file(phone, pdf())
    synced(phone)
    stranger = field.phone("W3", "g3")
    synced(stranger)

    with pytest.raises(Trouble):
        stranger.device.file(ref, record)

    assert stranger.store.files.state(ref) is FileState.AWAY


def test_a_fetched_file_goes_when_its_record_leaves(field: Field) -> None:
    a, b = field.phone("W1", "g1"), field.phone("W2", "g1")
    ref, record = with_file(a, pdf())
    synced(a)
    synced(b)
    b.device.file(ref, record)
    with field.town.act() as act:
        act.conn.execute(
            text("UPDATE record SET grid = :there, version = version"), {"there": field.grid("g2")}
        )
        act.conn.execute(
            text("INSERT INTO exit (town_id, grid, record_id, seq) SELECT town_id, :here, id, "
                 "version + 1 FROM record"), {"here": field.grid("g1")},
        )  # fmt: skip
        act.conn.execute(text("UPDATE counter SET seq = seq + 1"))

    synced(b)

    assert b.store.files.state(ref) is FileState.AWAY
    assert not list((b.home / "accounts" / b.account / "files").iterdir())


@pytest.mark.parametrize("fault", [Fault.LOSE_REQUEST, Fault.LOSE_REPLY])
def test_whatever_is_lost_the_file_arrives_once(
    field: Field, phone: Phone, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(files_module, "PART_BYTES", 2000)
    sent = []
    for lost in range(9):  # push, pull, is it there, begin, offset, three parts, none
        content = voice(0.3) + bytes([lost, lost])
        content = content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:]
        sent.append(with_file(phone, content)[0])
        phone.line.plan.extend([*[Fault.NONE] * lost, fault])

        for _ in range(3):
            phone.device.sync()

        phone.line.plan.clear()
        assert phone.store.files.state(sent[-1]) is FileState.SENT

    assert stored(field) == sorted((ref.sha256, ref.size) for ref in sent)


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.NONSENSE, Fault.ERROR, Fault.BUSY])
def test_a_page_that_is_not_the_servers_is_no_receipt(
    field: Field, phone: Phone, fault: Fault
) -> None:
    sent = []
    for lost in range(7):  # push, pull, is it there, begin, offset, part, none
        ref = with_file(phone, photo(seed=lost))[0]
        sent.append(ref)
        phone.line.plan.extend([*[Fault.NONE] * lost, fault])

        phone.device.sync()

        phone.line.plan.clear()
        is_there = ref.sha256 in {stored for stored, _ in stored(field)}
        assert is_there or phone.store.files.state(ref) is not FileState.SENT
        synced(phone)

    assert stored(field) == sorted((ref.sha256, ref.size) for ref in sent)


def test_trouble_with_files_does_not_spoil_a_sync(field: Field, phone: Phone) -> None:
    ref, record = with_file(phone, pdf())

    def cut(request: httpx.Request) -> None:
        if "uploads" in request.url.path:
            raise httpx.ReadError("cut", request=request)

    phone.line.before = cut
    report = synced(phone)

    assert (report.sent, report.files_left) == (1, 1)
    assert "下次接着传" in report.words.zh
    assert "1 个附件还没有传完" in phone.device.status().words.zh
    assert field.record(record) is not None
    phone.line.before = None
    assert synced(phone).files_sent == 1
    assert phone.store.files.state(ref) is FileState.SENT


def test_a_large_file_goes_on_where_the_line_broke(field: Field, far: Phone, line: Line) -> None:
    content = voice(50)  # four parts
    ref, _ = with_file(far, content)
    line.cut_request_after = 100_000

    first = far.device.sync()
    received = _received(field, 100_000)
    second = synced(far)

    assert first.state is SyncState.DONE
    assert first.files_left == 1
    assert received == 100_000
    assert second.files_sent == 1
    assert line.requests.count("/v1/uploads") == 1
    assert stored(field) == [(ref.sha256, len(content))]


def test_a_phone_that_is_killed_in_the_middle_goes_on_from_there(
    field: Field, far: Phone, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = voice(50)
    ref, _ = with_file(far, content)
    monkeypatch.setattr(files_module, "PART_BYTES", 256 * 1024)
    far.device.lock()
    line.stall_at = "PATCH"
    command = [sys.executable, "-m", "tests.mobile.sync.a_phone_that_syncs"]
    child = subprocess.Popen([*command, str(far.home), far.account])
    try:
        assert line.stalled.wait(WAIT_S)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(WAIT_S)
    begun = line.requests.count("/v1/uploads")
    line.stall_at = ""
    line.go_on.set()

    far.device.unlock(far.account, PIN)
    report = synced(far)

    assert report.files_sent == 1
    assert begun == line.requests.count("/v1/uploads") == 1
    assert stored(field) == [(ref.sha256, len(content))]


def test_a_file_that_broke_here_does_not_hold_up_the_others(field: Field, phone: Phone) -> None:
    broken, _ = with_file(phone, pdf())
    good, _ = with_file(phone, photo())
    name = next(k.id for k in phone.store.files._rows.all() if k.ref == broken)
    path = phone.home / "accounts" / phone.account / "files" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    report = synced(phone)

    assert (report.files_sent, report.files_refused) == (1, 1)
    assert phone.store.files.state(good) is FileState.SENT
    assert phone.store.files.state(broken) is FileState.REFUSED
    assert phone.store.files.reason(broken) is not None


def test_a_file_that_the_office_refuses_is_told_and_not_sent_again(
    field: Field, phone: Phone
) -> None:
    content = photo(located=True)  # as a phone of another make might send it
    ref = FileRef(sha256(content).hexdigest(), len(content), "image/jpeg")
    phone.store.files._put(ref, FileState.HERE, content)
    phone.store.save(
        [create("household", phone.clock.new_id(), head_name="李芳", photo=ref.answer)]
    )

    report = synced(phone)
    phone.line.asked.clear()
    synced(phone)

    assert report.files_refused == 1
    assert "未被接受" in report.words.zh
    reason = phone.store.files.reason(ref)
    assert reason is not None
    assert "拍摄地点" in reason.zh
    assert not [path for path in phone.line.asked if "upload" in path]
    assert stored(field) == []


def test_an_upload_that_expired_begins_anew(field: Field, phone: Phone) -> None:
    ref, _ = with_file(phone, pdf())
    files, line = phone.store.files, phone.device._client
    assert line is not None
    files.sending(ref, line._file_line().begin(ref))
    field.town.clock.at += UPLOAD_MS

    assert synced(phone).files_sent == 1


@pytest.mark.postgres
def test_a_file_comes_to_postgresql_too(field: Field, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url")
    with a_field(field.folder / "postgres", url) as other:
        a, b = other.phone("W1"), other.phone("W2")
        ref, record = with_file(a, voice(20))
        report: SyncReport = synced(a)
        synced(b)

        assert report.files_sent == 1
        assert b.device.file(ref, record) == voice(20)


def _received(field: Field, expected: int) -> int:
    """How much the server has, once it has noticed that the line is cut."""
    received = 0
    for _ in range(WAIT_S * 20):
        with reading(field.town.services.engine) as conn:
            received = int(conn.execute(text("SELECT max(received) FROM upload")).scalar_one())
        if received == expected:
            break
        time.sleep(0.05)
    return received
