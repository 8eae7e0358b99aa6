"""Letting a device in whose PIN was forgotten: the two buttons of a request on the device page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import required
from server.console.pages.base import Pages
from server.console.pages.devices import reason_given
from server.office.rescues import agree, refuse
from server.office.roles import Action


class RescuePages(Pages):
    """What an admin may do with a request."""

    path = "/rescues"
    route_name = "rescues"

    @route("/{id:uuid}/agree", methods=["POST"], name="rescue_agree")
    async def agree(self, request: Request) -> Response:
        """Agrees; the second of two admins lets the device in."""
        required(request, Action.RESCUE)
        rescue = str(request.path_params["id"])
        return await self.done(
            request, lambda act: agree(act, rescue), "/devices", "device.rescue_agreed"
        )

    @route("/{id:uuid}/refuse", methods=["POST"], name="rescue_refuse")
    async def refuse(self, request: Request) -> Response:
        """Refuses; one is enough."""
        required(request, Action.RESCUE)
        rescue, reason = str(request.path_params["id"]), await reason_given(request)
        return await self.done(
            request, lambda act: refuse(act, rescue, reason), "/devices", "device.rescue_refused"
        )
