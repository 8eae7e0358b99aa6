"""The API's addresses: what each is asked with, and who answers."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response

from server.api.context import SyncApi
from server.api.devices import DeviceRoutes
from server.api.health import Health, HealthRoutes
from server.api.schema import Spoken
from server.api.sync import SyncRoutes
from shared.forms.model import Form
from shared.wire import Enrol, Enrolled, Page, Pull, Push, PushReply, SnapshotPage, Sums

_DEVICE_PROBLEMS = (400, 401, 409, 410, 503)


def api_router(api: SyncApi) -> APIRouter:
    """All routes of the sync API, with /healthz and /metrics."""
    router = APIRouter()
    _add_devices(router, DeviceRoutes(api))
    _add_sync(router, SyncRoutes(api))
    health = HealthRoutes(api)
    told = Spoken("Is the server able to work?", (), answers=Health, token=False)
    _add(router, "GET", "/healthz", told)(health.healthz)
    numbers = Spoken("Numbers for Prometheus.", (404,), token=False)
    _add(router, "GET", "/metrics", numbers)(health.metrics)
    return router


def _add_devices(router: APIRouter, routes: DeviceRoutes) -> None:
    enrolment = Spoken(
        "Spend a one-time enrolment code.", (400, 401, 429, 503), Enrol, Enrolled, token=False
    )
    _add(router, "POST", "/v1/enrol", enrolment)(routes.enrol)
    incarnation = Spoken(
        "Go on under a new device id after a fork.",
        (400, 401, 410, 503),
        answers=Enrolled,
        signed=True,
    )
    _add(router, "POST", "/v1/incarnation", incarnation)(routes.incarnation)


def _add_sync(router: APIRouter, routes: SyncRoutes) -> None:
    push = Spoken("Send changes.", (*_DEVICE_PROBLEMS, 408, 413), Push, PushReply, signed=True)
    _add(router, "POST", "/v1/push", push)(routes.push)
    pull = Spoken("Ask what is new.", (*_DEVICE_PROBLEMS, 408, 413, 426), Pull, Page)
    _add(router, "POST", "/v1/pull", pull)(routes.pull)
    snapshot = Spoken(
        "Take a grid as it is now, page by page.", (*_DEVICE_PROBLEMS, 404), answers=SnapshotPage
    )
    _add(router, "GET", "/v1/snapshot", snapshot)(routes.snapshot)
    sums = Spoken(
        "Compare a range of a grid, part by part.", (*_DEVICE_PROBLEMS, 404), answers=Sums
    )
    _add(router, "GET", "/v1/sums", sums)(routes.sums)
    form = Spoken("Take one version of a form.", (*_DEVICE_PROBLEMS, 404), answers=Form)
    _add(router, "GET", "/v1/forms/{kind}/{version}", form)(routes.form)


def _add(
    router: APIRouter, method: str, path: str, spoken: Spoken
) -> Callable[[Callable[..., Response | Awaitable[Response]]], None]:
    def add(handler: Callable[..., Response | Awaitable[Response]]) -> None:
        router.add_api_route(
            path,
            handler,
            methods=[method],
            summary=spoken.summary,
            responses=spoken.responses(),
            openapi_extra=spoken.extra(),
            response_class=Response,
            response_model=None,
        )

    return add
