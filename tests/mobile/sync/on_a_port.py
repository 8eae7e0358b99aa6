"""The town's server where a proxy can reach it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from server.app import app_of
from tests.mobile.field import Field

STOP_S = 10


@contextmanager
def on_a_port(field: Field) -> Iterator[str]:
    """The town's real server on a free port of this machine."""
    config = uvicorn.Config(
        app_of(field.town.services), port=0, log_config=None, lifespan="off", ws="none"
    )
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
