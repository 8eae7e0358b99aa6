"""Answers that no good server gives, and networks that answer for it: none is believed."""

import httpx
import msgspec
import pytest

from mobile.store.file_rows import FileState
from mobile.sync.line import RETRY_SECONDS_MAX
from mobile.sync.report import SyncState
from mobile.wiping import write_receipt
from tests.media import pdf
from tests.mobile.field import Fault, Field, Phone, differences, synced
from tests.mobile.kit import FORMS
from tests.mobile.sync.a_file import with_file
from tests.mobile.sync.a_line import via

ITS_CLOCK = {"Date": "Mon, 23 Nov 2026 07:00:00 GMT"}


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ("7", 7),
        ("9" * 5000, RETRY_SECONDS_MAX),
        ("99999999999999999999", RETRY_SECONDS_MAX),
        ("31536000", RETRY_SECONDS_MAX),
        ("Mon, 23 Nov 2026 07:30:00 GMT", 1800),
        ("Mon, 23 Nov 2026 06:30:00 GMT", 0),
        ("-5", 0),
        ("soon", 0),
    ],
)
def test_whatever_a_busy_server_wishes_the_phone_asks_it_again_within_the_hour(
    phone: Phone, said: str, waits: int
) -> None:
    busy = httpx.Response(503, headers=ITS_CLOCK | {"Retry-After": said}, text="busy")

    with via(phone, httpx.MockTransport(lambda _: busy)):
        report = phone.device.sync()
    last = phone.device.status().last_report

    assert (report.state, report.retry_after) == (SyncState.SERVER_BUSY, waits)
    assert last is not None
    assert last.retry_after == waits
    assert synced(phone).state is SyncState.DONE


def test_a_log_in_page_is_no_receipt_for_a_wiped_phone(phone: Phone) -> None:
    write_receipt(phone.home, phone.store.shelf.account.identity, 1)
    phone.line.plan.append(Fault.HTML)

    phone.device.send_receipts()

    assert len(list((phone.home / "receipts").iterdir())) == 1


def test_answers_that_are_too_long_are_asked_for_in_smaller_ones(
    field: Field, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(60):
        field.write(phone.clock.new_id(), head_name=f"户{n}", needs="轮椅坡道" * 50)
    monkeypatch.setattr("mobile.sync.line.ANSWER_BYTES_MAX", 40_000)

    ended = [phone.device.sync().state for _ in range(6)]

    assert ended[0] is SyncState.SERVER_TROUBLE
    assert SyncState.DONE in ended
    assert differences(phone, field) == []


def test_a_form_that_only_a_newer_app_can_read_holds_nothing_else_up(
    field: Field, phone: Phone
) -> None:
    record = phone.clock.new_id()
    field.write(record, head_name="李芳")
    field.town.services.register.publish_form(
        field.town.who.town, msgspec.structs.replace(FORMS["household"], version="of-2031")
    )
    straight, ref = phone.line, with_file(phone, pdf())[0]

    def newer(request: httpx.Request) -> httpx.Response:
        reply = straight.handle_request(request)
        if not request.url.path.startswith("/v1/forms/household"):
            return reply
        content = reply.read().replace(b'"is":"question"', b'"is":"hologram"')
        return httpx.Response(200, content=content)

    with via(phone, httpx.MockTransport(newer)):
        report = synced(phone)
        line = phone.device.status().words.en
    known = phone.store.begin("household", record).form
    caught_up = synced(phone)

    assert report.too_new == 1
    assert "newer app" in report.words.en
    assert "newer app" in line
    assert phone.store.files.state(ref) is FileState.SENT
    assert known == FORMS["household"].version
    assert caught_up.too_new == 0
    assert phone.store.begin("household", record).form == "of-2031"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_followed_to_another_address(phone: Phone, status: int) -> None:
    asked: list[httpx.URL] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(status, headers={"Location": "https://portal.example/login"})

    with via(phone, httpx.MockTransport(elsewhere)):
        report = phone.device.sync()

    assert report.state is SyncState.SERVER_TROUBLE
    assert {url.host for url in asked} == {"127.0.0.1"}
