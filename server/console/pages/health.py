"""How the server does, for who answers for it: what waits, what is unsent, how long phones wait."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.words import say
from server.db.engine import reading
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.review.measures import RATE_DAYS, Latency, Measures, measures
from server.rights.retention import Run, runs
from server.version import VERSION

ROUTES: Mapping[str, str] = MappingProxyType({"push": "/v1/push", "pull": "/v1/pull"})
LATE_DAYS = 7
"""What waits longer is worth a look."""


class Health(Struct, frozen=True):
    """What the page shows."""

    measures: Measures
    latency: Mapping[str, Latency]
    last_night: Run | None


class HealthPages(Pages):
    """One page; the same numbers as /metrics, in words."""

    path = "/health"
    route_name = "health"

    @route("")
    async def index(self, request: Request) -> Response:
        """The numbers of the town and of this server."""
        who = required(request, Action.SEE_AUDIT)
        latency = {name: request.app.state.latency(path) for name, path in ROUTES.items()}
        return self.draw(
            request,
            "health.html",
            title=say("menu.health"),
            o=await in_thread(lambda: self._health(who, latency)),
            days=RATE_DAYS,
            late=LATE_DAYS,
            now=self.desk.clock(),
            version=VERSION,
        )

    def _health(self, who: AccountIdentity, latency: Mapping[str, Latency]) -> Health:
        with reading(self.desk.engine) as conn:
            nights = runs(conn, who.town)
            found = measures(conn, who.town, self.desk.clock())
        return Health(found, latency, nights[0] if nights else None)
