"""The way into the worker's app: natively on a phone or desktop, or served to a browser.

`doorstep-app` opens the app natively; `doorstep-app --web --port N` serves it from this
machine: one process for each device folder, to this machine only, without a content network.
"""

import argparse
import errno
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path

import flet as ft
import msgspec

from mobile.device import Device
from mobile.fonts import FONT_FAMILY, FONT_URL, lay_out_assets
from mobile.preview import preview, preview_route
from mobile.settings import Settings
from mobile.views.context import current_tab
from mobile.views.keeper import keep_quiet
from mobile.views.keystore import PLATFORMS, FletKeyStore
from mobile.views.start import open_tab, prepare_tab
from mobile.views.state.house import House
from shared.forms.model import decode_form

HOST = "127.0.0.1"
SESSION_SECONDS = 300
"""A tab that lost its connection may come back for so long."""

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]

logger = logging.getLogger(__name__)


def main() -> None:
    """Runs the app as the arguments and the environment say."""
    asked = _arguments().parse_args()
    keep_quiet()
    settings = Settings.from_environment()
    if asked.home is not None:
        settings = msgspec.structs.replace(settings, home=asked.home)
    # Drawing lists must not wait for pinyin: it is smaller, and as good, without its phrases.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    if not asked.web and asked.preview is None:
        open_natively(settings)
        return
    port = settings.port if asked.port is None else asked.port
    settings = msgspec.structs.replace(settings, port=port)
    try:
        if asked.preview is None:
            serve(settings)
        else:
            _serve_preview(settings, asked.preview)
    except PortTaken as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is a command
        sys.exit(1)


class PortTaken(Exception):
    """Another program listens on the port that was asked for."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"端口 {port} 已被占用：请换一个端口（--port），或先关掉占用它的程序。\n"
            f"Port {port} is in use: choose another with --port, or stop the program that uses it."
        )


def open_natively(settings: Settings) -> None:
    """Opens the app in a window of its own, on a phone or desktop."""
    opened: list[Device] = []

    async def start(page: ft.Page) -> None:
        # A phone may start the window anew in the same process: the key store belongs to it.
        while opened:
            opened.pop().lock()
        platform = page.platform or ft.PagePlatform.LINUX
        store = FletKeyStore(page) if platform in PLATFORMS else None
        known = msgspec.structs.replace(settings, platform=platform.value)
        opened.append(Device(known, key_store=store))
        house = House(opened[0])
        prepare_tab(page, house)
        await open_tab(page, house)

    ft.run(start)


def serve(settings: Settings, house: House | None = None, route: str = "") -> None:
    """Serves the app to browsers on this machine until it is stopped. Raises PortTaken.

    `house`: what it shows, if not the device of the settings; `route`: where it begins.
    """
    import uvicorn  # noqa: PLC0415 - a phone has none

    listening = _listen(settings.port)
    url = f"http://{HOST}:{listening.getsockname()[1]}/{route.lstrip('/')}"
    with tempfile.TemporaryDirectory(prefix="doorstep-app-") as assets:
        open_already = house.device.account if house else None
        app = create_web_app(
            house or House(Device(settings)),
            Path(assets),
            entered=open_already.id if open_already else "",
        )
        config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", lifespan="on")

        class Announcing(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                print(f"app: {url}", flush=True)  # noqa: T201 - this is a command
                if settings.open_browser:
                    webbrowser.open_new_tab(url)

        Announcing(config).run(sockets=[listening])


def _serve_preview(settings: Settings, file: Path) -> None:
    form = decode_form(file.read_bytes())
    # However it is ended, what was typed goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with preview(form, settings) as house:
        serve(settings, house, preview_route(form))


def create_web_app(house: House, assets: Path, *, entered: str = "") -> Asgi:
    """The app as an ASGI application; every tab shows the one device of `house`.

    `entered`: an account that is open in each tab without a secret, as that of a preview.
    """
    import flet_web.fastapi as flet_web  # noqa: PLC0415 - a phone has none

    _lay_out(assets)

    async def start(page: ft.Page) -> None:
        await open_tab(page, house)

    def prepare(page: ft.Page) -> None:
        prepare_tab(page, house)
        if entered:
            current_tab().entered(entered)

    app = flet_web.app(
        start,
        before_main=prepare,
        assets_dir=str(assets),
        app_name="Doorstep",
        app_description="Doorstep",
        no_cdn=True,
        session_timeout_seconds=SESSION_SECONDS,
    )
    return _to_this_machine_only(app)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doorstep-app", description=__doc__)
    parser.add_argument("--web", action="store_true", help="serve it to a browser on this machine")
    parser.add_argument("--port", type=int, help="the port to serve it on; 0 takes a free one")
    parser.add_argument("--preview", type=Path, help="a form as JSON, to be looked at in a browser")
    parser.add_argument("--home", type=Path, help="the folder where this device keeps its data")
    return parser


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTaken(port) from error
        raise
    return listening


def _lay_out(assets: Path) -> None:
    """What the browser is served besides Flet's own files."""
    import flet_web  # noqa: PLC0415 - a phone has none

    web = Path(flet_web.get_package_web_dir())
    page = (web / "index.html").read_text(encoding="utf-8")
    (assets / "index.html").write_text(page.replace("<head>", f"<head>{_NO_STRANGERS}", 1), "utf-8")
    if lay_out_assets(assets):
        # Named here, the font is there before the first text: else that is drawn as boxes.
        fonts = json.loads((web / "assets" / "FontManifest.json").read_text(encoding="utf-8"))
        fonts.append({"family": FONT_FAMILY, "fonts": [{"asset": f"..{FONT_URL}"}]})
        manifest = assets / "assets" / "FontManifest.json"
        manifest.parent.mkdir(exist_ok=True)
        manifest.write_text(json.dumps(fonts), encoding="utf-8")


