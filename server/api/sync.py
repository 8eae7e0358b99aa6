"""Push, pull, snapshot and forms: what an enrolled device asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import Path as PathPart
from fastapi import Query, Request, Response
from sqlalchemy import Connection

from server.api.admission import Admission
from server.api.context import SyncApi
from server.api.incoming import (
    Incoming,
    active_device,
    answer,
    check_signature,
    drained,
    read,
    understood,
)
from server.api.problems import Busy, UpdateApp
from server.db.engine import reading
from server.errors import NotFound
from server.office.people import DeviceIdentity
from server.register.contact import contact_values
from server.register.cutting import push_in
from server.register.pages import Range
from server.register.refusals import NotUnderstood
from server.rights.stopping import Stopping
from shared.clock import Reading
from shared.consent import WORD_UNIT
from shared.wire import PAGE_MAX, CarriedReply, Pull, Report, encode

SEQ_MAX = 2**62
CONSENT = f'"{WORD_UNIT}'.encode()
"""How the changes begin that may note what somebody lets be kept."""
_TEXT = r"^[^\x00-\x1f]*$"  # no database takes a NUL
InAddress = Annotated[str, Query(max_length=100, pattern=_TEXT)]
NameInPath = Annotated[str, PathPart(max_length=100, pattern=_TEXT)]

OLDEST_APP = (0, 1)
"""Older apps could not read a page: they are told to update before they pull."""


@dataclass(frozen=True)
class SyncRoutes:
    """The handlers. Each reads the request, then works in a thread, then answers."""

    api: SyncApi

    async def push(self, request: Request) -> Response:
        """Takes changes of one device, each exactly once; answers what became of each."""
        return await self._at(self.api.pushes, request, self._push)

    async def carry_over(self, request: Request) -> Response:
        """Takes the file of a phone that could not sync, brought by a colleague's."""

        def work(incoming: Incoming) -> Response:
            device = active_device(self.api, incoming)
            register = self.api.services.register
            done = register.carried(device.town, incoming.body, device.id)
            Stopping(self.api.services).begin(device.town)
            return answer(incoming, encode(CarriedReply(done.taken)))

        return await self._at(self.api.pushes, request, work)

    async def pull(self, request: Request) -> Response:
        """Answers what changed in the device's grids since its cursor."""
        return await self._at(self.api.pulls, request, self._pull)

    async def snapshot(
        self,
        request: Request,
        *,
        grid: InAddress,
        after: InAddress = "",
        limit: Annotated[int, Query(ge=1)] = PAGE_MAX,
        seq: Annotated[int, Query(ge=0, le=SEQ_MAX)] = 0,
        upto: InAddress = "",
        short: bool = False,
    ) -> Response:
        """Answers a range of one grid's records: all, page by page, or a part once more."""
        wanted = Range(grid, after, min(limit, PAGE_MAX), seq, upto, short)

        def work(incoming: Incoming) -> Response:
            device = active_device(self.api, incoming)
            return answer(incoming, self.api.services.register.snapshot(device, wanted))

        return await self._at(self.api.pulls, request, work)

    async def sums(
        self, request: Request, *, grid: InAddress, after: InAddress = "", upto: InAddress = ""
    ) -> Response:
        """Answers checksums of the parts of a range, to find the records that differ."""

        def work(incoming: Incoming) -> Response:
            device = active_device(self.api, incoming)
            told = self.api.services.register.sums(device, grid, after=after, upto=upto)
            return answer(incoming, encode(told))

        return await self._at(self.api.pulls, request, work)

    async def form(self, request: Request, kind: NameInPath, version: NameInPath) -> Response:
        """Answers one version of a form. It never changes, so it may be kept for ever."""

        def work(incoming: Incoming) -> Response:
            device = active_device(self.api, incoming)
            form = self.api.services.register.form(device.town, kind, version)
            if form is None:
                raise NotFound
            reply = answer(incoming, form)
            reply.headers["Cache-Control"] = "private, max-age=31536000, immutable"
            return reply

        return await self._at(self.api.pulls, request, work)

    async def _at(
        self, door: Admission, request: Request, work: Callable[[Incoming], Response]
    ) -> Response:
        try:
            async with door.place():
                incoming = await read(request, self.api.limits)
                return await door.work(lambda: work(incoming))
        except Busy:
            await drained(request, self.api.limits)
            raise

    def _push(self, incoming: Incoming) -> Response:
        device = active_device(self.api, incoming)
        body = incoming.json()
        check_signature(device, incoming, body)
        push = push_in(body)
        if push.device != device.id:
            raise NotUnderstood
        reply = self.api.services.register.push(device, push)
        if any(CONSENT in bytes(change) for change in push.changes):
            Stopping(self.api.services).begin(device.town)
        self._heard(device, push.clock, push.report)
        reply = msgspec.structs.replace(reply, limits=self.api.device_limits)
        return answer(incoming, encode(reply))

    def _pull(self, incoming: Incoming) -> Response:
        with reading(self.api.services.engine) as conn:  # one look at the database, not two
            device = active_device(self.api, incoming, conn)
            page = self._page(conn, device, understood(incoming.json(), Pull))
        return answer(incoming, page)

    def _page(self, conn: Connection, device: DeviceIdentity, pull: Pull) -> bytes:
        self._heard(device, pull.clock, pull.report)
        self.api.contacts.note(
            device, {"passed": self.api.services.register.passed(device, pull.cursor)}
        )
        if _is_too_old(pull.report.app):
            raise UpdateApp
        if not 1 <= pull.limit <= PAGE_MAX:
            pull = msgspec.structs.replace(pull, limit=PAGE_MAX)
        return self.api.services.register.page(device, pull, conn)

    def _heard(self, device: DeviceIdentity, clock: Reading | None, report: Report) -> None:
        now = self.api.services.clock()
        self.api.contacts.note(device, contact_values(report, clock, now))


def _is_too_old(app: str) -> bool:
    parts = app.split(".")[:2]
    known = len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts)
    return known and tuple(int(part) for part in parts) < OLDEST_APP
