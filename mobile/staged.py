"""A form in the worker's own app for a browser elsewhere: started, and shown, by the server.

`python -m mobile.staged` tells its port, reads the play from its standard input and ends with it.
It listens on the loopback only and answers nobody but the server (shared/staging.py).
"""

import hmac
import logging
import os
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec
import uvicorn

from mobile.app import listen
from mobile.preview import preview, preview_route
from mobile.settings import Settings, Theme
from mobile.views.keeper import keep_quiet
from mobile.views.state.house import House
from mobile.web import (
    Asgi,
    Message,
    Receive,
    Send,
    answer,
    create_web_app,
    headers_of,
    refuse,
)
from shared.staging import LOOK_PATH, STAGE_HEADER, Look, Play

IDLE_SECONDS = 300.0
"""Nobody has it open for so long: it ends. A tab whose line broke comes back sooner."""
LIFE_SECONDS = 2 * 60 * 60.0
"""It ends then also in a tab that somebody left open."""
WATCH_SECONDS = 2.0

logger = logging.getLogger(__name__)


def main() -> None:
    """Tells the port, hears the play, and shows it until nobody looks any more."""
    keep_quiet()
    listening = listen(0)
    print(listening.getsockname()[1], flush=True)  # noqa: T201 - whoever started it reads this
    line = sys.stdin.buffer.readline()
    if not line:
        return  # whoever started it is gone already
    play = msgspec.json.decode(line, type=Play)
    settings = Settings(home=Path(tempfile.gettempdir()), open_browser=False)
    with preview(play.form, settings) as house, tempfile.TemporaryDirectory() as assets:
        _look(house, play.look)
        _show(house, play, Path(assets), listening)


def _show(house: House, play: Play, assets: Path, listening: socket.socket) -> None:
    account = house.device.account
    app = create_web_app(
        house, assets, entered=account.id if account else "", framed_at=preview_route(play.form)
    )
    door = Door(app, house, play.word)
    config = uvicorn.Config(
        door, log_level="warning", ws="websockets-sansio", lifespan="on", root_path=play.base
    )
    server = uvicorn.Server(config)

    def watch() -> None:
        while not (server.should_exit or door.forgotten):
            time.sleep(WATCH_SECONDS)
        server.should_exit = True

    def end() -> None:
        sys.stdin.buffer.read()  # returns when whoever started it closes the pipe, or has ended
        server.should_exit = server.force_exit = True

    for work in (watch, end):
        threading.Thread(target=work, daemon=True).start()
    server.run(sockets=[listening])


class Door:
    """Lets the server's requests in, and knows how long nobody has looked."""

    def __init__(self, app: Asgi, house: House, word: str) -> None:
        self._app = app
        self._house = house
        self._word = word.encode()
        self._tabs = 0
        self._began = self._left = time.monotonic()

    @property
    def forgotten(self) -> bool:
        """Whether nobody has had it open for a while, or somebody for too long."""
        now = time.monotonic()
        idle = not self._tabs and now - self._left > IDLE_SECONDS
        return idle or now - self._began > LIFE_SECONDS

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request, or one tab as long as it is open."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif not self._is_let_in(scope):
            await refuse(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._open(scope, receive, send)
        elif str(scope["path"]).endswith(LOOK_PATH) and scope["method"] == "POST":
            await self._change_look(receive, send)
        else:
            self._left = time.monotonic()
            await self._app(scope, receive, send)

    def _is_let_in(self, scope: Message) -> bool:
        said = headers_of(scope).get(STAGE_HEADER.encode(), b"")
        return hmac.compare_digest(said, self._word)

    async def _open(self, scope: Message, receive: Receive, send: Send) -> None:
        self._tabs += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._tabs -= 1
            self._left = time.monotonic()

    async def _change_look(self, receive: Receive, send: Send) -> None:
        message = await receive()
        body = message.get("body")
        try:
            look = msgspec.json.decode(body if isinstance(body, bytes) else b"", type=Look)
        except msgspec.DecodeError:
            await answer(send, 400)
            return
        _look(self._house, look)
        await answer(send, 204)


def _look(house: House, look: Look) -> None:
    house.prefer(language=look.language, theme=Theme.DARK if look.dark else Theme.LIGHT)


if __name__ == "__main__":
    # Drawing lists must not wait for pinyin: it is smaller, and as good, without its phrases.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    main()
