"""Keeping a list as it is shown, and forgetting it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import required
from server.console.drawing import LISTS
from server.console.pages.base import Pages
from server.office.roles import Action
from server.office.saved_lists import drop_list, save_list


class SavedListPages(Pages):
    """The reader's own lists."""

    path = "/saved-lists"
    route_name = "saved_lists"

    @route("/{key}/save", methods=["POST"], name="saved_list_save")
    async def save(self, request: Request) -> Response:
        """Keeps the filter, order and columns of the address under a name."""
        required(request, Action.SEE_RECORDS)
        key = _key(request)
        form = await request.form()
        name, query = str(form.get("name") or ""), str(form.get("query") or "")
        return await self.done(
            request,
            lambda act: save_list(act, key, name, query),
            f"/{key}/list?{query}",
            "saved.kept",
        )

    @route("/{key}/{id:uuid}/drop", methods=["POST"], name="saved_list_drop")
    async def drop(self, request: Request) -> Response:
        """Forgets one of them."""
        required(request, Action.SEE_RECORDS)
        key, id_ = _key(request), str(request.path_params["id"])
        return await self.done(
            request, lambda act: drop_list(act, id_), f"/{key}/list", "saved.dropped"
        )


def _key(request: Request) -> str:
    key = str(request.path_params["key"])
    if key not in LISTS.values():
        raise HTTPException(404)
    return key
