"""The API's addresses: what each is asked with, and who answers."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response

from server.api.admin.routes import add_admin
from server.api.context import SyncApi
from server.api.devices import DeviceRoutes
from server.api.files import FileRoutes
from server.api.health import Health, HealthRoutes
from server.api.odata import add_odata
from server.api.rescue import RescueRoutes
from server.api.schema import Spoken
from server.api.sync import SyncRoutes
from server.api.tus import UPLOADS
from shared.forms.model import Form
from shared.rescue import AskRescue, Rescue, Wiped
from shared.wire import (
    CarriedReply,
    Enrol,
    Enrolled,
    Incarnate,
    Page,
    Pull,
    Push,
    PushReply,
    SnapshotPage,
    Sums,
)

_DEVICE_PROBLEMS = (400, 401, 409, 410, 503)


def api_router(api: SyncApi) -> APIRouter:
    """All routes of the sync API, with /healthz and /metrics."""
    router = APIRouter()
    _add_devices(router, DeviceRoutes(api))
    _add_rescue(router, RescueRoutes(api))
    _add_sync(router, SyncRoutes(api))
    _add_uploads(router, FileRoutes(api))
    _add_files(router, FileRoutes(api))
    add_admin(router, api, _add)
    add_odata(router, api)
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
        Incarnate,
        Enrolled,
        signed=True,
    )
    _add(router, "POST", "/v1/incarnation", incarnation)(routes.incarnation)
    wiped = Spoken(
        "A lost phone says that its keys and files are destroyed.",
        (400, 401, 408, 413, 503),
        Wiped,
        status=204,
        signed=True,
    )
    _add(router, "POST", "/v1/wiped", wiped)(routes.wiped)


def _add_rescue(router: APIRouter, routes: RescueRoutes) -> None:
    ask = Spoken(
        "Ask to be let in, the PIN being forgotten.",
        (400, 401, 408, 410, 413, 429, 503),
        AskRescue,
        Rescue,
        status=201,
        token=False,
    )
    _add(router, "POST", "/v1/rescue", ask)(routes.ask)
    problems = (401, 410, 503)
    standing = Spoken("How does my request stand?", problems, answers=Rescue)
    _add(router, "GET", "/v1/rescue", standing)(routes.standing)
    end = Spoken("The request is not needed any more.", problems, status=204)
    _add(router, "DELETE", "/v1/rescue", end)(routes.end)


def _add_sync(router: APIRouter, routes: SyncRoutes) -> None:
    push = Spoken("Send changes.", (*_DEVICE_PROBLEMS, 408, 413), Push, PushReply, signed=True)
    _add(router, "POST", "/v1/push", push)(routes.push)
    carried = Spoken(
        "Bring the carry-over file of a colleague's phone: its bytes are the body.",
        (*_DEVICE_PROBLEMS, 408, 413),
        answers=CarriedReply,
        file=True,
    )
    _add(router, "POST", "/v1/carry-over", carried)(routes.carry_over)
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


def _add_uploads(router: APIRouter, routes: FileRoutes) -> None:
    able = Spoken("Which parts of tus 1.0 are spoken?", (), status=204, token=False)
    _add(router, "OPTIONS", UPLOADS, able)(routes.abilities)
    tus, of_device = "Tus-Resumable", (400, 401, 409, 410, 412, 413, 503)
    begin = Spoken(
        "Begin the upload of a file.",
        (*of_device, 422, 429),
        status=201,
        headers=(tus, "Upload-Length", "Upload-Metadata"),
    )
    _add(router, "POST", UPLOADS, begin)(routes.begin)
    one = f"{UPLOADS}/{{upload}}"
    state = Spoken("How much of it has come?", (*of_device, 404), headers=(tus,))
    _add(router, "HEAD", one, state)(routes.state)
    append = Spoken(
        "Send the next part.",
        (*of_device, 404, 415, 422, 429, 460),
        status=204,
        headers=(tus, "Upload-Offset", "Upload-Checksum"),
        part=True,
    )
    _add(router, "PATCH", one, append)(routes.append)
    end = Spoken("End an upload.", (*of_device, 404), status=204, headers=(tus,))
    _add(router, "DELETE", one, end)(routes.end)
    override = Spoken(
        "Do what X-HTTP-Method-Override says.",
        (*of_device, 404, 415, 422, 429, 460),
        status=204,
        headers=(tus, "X-HTTP-Method-Override", "Upload-Checksum"),
    )
    _add(router, "POST", one, override)(routes.override)


def _add_files(router: APIRouter, routes: FileRoutes) -> None:
    problems = (*_DEVICE_PROBLEMS, 404, 413)
    there = Spoken("Is there such a file for this device?", problems)
    _add(router, "HEAD", "/v1/files/{sha256}", there)(routes.presence)
    content = Spoken("Take a file that a record of the device's grids names.", problems)
    _add(router, "GET", "/v1/files/{sha256}", content)(routes.content)


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
            status_code=spoken.status,
            response_class=Response,
            response_model=None,
        )

    return add
