"""A server that takes less than it did, or a line that is too thin: less goes, and all arrives."""

import json

import httpx
import pytest
import zstandard

from mobile.store import contact
from mobile.sync.report import SyncState
from shared.wire import Limits
from tests.mobile.field import Field, Phone, synced
from tests.mobile.kit import create
from tests.mobile.sync.a_line import via
from tests.mobile.sync.test_recovery import dump, put_back


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


def work(phone: Phone, saves: int) -> list[str]:
    """So many households, each a save of its own."""
    records = [phone.clock.new_id() for _ in range(saves)]
    for record in records:
        phone.store.save([create("household", record, head_name="李芳", needs="轮椅" * 200)])
    return records


class Narrow(httpx.BaseTransport):
    """Lets no push through that has more than so many bytes."""

    def __init__(self, phone: Phone, most: int) -> None:
        self.inner, self.most, self.pushed = phone.line, most, 0

    def too_much(self, _request: httpx.Request) -> httpx.Response:
        problem = {"code": "too_large", "words": {"zh": "太多", "en": "too much"}}
        return httpx.Response(413, json=problem)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/push":
            return self.inner.handle_request(request)
        body = request.read()
        if request.headers.get("Content-Encoding") == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        self.pushed += 1
        return (
            self.too_much(request) if len(body) > self.most else self.inner.handle_request(request)
        )


class Proxy(Narrow):
    """Something before the server says so, in its own words."""

    def too_much(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(413, html="<h1>413 Request Entity Too Large</h1>")


class Frugal(Narrow):
    """A server that says that it takes two changes at once."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply = super().handle_request(request)
        if request.url.path != "/v1/push" or reply.status_code != httpx.codes.OK:
            return reply
        return httpx.Response(200, json=json.loads(reply.read()) | {"limits": {"changes": 2}})


class Thin(Narrow):
    """A line that breaks under so much."""

    def too_much(self, _request: httpx.Request) -> httpx.Response:
        raise httpx.WriteTimeout("too slow", request=_request)


@pytest.mark.parametrize("kind", [Narrow, Proxy])
def test_what_is_too_much_at_once_goes_in_smaller_pushes_of_the_same_sync(
    field: Field, phone: Phone, kind: type[Narrow]
) -> None:
    records = work(phone, 40)

    with via(phone, kind(phone, 20_000)):
        report = synced(phone)

    assert (report.sent, report.left) == (40, 0)
    assert all(field.record(record) is not None for record in records)


def test_a_line_that_breaks_under_a_push_carries_it_in_pieces_the_next_times(
    field: Field, phone: Phone
) -> None:
    records = work(phone, 40)

    with via(phone, Thin(phone, 20_000)):
        ended = [phone.device.sync().state for _ in range(4)]

    assert ended[0] is SyncState.OFFLINE
    assert ended[-1] is SyncState.DONE
    assert all(field.record(record) is not None for record in records)


def test_a_save_that_no_push_can_hold_says_so_and_stays(phone: Phone) -> None:
    work(phone, 1)

    with via(phone, Narrow(phone, 100)):
        report = phone.device.sync()

    assert (report.state, report.left) == (SyncState.SERVER_TROUBLE, 1)
    assert report.words.en == "too much"


def test_a_save_that_was_made_before_the_server_lowered_its_limits_is_sent(
    field: Field, phone: Phone
) -> None:
    records = [phone.clock.new_id() for _ in range(3)]
    phone.store.save([create("household", record, head_name="甲") for record in records])
    contact.take_limits(phone.store.shelf, Limits(changes=2))
    records += work(phone, 1)

    report = synced(phone)

    assert (report.sent, report.left) == (4, 0)
    assert all(field.record(record) is not None for record in records)


@pytest.mark.parametrize("said", [0, -1, 3])
def test_limits_that_make_no_sense_keep_nobody_from_saving_and_sending(
    field: Field, phone: Phone, said: int
) -> None:
    contact.take_limits(phone.store.shelf, Limits(changes=said, bytes=said))

    records = work(phone, 3)
    report = synced(phone)

    assert (report.sent, report.left) == (3, 0)
    assert all(field.record(record) is not None for record in records)


def test_a_restored_server_is_given_all_that_it_lacks_and_not_only_what_one_push_holds(
    field: Field, phone: Phone
) -> None:
    kept = dump(field)
    with via(phone, Frugal(phone, 1_000_000)):
        records = work(phone, 12)
        synced(phone)
        put_back(field, kept)

        synced(phone)

    assert [record for record in records if field.record(record) is None] == []
