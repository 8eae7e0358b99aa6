"""Enrolment, and going on under a new id after a fork."""

from dataclasses import dataclass

import msgspec
from fastapi import Request, Response

from server.api.context import SyncApi
from server.api.incoming import Incoming, answer, check_signature, known_device, read, understood
from server.api.problems import TooMany
from server.office.enrolment import enrol, incarnate
from shared.wire import Enrol, Enrolled, encode

UNKNOWN_CALLER = "unknown"


@dataclass(frozen=True)
class DeviceRoutes:
    """The handlers."""

    api: SyncApi

    async def enrol(self, request: Request) -> Response:
        """Spends a one-time enrolment code: makes a device of the worker it was given for."""
        # Every try counts, also one that cannot be read.
        caller = request.client.host if request.client else UNKNOWN_CALLER
        if wait := self.api.enrolments.wait_ms(caller, self.api.services.clock()):
            raise TooMany(wait)

        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._enrol(incoming))

    async def incarnation(self, request: Request) -> Response:
        """Gives a forked device a new id and token; what it has not sent goes on under them."""
        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._incarnation(incoming))

    def _enrol(self, incoming: Incoming) -> Response:
        wanted = understood(incoming.json(), Enrol)
        services = self.api.services
        enrolled = enrol(services.engine, services.keys, wanted, services.clock)
        return answer(incoming, self._told(enrolled))

    def _incarnation(self, incoming: Incoming) -> Response:
        device = known_device(self.api, incoming)
        check_signature(device, incoming, incoming.json())
        services = self.api.services
        enrolled = incarnate(services.engine, services.keys, device, services.clock)
        return answer(incoming, self._told(enrolled))

    def _told(self, enrolled: Enrolled) -> bytes:
        return encode(msgspec.structs.replace(enrolled, limits=self.api.device_limits))
