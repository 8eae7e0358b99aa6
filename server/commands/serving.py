"""`serve`: the sync API and the console, in one process or several."""

import os
import shutil
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from server.api.metrics import SEVERAL_PROCESSES
from server.commands.opening import opened, read_settings
from server.commands.speech import say
from server.office.errors import OfficeRefused, refused
from server.settings import Settings

APP = "server.app:from_environment"
PORT_MAX = 65_535
PORTS_TRIED = 50
BACKLOG = 2048
GRACE_SECONDS = 20
"""How long a stopping server finishes what it has begun."""

HUNG_SECONDS = 60
"""A process that does not answer for so long is started anew. Starting itself takes seconds on a
small machine, and a shorter time would end a process again and again before it stands."""


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="监听地址 · Address to listen on")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=PORT_MAX, help="端口 · Port")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="进程数 · Processes")] = None,
) -> None:
    """启动服务器和后台 · Start the server with its console."""
    _tell_processes(host=host, port=port, workers=workers)
    with opened() as services:
        settings = services.settings
    listening = bound(settings.host, settings.port)
    if not settings.port:
        _tell_processes(port=listening.getsockname()[1])
        settings = read_settings()
    say(f"console: {settings.url}/console/", f"console: {settings.url}/console/")
    say("按 Ctrl-C 停止。", "Press Ctrl-C to stop.")
    _run(settings, listening)


def bound(host: str, port: int) -> socket.socket:
    """A socket on that address. Raises OfficeRefused, with a port that is free."""
    try:
        return _bound(host, port)
    except OSError as error:
        free = _free_port(host, port)
        if free is None:
            raise _no_address(host, error) from error
        raise refused(
            "port_in_use",
            f"端口 {port} 已被占用或无权使用。可以改用：--port {free}",
            f"Port {port} is in use or not allowed. This one is free: --port {free}",
        ) from error


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # Without this a second server could take the same port until one of them listens.
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _free_port(host: str, port: int) -> int | None:
    first = max(port + 1, 1024)
    for other in range(first, min(first + PORTS_TRIED, PORT_MAX + 1)):
        try:
            _bound(host, other).close()
        except OSError:
            continue
        return other
    return None


def _no_address(host: str, error: OSError) -> OfficeRefused:
    return refused(
        "address",
        f"无法监听地址 {host}（{error.strerror}）。请检查 --host。",
        f"Cannot listen on {host} ({error.strerror}). Check --host.",
    )


def _tell_processes(**values: str | int | None) -> None:
    """Passes what was said on the command line to the processes, which read the environment."""
    for name, value in values.items():
        if value is not None:
            os.environ[f"DOORSTEP_{name.upper()}"] = str(value)


def _run(settings: Settings, listening: socket.socket) -> None:
    if settings.workers > 1:
        _share_metrics(settings.home / "metrics")
    config = uvicorn.Config(
        APP,
        factory=True,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HUNG_SECONDS,
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])


def _share_metrics(folder: Path) -> None:
    if SEVERAL_PROCESSES not in os.environ:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        os.environ[SEVERAL_PROCESSES] = str(folder)
