"""Taking a whole import back, after a look at what that would do."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.labels import sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.imports.undoing import Undoing
from server.office.people import AccountIdentity
from server.office.roles import Action

LEFT_SHOWN = 50


class UndoPages(Pages):
    """The look, and the deed."""

    path = "/import-undo"
    route_name = "import_undo"

    @route("/{id:uuid}", methods=["GET"], name="import_undo_look")
    async def look(self, request: Request) -> Response:
        """What would be taken back, and what would stay."""
        who, job = required(request, Action.IMPORT), str(request.path_params["id"])
        try:
            would = await in_thread(lambda: Undoing(self.desk).look(who, job))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, "/imports", error)
        left = would.left[:LEFT_SHOWN]
        titles = await in_thread(lambda: self._titles(request, who, left))
        return self.draw(
            request, "import_undo.html", title=say("undo.title"), job=job, would=would,
            names=[titles[each] for each in left if each in titles],
        )  # fmt: skip

    @route("/{id:uuid}", methods=["POST"], name="import_undo_do")
    async def undo(self, request: Request) -> Response:
        """Takes it back."""
        who, job = required(request, Action.IMPORT), str(request.path_params["id"])
        try:
            done = await in_thread(lambda: Undoing(self.desk).undo(who, job))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, "/imports", error)
        return self.onward(request, "/imports", "undo.done", n=done.taken_back, left=len(done.left))

    def _titles(
        self, request: Request, who: AccountIdentity, ids: tuple[str, ...]
    ) -> dict[str, str]:
        with reading(self.desk.engine) as conn:
            return titles_of(conn, who, ids, sight_of(request))
