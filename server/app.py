"""Wiring of the server's one web app: the sync API, and the console where admins review."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog
from anyio.to_thread import run_sync
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.responses import HTMLResponse, JSONResponse

from server.api.contacts import FLUSH_SECONDS
from server.api.context import ApiLimits, SyncApi
from server.api.docs_page import docs_page
from server.api.handlers import add_handlers
from server.api.middleware import Observed
from server.api.routes import api_router
from server.api.schema import description
from server.api.work_card import work_card_route
from server.console.frames import frame_routes
from server.console.site import mount
from server.coverage.counting import Counting
from server.db.engine import reading
from server.db.migrate import check_version
from server.errors import ServerError
from server.housekeeping import keep_house
from server.logs import start_logs
from server.office.towns import towns
from server.rights.stopping import Stopping
from server.services import Services, open_services
from server.settings import Settings
from server.version import VERSION

GARBAGE_MAX = 20_000
"""Values that may have become garbage before the youngest are looked through."""
_NO_TELEMETRY: TelemetryConfig = {
    "auto_configure": False,
    "logs": False,
    "metrics": False,
    "tracing": False,
}
"""The framework would export exception messages, which may hold answers."""


HOUSEKEEPING_SECONDS = 6 * 60 * 60
COUNTING_SECONDS = 20
COUNTING_STEPS = 3
"""So much is counted at a time, that pushes find the processor free in between."""


def create_app(settings: Settings, limits: ApiLimits | None = None) -> FastAPI:
    """The app with those settings, on its own database connections."""
    return app_of(open_services(settings), limits)


def app_of(services: Services, limits: ApiLimits | None = None) -> FastAPI:
    """The app on services that are open already; it closes their connections at its end."""
    api = SyncApi.of(services, limits or ApiLimits())
    app = FastAPI(
        title="Doorstep",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(api),
        telemetry=_NO_TELEMETRY,
    )
    app.state.services = services
    app.state.api = api
    app.include_router(api_router(api))
    add_handlers(app)
    if not services.settings.production:
        _add_docs(app)
    app.router.routes.append(work_card_route(services))
    app.router.routes.extend(frame_routes(services))
    mount(app, services, api.metrics.latency)
    app.add_middleware(Observed, metrics=api.metrics, settings=services.settings)
    return app


def from_environment() -> FastAPI:
    """The app as `doorstep serve` starts it in each of its processes."""
    settings = Settings()
    start_logs(settings.log_level)
    app = create_app(settings)
    _spare_collections()
    return app


def _spare_collections() -> None:
    """What is there now stays for good: collecting garbage need not look at it again and again.

    A push makes many short-lived values that are never part of a cycle, so fewer collections do.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_MAX, 20, 20)


def _lifespan(api: SyncApi) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        check_version(api.services.engine)
        tasks = [
            asyncio.create_task(each(api)) for each in (_keep_contacts, _keep_house, _keep_counts)
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await run_sync(_flush, api)
            await run_sync(api.services.stages.close)
            api.services.engine.dispose()

    return lifespan


async def _keep_contacts(api: SyncApi) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        await run_sync(_flush, api)


async def _keep_house(api: SyncApi) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        await run_sync(_forget, api)


async def _keep_counts(api: SyncApi) -> None:
    """Figures follow the register by themselves: nobody has to look at a page for it."""
    rest: float = COUNTING_SECONDS
    while True:
        await asyncio.sleep(rest)
        began = time.monotonic()
        behind = await run_sync(_count, api)
        # As long as there is something left, half of the time is the devices'.
        rest = max(1.0, time.monotonic() - began) if behind else COUNTING_SECONDS


def _count(api: SyncApi) -> bool:
    """Counts a little of every town; whether something is left."""
    services = api.services
    counting = Counting(services.engine, services.register, services.clock)
    try:
        with reading(services.engine) as conn:
            everyone = towns(conn)
        for town in everyone:
            Stopping(services).go_on(town.town_id)
        stands = [counting.go_on(town.town_id, COUNTING_STEPS) for town in everyone]
    except ServerError as error:
        structlog.get_logger().warning("not_counted", code=error.code)
        return False
    return not all(progress.up_to_date for progress in stands)


def _forget(api: SyncApi) -> None:
    services = api.services
    try:
        with reading(services.engine) as conn:
            everyone = towns(conn)
        for town in everyone:
            keep_house(services, town.town_id)
    except ServerError as error:
        structlog.get_logger().warning("not_forgotten", code=error.code)
    except OSError as error:
        structlog.get_logger().warning("head_not_kept", error=type(error).__name__)


def _flush(api: SyncApi) -> None:
    try:
        api.contacts.flush(api.services.engine)
    except ServerError as error:
        # Devices will be heard of again; a sync must not fail for this.
        structlog.get_logger().warning("contacts_not_written", code=error.code)


def _add_docs(app: FastAPI) -> None:
    app.add_api_route(
        "/openapi.json", lambda: JSONResponse(description(app)), include_in_schema=False
    )
    app.add_api_route(
        "/docs", lambda: HTMLResponse(docs_page(description(app))), include_in_schema=False
    )
