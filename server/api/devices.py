"""Enrolment, going on under a new id after a fork, and what a lost phone says last."""

from dataclasses import dataclass

import msgspec
from fastapi import Request, Response

from server.api.context import SyncApi
from server.api.incoming import (
    Incoming,
    answer,
    bearer,
    check_signature,
    known_device,
    mind_the_rate,
    read,
    understood,
)
from server.db.engine import reading
from server.office.devices import identify
from server.office.enrolment import enrol, incarnate
from server.office.receipts import take_receipt
from server.register.answered import last_agreed
from shared.rescue import Wiped
from shared.wire import Enrol, Enrolled, Incarnate, encode


@dataclass(frozen=True)
class DeviceRoutes:
    """The handlers."""

    api: SyncApi

    async def enrol(self, request: Request) -> Response:
        """Spends a one-time enrolment code: makes a device of the worker it was given for."""
        # Every try counts, also one that cannot be read.
        mind_the_rate(self.api, request)
        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._enrol(incoming))

    async def incarnation(self, request: Request) -> Response:
        """Gives a forked device a new id and token; what it has not sent goes on under them."""
        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._incarnation(incoming))

    async def wiped(self, request: Request) -> Response:
        """Takes the receipt of a lost phone: its keys and files are destroyed."""
        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._wiped(incoming))

    def _wiped(self, incoming: Incoming) -> Response:
        services = self.api.services
        with reading(services.engine) as conn:
            device = identify(conn, bearer(incoming), services.clock())
        check_signature(device, incoming, incoming.json())
        understood(incoming.json(), Wiped)
        take_receipt(services.engine, services.keys, device, services.clock)
        return Response(status_code=204)

    def _enrol(self, incoming: Incoming) -> Response:
        wanted = understood(incoming.json(), Enrol)
        services = self.api.services
        enrolled = enrol(services.engine, services.keys, wanted, services.clock)
        return answer(incoming, self._told(enrolled))

    def _incarnation(self, incoming: Incoming) -> Response:
        device = known_device(self.api, incoming)
        check_signature(device, incoming, incoming.json())
        services = self.api.services
        chain = understood(incoming.json(), Incarnate).chain
        enrolled = incarnate(services.engine, services.keys, device, services.clock)
        if chain and enrolled.last_n is not None:  # nothing comes under the old id any more
            with reading(services.engine) as conn:
                last_n, digest = last_agreed(conn, device, chain, enrolled.last_n)
            enrolled = msgspec.structs.replace(enrolled, last_n=last_n, digest=digest)
        return answer(incoming, self._told(enrolled))

    def _told(self, enrolled: Enrolled) -> bytes:
        return encode(msgspec.structs.replace(enrolled, limits=self.api.device_limits))
