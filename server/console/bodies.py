"""No request may be larger than what its page takes: checked before anybody reads it."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.imports.tables import FILE_MAX

FORM_MAX = 1024 * 1024
UPLOAD_MAX = FILE_MAX + FORM_MAX
UPLOAD_PATHS = ("/imports/check", "/forms/upload", "/devices/carry-over", "/boundaries/upload")


class BodyLimit:
    """Refuses what is too large, by what it says of itself and by what comes."""

    def __init__(self, app: ASGIApp, refusal: Callable[[Request], Response]) -> None:
        self.app = app
        self.refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = UPLOAD_MAX if str(scope["path"]).endswith(UPLOAD_PATHS) else FORM_MAX
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdecimal() or int(stated) > most:
            await self.refusal(Request(scope))(scope, receive, send)
            return
        await self._pass_on(scope, receive, send, most)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _TooMuchError
            return message

        try:
            await self.app(scope, counted, send)
        except* _TooMuchError:
            # It comes out of task groups. Nothing has been answered: a page reads its form first.
            await self.refusal(Request(scope))(scope, receive, send)


class _TooMuchError(Exception):
    """More came than the request had said."""
