"""The way into the worker's app: natively on a phone or desktop, or served to a browser.

`doorstep-app` opens the app natively; `doorstep-app --web --port N` serves it from this
machine: one process for each device folder, to this machine only, without a content network.
"""

import argparse
import errno
import logging
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from pathlib import Path

import flet as ft
import msgspec

from mobile.device import Device
from mobile.preview import preview, preview_route
from mobile.settings import Settings
from mobile.views.keeper import keep_quiet
from mobile.views.keystore import PLATFORMS, FletKeyStore
from mobile.views.start import open_tab, prepare_tab
from mobile.views.state.house import House
from mobile.web import create_web_app
from shared.forms.model import decode_form

HOST = "127.0.0.1"

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

    listening = listen(settings.port)
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


def listen(port: int) -> socket.socket:
    """A socket on the loopback; port 0 takes a free one. Raises PortTaken."""
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


def _serve_preview(settings: Settings, file: Path) -> None:
    form = decode_form(file.read_bytes())
    # However it is ended, what was typed goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with preview(form, settings) as house:
        serve(settings, house, preview_route(form))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doorstep-app", description=__doc__)
    parser.add_argument("--web", action="store_true", help="serve it to a browser on this machine")
    parser.add_argument("--port", type=int, help="the port to serve it on; 0 takes a free one")
    parser.add_argument("--preview", type=Path, help="a form as JSON, to be looked at in a browser")
    parser.add_argument("--home", type=Path, help="the folder where this device keeps its data")
    return parser


if __name__ == "__main__":
    main()
