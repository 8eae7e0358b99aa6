"""The real server in this process, phones with the real store, and a bad line in between."""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

import httpx
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import col

from mobile.device import Device, EnrolmentText
from mobile.settings import Settings
from mobile.store.store import Store
from mobile.sync.report import SyncReport, SyncState
from mobile.vault.keystore import FileKeyStore
from server.api.context import ApiLimits, SyncApi
from server.api.handlers import add_handlers
from server.api.routes import api_router
from server.db.engine import reading
from server.db.register_tables import RecordRow
from server.forms.builtin import builtin_forms
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.register.edits import Edit as OfficeEdit
from server.services import Services
from shared.changes import Answer, ChangeKind
from shared.codec import pack
from shared.records import Record
from tests.mobile.kit import StillClock
from tests.server.a_town import ATown, make_town

T = TypeVar("T")
SERVER = "http://127.0.0.1:9"
PIN = "830417"
OWN_SYNC_SECONDS = 30
"""So long the app's own sync may take before a test goes on."""


class Portal(Protocol):
    """Lets a thread ask an event loop."""

    def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What it comes to."""
        ...


class Fault(StrEnum):
    """What the line does to one request."""

    NONE = "none"
    LOSE_REQUEST = "lose_request"
    LOSE_REPLY = "lose_reply"
    """The server has done its work; the phone never hears of it."""
    DOUBLE = "double"
    """The request arrives twice; the phone hears the second answer."""
    CUT = "cut"
    """The answer breaks off in its body."""
    SLOW = "slow"
    HTML = "html"
    NONSENSE = "nonsense"
    ERROR = "error"
    BUSY = "busy"


@dataclass
class BadLine(httpx.BaseTransport):
    """Carries requests to the server in this process, and does to them what is planned."""

    portal: Portal
    inner: httpx.ASGITransport
    plan: deque[Fault] = field(default_factory=deque)
    """The faults of the next requests."""
    down: bool = False
    asked: list[str] = field(default_factory=list)
    """Method and path of every request that reached the server."""
    before: Callable[[httpx.Request], None] | None = None
    """Called before a request reaches the server."""
    replies: list[bytes] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fault = self.plan.popleft() if self.plan else Fault.NONE
        if self.down or fault is Fault.LOSE_REQUEST:
            raise httpx.ConnectError("no way to the server", request=request)
        if self.before is not None:
            self.before(request)
        made_up = _made_up(fault, request)
        if made_up is not None:
            return made_up
        reply = self._ask(request)
        if fault is Fault.DOUBLE:
            reply = self._ask(request)
        if fault is Fault.LOSE_REPLY:
            raise httpx.ReadError("the reply was lost", request=request)
        if fault is Fault.SLOW:
            raise httpx.ReadTimeout("too slow", request=request)
        if fault is Fault.CUT:
            return _cut(reply, request)
        return reply

    def _ask(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")

        async def ask() -> httpx.Response:
            sent = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.read()
            )
            reply = await self.inner.handle_async_request(sent)
            content = b"".join([chunk async for chunk in reply.aiter_raw()])
            self.replies.append(content)
            headers = httpx.Headers(reply.headers)
            return httpx.Response(
                reply.status_code, headers=headers, stream=httpx.ByteStream(content)
            )

        return self.portal.call(ask)


def _made_up(fault: Fault, request: httpx.Request) -> httpx.Response | None:
    """Answers that are not the server's."""
    if fault is Fault.NONE:
        return None
    page = "<html><body>请登录 Log in to this network</body></html>"
    answers = {
        Fault.HTML: httpx.Response(200, html=page),
        Fault.NONSENSE: httpx.Response(200, json={"cursor": 7, "results": "?"}),
        Fault.ERROR: httpx.Response(500, text="Internal Server Error"),
        Fault.BUSY: httpx.Response(503, headers={"Retry-After": "7"}, text="busy"),
    }
    return answers.get(fault)


