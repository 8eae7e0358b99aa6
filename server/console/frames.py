"""What the frame of a form's preview asks for: passed on to the process that shows the form.

The frame has no origin of its own (it is sandboxed), so it has no cookie either: the name in its
addresses lets it in, which only the page of somebody signed in tells it. It is nobody's any more
when that account may not publish forms any more.
"""

import ssl
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType

import anyio
import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from server.console.desk import Desk, in_thread
from server.db.engine import reading
from server.forms.stage import FRAMES, LOOPBACK, Stage
from server.office.people import account_identity
from server.office.roles import Action, may
from shared.staging import STAGE_HEADER

SECONDS = 30.0
_ASKED = ("if-none-match", "range")
_ANSWERED = ("content-type", "content-security-policy", "etag", "content-range", "accept-ranges")
_ALONE = "sandbox allow-scripts; form-action 'none'"
"""On top of the app's own policy: an origin of its own, whoever opens it, and however."""
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        # A frame without an origin asks for its own files as a stranger.
        "access-control-allow-origin": "null",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "private, max-age=3600",
    }
)


def frame_routes(desk: Desk) -> list[BaseRoute]:
    """The frame's files, and its line to the process."""

    async def file(request: Request) -> Response:
        stage = await _stage(desk, str(request.path_params["name"]))
        if stage is None:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return await passed_on(desk, stage, request, str(request.path_params["rest"]))

    async def line(socket: WebSocket) -> None:
        stage = await _stage(desk, str(socket.path_params["name"]))
        if stage is None:
            await socket.close(1008)
            return
        await _join(desk, stage, socket)

    return [
        WebSocketRoute(f"{FRAMES}/{{name}}/ws", line),
        Route(f"{FRAMES}/{{name}}/{{rest:path}}", file, methods=["GET"], name="preview_file"),
    ]


async def passed_on(desk: Desk, stage: Stage, request: Request, path: str) -> Response:
    """What the process answers, with our rules for a frame."""
    asked = {name: request.headers[name] for name in _ASKED if name in request.headers}
    asked |= {STAGE_HEADER: desk.stages.word(stage), "accept-encoding": "identity"}
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing here is asked over TLS
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS, verify=bare) as client:
        try:
            found = await client.get(f"http://{LOOPBACK}:{stage.port}/{path}", headers=asked)
        except httpx.HTTPError:
            return Response(status_code=HTTPStatus.BAD_GATEWAY)
    response = Response(found.content, found.status_code)
    for name in _ANSWERED:
        if name in found.headers:
            response.headers[name] = found.headers[name]
    response.headers.update(_HEADERS)
    response.headers.append("content-security-policy", _ALONE)
    return response


async def _stage(desk: Desk, name: str) -> Stage | None:
    stage = desk.stages.of_frame(name, desk.clock())
    if stage is None or not await in_thread(lambda: _may_look(desk, stage)):
        return None
    return stage


def _may_look(desk: Desk, stage: Stage) -> bool:
    with reading(desk.engine) as conn:
        who = account_identity(conn, stage.town, stage.account)
    return who is not None and may(who.role, Action.PUBLISH_FORMS)


async def _join(desk: Desk, stage: Stage, socket: WebSocket) -> None:
    """Carries what the two say to each other until one of them ends."""
    said = {STAGE_HEADER: desk.stages.word(stage)}
    address = f"ws://{LOOPBACK}:{stage.port}/ws"
    try:
        async with connect(
            address, additional_headers=said, max_size=None, compression=None, proxy=None
        ) as line:
            await socket.accept()
            async with anyio.create_task_group() as both:

                async def up() -> None:
                    await _up(socket, line)
                    both.cancel_scope.cancel()

                async def down() -> None:
                    await _down(line, socket)
                    both.cancel_scope.cancel()

                both.start_soon(up)
                both.start_soon(down)
    except (OSError, WebSocketException):
        pass  # it has ended: the app in the frame says that it has no line
    with suppress(RuntimeError, WebSocketDisconnect):  # it may be closed already
        await socket.close()


async def _up(socket: WebSocket, line: ClientConnection) -> None:
    with suppress(WebSocketDisconnect, WebSocketException):
        while True:
            await line.send(await socket.receive_bytes())


async def _down(line: ClientConnection, socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, WebSocketException, RuntimeError):
        async for message in line:
            await socket.send_bytes(message.encode() if isinstance(message, str) else message)
