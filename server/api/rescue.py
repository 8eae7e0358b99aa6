"""The way back in for a locked device: asking, and fetching what two admins have agreed to."""

from dataclasses import dataclass

from fastapi import Request, Response

from server.api.context import SyncApi
from server.api.incoming import (
    Incoming,
    answer,
    bearer,
    heads,
    mind_the_rate,
    read,
    understood,
)
from server.office import rescues
from shared.rescue import AskRescue
from shared.wire import encode


@dataclass(frozen=True)
class RescueRoutes:
    """The handlers."""

    api: SyncApi

    async def ask(self, request: Request) -> Response:
        """Puts a request before the admins; again changes nothing."""
        mind_the_rate(self.api, request)
        async with self.api.pushes.place():
            incoming = await read(request, self.api.limits)
            return await self.api.pushes.work(lambda: self._ask(incoming))

    async def standing(self, request: Request) -> Response:
        """How it stands, with the answer once there is one."""
        incoming = heads(request)
        async with self.api.pulls.place():
            return await self.api.pulls.work(lambda: self._standing(incoming))

    async def end(self, request: Request) -> Response:
        """Forgets what was let go."""
        incoming = heads(request)
        async with self.api.pushes.place():
            return await self.api.pushes.work(lambda: self._end(incoming))

    def _ask(self, incoming: Incoming) -> Response:
        wanted = understood(incoming.json(), AskRescue)
        services = self.api.services
        asked = rescues.ask(services.engine, services.keys, wanted, services.clock)
        return answer(incoming, encode(asked), status=201)

    def _standing(self, incoming: Incoming) -> Response:
        services = self.api.services
        return answer(
            incoming, encode(rescues.standing(services.engine, bearer(incoming), services.clock))
        )

    def _end(self, incoming: Incoming) -> Response:
        services = self.api.services
        rescues.end(services.engine, services.keys, bearer(incoming), services.clock)
        return Response(status_code=204)
