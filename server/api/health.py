"""How the server is: for load balancers and for operators."""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address

from fastapi import Request, Response
from msgspec import Struct
from sqlalchemy import text

from server.api.context import SyncApi
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.version import VERSION
from shared.wire import encode

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health(Struct, frozen=True):
    """Whether the server can do its work."""

    status: str
    """ok or failing."""
    version: str
    database: str
    """ok, or the code of what is wrong with it."""


@dataclass(frozen=True)
class HealthRoutes:
    """The handlers."""

    api: SyncApi

    def healthz(self) -> Response:
        """Answers 200 when the database answers, else 503."""
        database = self._database()
        ok = database == "ok"
        health = Health("ok" if ok else "failing", VERSION, database)
        return Response(
            encode(health),
            200 if ok else 503,
            {"Cache-Control": "no-store"},
            media_type="application/json",
        )

    def metrics(self, request: Request) -> Response:
        """Answers the numbers in Prometheus' text format, to whoever has the token of the settings.

        Where none is set: in production only to this machine.
        """
        if not self._may_read(request):
            raise NotFound
        return Response(self.api.metrics.page(), media_type=METRICS_TYPE)

    def _may_read(self, request: Request) -> bool:
        settings = self.api.services.settings
        token = settings.metrics_token.get_secret_value()
        if token:
            said = request.headers.get("Authorization", "")
            return hmac.compare_digest(said.encode(), f"Bearer {token}".encode())
        return not settings.production or _is_here(request)

    def _database(self) -> str:
        try:
            with reading(self.api.services.engine) as conn:
                conn.execute(text("SELECT 1"))
        except ServerError as error:
            return error.code
        return "ok"


def _is_here(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