_NO_STRANGERS = """
<script>
  // Flet's client adds a script of an animation library from a foreign host. Nothing here uses it.
  const append = Element.prototype.append;
  Element.prototype.append = function (...nodes) {
    const foreign = (node) => node.src && new URL(node.src).origin !== location.origin;
    append.apply(this, nodes.filter((node) => !foreign(node)));
  };
</script>"""

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; connect-src 'self' data: blob:; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'"
)

_DROPPED = frozenset(
    {
        b"access-control-allow-origin",
        # With these two, Flet's client draws with several threads, and now and then draws a
        # Chinese character of a variable font wrong (docs/decisions/0051-web.md).
        b"cross-origin-opener-policy",
        b"cross-origin-embedder-policy",
    }
)


def _to_this_machine_only(app: Asgi) -> Asgi:
    """Answers only pages of this machine's own address, and lets them ask nobody else."""
    headers = [
        (b"content-security-policy", _POLICY.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
    ]

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = _pairs(message["headers"])
                kept = [pair for pair in sent if pair[0] not in _DROPPED]
                message["headers"] = [*kept, *headers]
            await send(message)

        if scope["type"] == "lifespan" or _is_local(scope):
            await app(scope, receive, with_headers if scope["type"] == "http" else send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    return guarded


def _is_local(scope: Message) -> bool:
    # Another site's page in the same browser, or a name that was made to point here.
    sent = dict(_pairs(scope["headers"]))
    host = sent.get(b"host", b"")
    if host.rpartition(b":")[0] not in (b"127.0.0.1", b"localhost"):
        return False
    origin = sent.get(b"origin")
    return origin is None or origin == b"http://" + host


def _pairs(headers: object) -> list[tuple[bytes, bytes]]:
    assert isinstance(headers, list | tuple)
    return [(bytes(name).lower(), bytes(value)) for name, value in headers]


if __name__ == "__main__":
    main()
