"""A real server on a free port of this machine, in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from server.app import app_of
from server.services import Services

STOP_S = 10


def listening(services: Services) -> AbstractContextManager[str]:
    """The app of these services; its address."""
    return serving(app_of(services))


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Any app; its address."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def tell(sockets: list[object] | None = None) -> None:
        await startup()
        started.set()

    server.startup = tell  # type: ignore[method-assign, assignment]  # to be told when it listens
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(STOP_S)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(STOP_S)
