"""Calls the real app in this process, over HTTP as far as the app can tell."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from server.api.context import ApiLimits
from server.app import app_of
from shared.changes import Change, ChangeKind
from shared.clock import Reading
from shared.wire import FIRST_DIGEST, Enrolled, Push, chained
from tests.server.a_town import ATown, Phone

Headers = Mapping[str, str] | Mapping[bytes, bytes]
Content = bytes | AsyncIterator[bytes]
CLIENT = ("203.0.113.7", 40_000)


@dataclass(frozen=True)
class Caller:
    """A client that waits for each answer."""

    portal: BlockingPortal
    client: httpx.AsyncClient
    app: FastAPI

    def get(self, path: str, headers: Headers | None = None) -> httpx.Response:
        return self.call("GET", path, headers=headers)

    def post(
        self, path: str, content: Content = b"", headers: Headers | None = None
    ) -> httpx.Response:
        return self.call("POST", path, content=content, headers=headers)

    def call(
        self, method: str, path: str, *, content: Content = b"", headers: Headers | None = None
    ) -> httpx.Response:
        async def ask() -> httpx.Response:
            return await self.client.request(method, path, content=content, headers=headers)

        return self.portal.call(ask)

    def flush(self) -> None:
        """Writes the contacts that the app keeps in memory."""
        self.app.state.api.contacts.flush(self.app.state.services.engine)


@contextmanager
def calling(town: ATown, limits: ApiLimits | None = None) -> Iterator[Caller]:
    """The app of that town, started and at the end stopped."""
    app = app_of(town.services, limits)
    with start_blocking_portal() as portal:
        lifespan = app.router.lifespan_context(app)
        with portal.wrap_async_context_manager(lifespan):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=CLIENT)
            client = httpx.AsyncClient(transport=transport, base_url="http://doorstep.test")
            with portal.wrap_async_context_manager(client):
                yield Caller(portal, client, app)


@dataclass
class Device:
    """An enrolled phone that keeps its own count and chain, as the app does."""

    enrolled: Enrolled
    phone: Phone
    n: int = 0
    digest: str = FIRST_DIGEST

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.enrolled.token}"}

    def signed(self, body: bytes) -> dict[str, str]:
        return self.token | {"Doorstep-Signature": self.phone.signature(body)}

    def push_of(self, *changes: bytes) -> bytes:
        """The body of a push; the chain goes on only when `took` is called."""
        return msgspec.json.encode(
            Push(
                device=self.enrolled.device,
                after=self.digest,
                clock=Reading(self.enrolled.now, "boot", 1),
                changes=[msgspec.Raw(change) for change in changes],
            )
        )

    def took(self, *changes: bytes) -> None:
        for change in changes:
            self.digest = chained(self.digest, change)

    def create(self, record: str, kind: str, **units: object) -> bytes:
        self.n += 1
        return msgspec.json.encode(
            Change(
                n=self.n,
                save=f"save-{self.n}",
                kind=ChangeKind.CREATE,
                record=record,
                record_kind=kind,
                grid=self.enrolled.grids[0].id,
                worker=self.enrolled.worker,
                at=self.enrolled.now,
                boot="boot",
                mono=1,
                units=dict(units),
                form="1",
            )
        )


def enrol(town: ATown, *places: str, staff_no: str = "W1") -> Device:
    """A phone of a new worker of those places."""
    phone = Phone()
    return Device(town.enrolled(town.worker(staff_no, *places), phone), phone)