def _cut(reply: httpx.Response, request: httpx.Request) -> httpx.Response:
    content = (
        reply.read() if not isinstance(reply.stream, httpx.ByteStream) else b"".join(reply.stream)
    )

    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield content[: len(content) // 2]
            raise httpx.RemoteProtocolError("the connection was cut", request=request)

    return httpx.Response(reply.status_code, headers=reply.headers, stream=Cut())


@dataclass
class Phone:
    """One device with one account."""

    device: Device
    line: BadLine
    clock: StillClock
    home: Path
    account: str

    @property
    def store(self) -> Store:
        return self.device.store

    @property
    def known_as(self) -> str:
        """The id that the office knows it by."""
        return self.store.shelf.account.identity.device

    def restart(self) -> None:
        """The app is killed and started again."""
        self.device.lock()
        self.device = open_device(self.home, self.line, self.clock)
        self.device.unlock(self.account, PIN)


@dataclass
class Field:
    """The town, its server and everybody's phones."""

    town: ATown
    portal: Portal
    app: httpx.ASGITransport
    folder: Path
    admin: AccountIdentity
    workers: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def phone(self, worker: str = "W1", *places: str) -> Phone:
        """A phone of the worker, enrolled and unlocked, never synced."""
        if worker not in self.workers:
            self.workers[worker] = self.town.worker(worker, *(places or ("g1",)))
        self.made += 1
        home = self.folder / f"phone-{self.made}"
        clock = StillClock(self.town.clock.at)
        clock.made = self.made * 1_000_000
        line = BadLine(self.portal, self.app)
        device = open_device(home, line, clock)
        code = self.town.code(self.workers[worker])
        account = device.enrol(EnrolmentText(SERVER, code), PIN)
        return Phone(device, line, clock, home, account.id)

    def grid(self, name: str = "g1") -> str:
        return self.town.areas[name]

    def write(
        self, record: str, kind: str = "household", *, grid: str = "g1", **units: Answer
    ) -> None:
        """The office creates or edits a record, having seen all of it."""
        known = self.record(record)
        self.town.services.register.commit(
            self.admin,
            [
                OfficeEdit(
                    kind=ChangeKind.SET if known else ChangeKind.CREATE,
                    record=record,
                    record_kind=kind,
                    grid=known.grid if known else self.grid(grid),
                    base=known.version if known else 0,
                    units=units,
                )
            ],
        )

    def record(self, record: str) -> Record | None:
        return self.town.services.register.record(self.town.who.town, record)


def open_device(home: Path, line: httpx.BaseTransport, clock: StillClock) -> Device:
    settings = Settings(home=home, platform="test")
    return Device(settings, key_store=FileKeyStore(home / "keys"), transport=line, clock=clock)


@contextmanager
def a_field(folder: Path, database_url: str = "") -> Iterator[Field]:
    """A town with the built-in forms; its sync API answers in this process, without a console."""
    town = make_town(folder / "server", database_url)
    for form in builtin_forms().values():
        town.services.register.publish_form(town.who.town, form)
    with start_blocking_portal() as portal:
        admin = town.account("admin", Role.TOWN_ADMIN)
        yield Field(town, portal, answering(town.services), folder, admin)


def answering(services: Services) -> httpx.ASGITransport:
    """The sync API of these services, without a console."""
    app = FastAPI()
    app.include_router(api_router(SyncApi.of(services, ApiLimits())))
    add_handlers(app)
    return httpx.ASGITransport(app, raise_app_exceptions=False)


def synced(phone: Phone) -> SyncReport:
    """A sync that went through, after one that the app may have begun by itself."""
    report = phone.device.sync()
    until = time.monotonic() + OWN_SYNC_SECONDS
    while report.state is SyncState.ALREADY_RUNNING and time.monotonic() < until:
        time.sleep(0.02)
        report = phone.device.sync()
    assert report.state is SyncState.DONE, report
    return report


def differences(phone: Phone, field_: Field) -> list[str]:
    """Records whose shadow on the phone is not the register's, byte for byte."""
    grids = {area.id for area in phone.store.areas()}
    here = shadows(phone)
    town, register = field_.town.who.town, field_.town.services.register
    there = {
        record.id: record
        for record in register.records(town, _all_records(field_)).values()
        if record.grid in grids
    }
    return sorted(
        record_id
        for record_id in here.keys() | there.keys()
        if record_id not in here
        or record_id not in there
        or pack(here[record_id]) != pack(there[record_id])
    )


def shadows(phone: Phone) -> dict[str, Record]:
    """Everything that the phone has from the server, by id."""
    shelf = phone.store.shelf
    with shelf.database.reading() as conn:
        ids = [
            packed if isinstance(packed, str) else packed.id for packed in shelf.shadow.all(conn)
        ]
        found = {record_id: shelf.shadow.get(conn, record_id) for record_id in ids}
    return {record_id: record for record_id, record in found.items() if record is not None}


def _all_records(field_: Field) -> list[str]:
    with reading(field_.town.services.engine) as conn:
        return list(conn.execute(select(col(RecordRow.id))).scalars())
