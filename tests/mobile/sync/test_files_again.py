"""Files that broke on the phone, or whose parts became too large: put right, and on their way."""

from pathlib import Path

import httpx
import pytest

from mobile.errors import DamagedRow
from mobile.store.file_faults import vanished
from mobile.store.file_rows import FileState
from mobile.sync.files import FAILURES_MAX
from mobile.sync.report import SyncState
from mobile.sync.uploads import UPLOADS
from shared.files import FileRef
from tests.media import photo, voice
from tests.mobile.field import Field, Phone, synced
from tests.mobile.sync.a_file import stored, with_file
from tests.mobile.sync.a_line import via


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


def file_of(phone: Phone, ref: FileRef) -> Path:
    kept = phone.store.files._rows.get(ref)
    assert kept is not None
    return phone.home / "accounts" / phone.account / "files" / kept.id


def harm(phone: Phone, ref: FileRef) -> None:
    path = file_of(phone, ref)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def test_a_photo_that_broke_here_and_is_chosen_again_is_sent(field: Field, phone: Phone) -> None:
    ref, _ = with_file(phone, photo())
    harm(phone, ref)
    refused = synced(phone).files_refused

    phone.store.files.add(photo())
    synced(phone)
    phone.restart()

    assert refused == 1
    assert stored(field) == [(ref.sha256, ref.size)]
    assert phone.store.files.state(ref) is FileState.SENT
    assert phone.store.files.reason(ref) is None
    assert len(phone.store.files.open(ref)) == ref.size


def test_a_photo_that_broke_here_is_fetched_from_the_office_that_has_it(phone: Phone) -> None:
    ref, record = with_file(phone, photo())
    synced(phone)
    harm(phone, ref)

    shown = phone.device.file(ref, record)
    phone.line.down = True

    assert phone.device.file(ref, record) == shown
    assert phone.store.files.state(ref) is FileState.SENT


def test_a_photo_that_broke_here_before_anybody_else_had_it_says_so(phone: Phone) -> None:
    ref, record = with_file(phone, photo())
    harm(phone, ref)

    with pytest.raises(DamagedRow):
        phone.device.file(ref, record)


def test_a_photo_that_vanished_before_anybody_else_had_it_says_so_and_may_be_taken_again(
    field: Field, phone: Phone
) -> None:
    ref, _ = with_file(phone, photo())
    file_of(phone, ref).unlink()
    phone.restart()

    report = synced(phone)
    said = phone.store.files.reason(ref)
    phone.store.files.add(photo())
    synced(phone)

    assert (report.files_sent, report.files_refused) == (0, 1)
    assert said == vanished().words
    assert stored(field) == [(ref.sha256, ref.size)]


def test_a_photo_that_vanished_and_that_the_office_has_is_fetched_again(phone: Phone) -> None:
    ref, record = with_file(phone, photo())
    synced(phone)
    file_of(phone, ref).unlink()
    phone.restart()

    assert len(phone.device.file(ref, record)) == ref.size


def test_parts_that_are_too_large_by_now_are_made_smaller(field: Field, phone: Phone) -> None:
    ref, _ = with_file(phone, voice(30))
    straight = phone.line

    def frugal(request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH" and len(request.read()) > ref.size // 3:
            problem = {"code": "too_large", "words": {"zh": "太多", "en": "too much"}}
            return httpx.Response(413, json=problem)
        return straight.handle_request(request)

    with via(phone, httpx.MockTransport(frugal)):
        report = synced(phone)

    assert (report.files_sent, report.files_refused) == (1, 0)
    assert stored(field) == [(ref.sha256, ref.size)]


def test_a_photo_at_which_the_server_fails_does_not_hold_up_those_behind_it(
    field: Field, phone: Phone
) -> None:
    first, *others = (with_file(phone, photo(seed=seed))[0] for seed in range(3))
    straight, begun = phone.line, 0

    def failing(request: httpx.Request) -> httpx.Response:
        nonlocal begun
        if request.method == "POST" and request.url.path == UPLOADS:
            begun += 1
            if begun == 1:
                return httpx.Response(500, text="internal")
        return straight.handle_request(request)

    with via(phone, httpx.MockTransport(failing)):
        report = synced(phone)
    held_back = phone.store.files.state(first)
    later = synced(phone)

    assert (report.state, report.files_sent, report.files_left) == (SyncState.DONE, 2, 1)
    assert held_back is FileState.HERE
    assert (later.files_sent, later.files_left) == (1, 0)
    assert stored(field) == sorted((ref.sha256, ref.size) for ref in (first, *others))


def test_where_the_server_fails_at_every_photo_the_phone_stops_asking(phone: Phone) -> None:
    for seed in range(FAILURES_MAX + 3):
        with_file(phone, photo(seed=seed))
    straight, asked = phone.line, 0

    def failing(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        if "/files" in request.url.path:
            asked += 1
            return httpx.Response(500, text="internal")
        return straight.handle_request(request)

    with via(phone, httpx.MockTransport(failing)):
        report = synced(phone)

    assert asked == FAILURES_MAX
    assert report.files_left == FAILURES_MAX + 3
