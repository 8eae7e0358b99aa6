"""What all our pages have in common: the desk, and drawing a template in the console's frame."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.routing import route
from starlette_admin.views import CustomView
from typing_extensions import override

from server.console.desk import Desk, account_of, in_thread
from server.console.words import language, pick, say
from server.errors import NotFound, ServerError
from server.office.act import Act, acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.paper.blocks import Paper
from server.paper.sheet import render


class Pages(CustomView):
    """Pages at one address; each of its routes asks for what its reader must be allowed."""

    add_to_menu = False

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    @override
    @route("")
    async def index(self, request: Request) -> Response:
        """Nothing, unless there is a page at the address itself."""
        raise NotFound

    def draw(
        self, request: Request, template: str, *, status: int = 200, **shown: object
    ) -> Response:
        """The page, with the messages that wait for its reader."""
        assert self._admin is not None
        return self._admin._template_response(  # noqa: SLF001 - draws waiting messages too
            request, template, dict(shown), status_code=status
        )

    @staticmethod
    def onward(request: Request, path: str, said: str = "", **names: object) -> Response:
        """After something was done: the next page, with a word on it."""
        if said:
            flash(request, say(said, **names), "success")
        root = str(request.scope.get("root_path", ""))
        return RedirectResponse(f"{root}{path}", status_code=303)

    async def done(
        self, request: Request, work: Callable[[Act], object], path: str, said: str
    ) -> Response:
        """Does something as one act of the reader and goes to `path` with a word on it."""
        who = account_of(request)

        def act() -> None:
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as opened:
                work(opened)

        try:
            await in_thread(act)
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, path, error)
        return self.onward(request, path, said)

    async def printed(
        self, who: AccountIdentity, papers: Sequence[Paper], name: str, of: str = ""
    ) -> Response:
        """The papers as one PDF; that they were printed is written down. of: records or areas.

        Raises server.paper.fonts.NoFont.
        """

        def made() -> bytes:
            content = render(*papers)
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
                act.note(Deed.FORM_PRINTED, name, of)
            return content

        content = await in_thread(made)
        named = f'inline; filename="{name.partition(" ")[0]}-{language()}.pdf"'
        return Response(
            content, media_type="application/pdf", headers={"content-disposition": named}
        )

    @staticmethod
    def refused(request: Request, path: str, error: ServerError) -> Response:
        """Back to a page, with what the office or the register has against it."""
        flash(request, pick(error.words), "error")
        root = str(request.scope.get("root_path", ""))
        return RedirectResponse(f"{root}{path}", status_code=303)
