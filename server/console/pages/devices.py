"""Devices: when each was last heard of, what waits on it, and stopping one that is lost."""

from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.counts import households_by_grid
from server.console.words import language, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.devices import Device, device, devices, mark_lost, revoke
from server.office.held import Held, held_by
from server.office.people import AccountIdentity, DeviceStatus
from server.office.rescues import Request as Asked
from server.office.rescues import waiting
from server.office.roles import Action
from shared.carry import FILE_MAX

STATUS_TONES = {
    DeviceStatus.ACTIVE: "green",
    DeviceStatus.LOST: "red",
    DeviceStatus.REVOKED: "secondary",
    DeviceStatus.WIPED: "secondary",
    DeviceStatus.RETIRED: "secondary",
}
REASON_MAX = 200


class DeviceLine(Struct, frozen=True):
    """One device with the six words of its key."""

    device: Device
    words: str
    tone: str


class RescueLine(Struct, frozen=True):
    """One request to be let in, with the six words that its phone shows."""

    asked: Asked
    words: str


class HeldLine(Struct, frozen=True):
    """One grid that a device has held, with how many live there."""

    held: Held
    households: int


class DevicePages(Pages):
    """The devices of the workers that the reader may see."""

    path = "/devices"
    route_name = "devices"

    @route("")
    async def index(self, request: Request) -> Response:
        """All of them; those that may still sync first."""
        who = required(request, Action.SEE_STAFF)
        lines, asked = await in_thread(lambda: self._lines(who))
        return self.draw(
            request,
            "devices.html",
            title=say("menu.devices"),
            lines=lines,
            rescues=asked,
            now=self.desk.clock(),
        )

    @route("/{id:uuid}", methods=["GET"], name="device")
    async def one(self, request: Request) -> Response:
        """One device: how it stands, and whose records it has held."""
        who = required(request, Action.SEE_STAFF)
        line, held = await in_thread(lambda: self._one(who, _id(request)))
        return self.draw(
            request,
            "device.html",
            title=line.device.worker_name,
            line=line,
            held=held,
            now=self.desk.clock(),
        )

    @route("/{id:uuid}/revoke", methods=["POST"], name="device_revoke")
    async def revoke(self, request: Request) -> Response:
        """From now on the device may sync no more."""
        required(request, Action.MANAGE_DEVICES)
        reason = await reason_given(request)
        return await self.done(
            request, lambda act: revoke(act, _id(request), reason), "/devices", "device.revoked"
        )

    @route("/{id:uuid}/lost", methods=["POST"], name="device_lost")
    async def lost(self, request: Request) -> Response:
        """At its next contact the device destroys its keys."""
        required(request, Action.MANAGE_DEVICES)
        reason = await reason_given(request)
        return await self.done(
            request, lambda act: mark_lost(act, _id(request), reason), "/devices", "device.lost"
        )

    @route("/carry-over", methods=["POST"], name="device_carry_over")
    async def carry_over(self, request: Request) -> Response:
        """Takes the file that a phone without a network exported; again changes nothing."""
        who = required(request, Action.MANAGE_DEVICES)
        file = (await request.form()).get("file")
        # One byte more than is taken tells a file that is too large.
        content = await file.read(FILE_MAX + 1) if isinstance(file, UploadFile) else b""
        try:
            done = await in_thread(lambda: self.desk.register.carried(who.town, content, who.id))
        except ServerError as error:
            return self.refused(request, self.path, error)
        return self.onward(
            request,
            self.path,
            "device.carried",
            name=done.worker_name,
            taken=done.taken,
            known=done.known,
            refused=done.refused,
        )

    def _one(self, who: AccountIdentity, device_id: str) -> tuple[DeviceLine, list[HeldLine]]:
        with reading(self.desk.engine) as conn:
            found = device(conn, who, device_id)
            households = households_by_grid(conn, who)
            held = held_by(conn, who, found)
        lines = [HeldLine(each, households.get(each.grid.id, 0)) for each in held]
        return DeviceLine(found, found.words(language()), STATUS_TONES[found.status]), lines

    def _lines(self, who: AccountIdentity) -> tuple[list[DeviceLine], list[RescueLine]]:
        with reading(self.desk.engine) as conn:
            found = devices(conn, who)
            asked = waiting(conn, who, self.desk.clock())
        found.sort(key=lambda each: each.status is not DeviceStatus.ACTIVE)
        words = language()
        lines = [DeviceLine(each, each.words(words), STATUS_TONES[each.status]) for each in found]
        return lines, [RescueLine(each, each.words(words)) for each in asked]


async def reason_given(request: Request) -> str:
    """Why it is done, as it was typed."""
    return str((await request.form()).get("reason") or "").strip()[:REASON_MAX]


def _id(request: Request) -> str:
    return str(request.path_params["id"])
