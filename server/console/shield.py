"""What stands before every page: response headers, CSRF, and the language of the request."""

import secrets
from contextvars import ContextVar

from starlette.datastructures import MutableHeaders
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin.i18n import set_locale
from starlette_admin.security.csrf import CSRFMiddleware

from server.console.words import FIRST_LANGUAGE, LANGUAGES

LANGUAGE_COOKIE = "language"
HSTS_SECONDS = 365 * 24 * 3600

_nonce: ContextVar[str] = ContextVar("nonce", default="")


def nonce() -> str:
    """What a script in this response must carry to be run."""
    return _nonce.get()


class Headers:
    """Says to the browser what this console never does: load from elsewhere, be framed, be kept."""

    def __init__(self, app: ASGIApp, production: bool) -> None:
        self.app = app
        self.production = production

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers to every response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _nonce.set(secrets.token_urlsafe(16))
        policy = content_policy(nonce())

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), policy, str(scope["path"]))
            await send(message)

        await self.app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, policy: str, path: str) -> None:
        headers.setdefault("Content-Security-Policy", policy)  # a file has a stricter one
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("X-Frame-Options", "DENY")  # a preview stands in a page of ours
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if "/static/" not in path:
            headers["Cache-Control"] = "no-store"
        if self.production:
            headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
            _secure_cookies(headers)


class Language:
    """The language of a request: the one that was chosen, else the browser's, else Chinese."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sets it for all that answers the request."""
        if scope["type"] == "http":
            asked = HTTPConnection(scope)
            chosen = asked.cookies.get(LANGUAGE_COOKIE, "")
            accepted = asked.headers.get("accept-language", "")
            set_locale(chosen if chosen in LANGUAGES else _preferred(accepted))
        await self.app(scope, receive, send)


class Csrf(CSRFMiddleware):
    """starlette-admin's check, whose refusal goes on to a page in both languages."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """The answer, or the refusal."""
        response = await super().dispatch(request, call_next)
        body = getattr(response, "body", b"")
        if response.status_code == 403 and body.startswith(b"CSRF token"):
            return await _refusal(request, response)
        return response


def content_policy(script_nonce: str) -> str:
    """The Content-Security-Policy: everything from here, scripts by name or from our files."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{script_nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _secure_cookies(headers: MutableHeaders) -> None:
    cookies = headers.getlist("set-cookie")
    if cookies:
        del headers["set-cookie"]
        for cookie in cookies:
            marked = cookie if "; secure" in cookie.lower() else f"{cookie}; Secure"
            headers.append("set-cookie", marked)


def _preferred(accepted: str) -> str:
    tongues = [part.split(";")[0].strip().lower()[:2] for part in accepted.split(",")]
    return next((tongue for tongue in tongues if tongue in LANGUAGES), FIRST_LANGUAGE)


async def _refusal(request: Request, response: Response) -> Response:
    page = getattr(request.app.state, "refusal_page", None)
    return page(request) if page is not None else response
