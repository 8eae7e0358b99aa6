"""Around every request: an id, one line in the log, one count, and the headers of a safe server."""

import time
from secrets import token_hex

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.metrics import Metrics
from server.api.problems import INTERNAL
from server.logs import failure
from server.settings import Settings
from shared.wire import encode

REQUEST_ID_HEADER = "X-Request-Id"
HSTS_SECONDS = 365 * 24 * 60 * 60
UNROUTED = "other"
_QUIET = frozenset({"/healthz", "/metrics"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_API_CONTENT = "default-src 'none'; frame-ancestors 'none'"
_PAGE_CONTENT = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
"""For pages that name no policy of their own: nothing from any other origin."""


class Observed:
    """The outermost part of the app."""

    def __init__(self, app: ASGIApp, metrics: Metrics, settings: Settings) -> None:
        self._app = app
        self._metrics = metrics
        self._is_tls = settings.production and settings.url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Observation(scope, send, is_tls=self._is_tls)
        with structlog.contextvars.bound_contextvars(request=request.id):
            try:
                await self._app(scope, receive, request.send)
            except Exception as error:  # noqa: BLE001 - the last place that can answer
                structlog.get_logger().error("failed", route=request.route, **failure(error))
                if not request.status:
                    await _failed(scope)(scope, receive, request.send)
            finally:
                self._told(request)

    def _told(self, request: "_Observation") -> None:
        seconds = time.perf_counter() - request.began
        self._metrics.answered(request.route, request.method, request.status, seconds)
        log = structlog.get_logger()
        tell = log.debug if request.route in _QUIET else log.info
        tell(
            "request",
            method=request.method,
            route=request.route,
            status=request.status,
            ms=round(seconds * 1000, 1),
        )


class _Observation:
    """One request on its way."""

    def __init__(self, scope: Scope, send: Send, *, is_tls: bool) -> None:
        self.id = token_hex(8)
        self.status = 0
        self.began = time.perf_counter()
        self._scope = scope
        self._send = send
        self._is_tls = is_tls

    @property
    def method(self) -> str:
        """The request's method; one word for all that nobody expects."""
        method = str(self._scope["method"])
        return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else UNROUTED

    @property
    def route(self) -> str:
        """The pattern that matched: never the address itself, which may name a record."""
        path = getattr(self._scope.get("route"), "path", "")
        return str(path) or UNROUTED

    async def send(self, message: Message) -> None:
        """Passes on what the app answers, with the headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(MutableHeaders(scope=message))
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers[REQUEST_ID_HEADER] = self.id
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        is_api = str(self._scope["path"]).startswith("/v1/")
        headers.setdefault("Content-Security-Policy", _API_CONTENT if is_api else _PAGE_CONTENT)
        if self._is_tls:
            headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")


def _failed(scope: Scope) -> Response:
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return Response(encode(INTERNAL), 500, media_type="application/json")
    words = INTERNAL.words
    return HTMLResponse(
        f'<!doctype html><meta charset="utf-8"><title>Doorstep</title><p lang="zh">{words.zh}</p>'
        f'<p lang="en">{words.en}</p>',
        500,
    )
