"""What a person chooses in a dry run: rows to leave out, and columns to forget."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.pages.base import Pages
from server.errors import NotFound, ServerError
from server.imports.jobs import Imports
from server.imports.tables import ROWS_MAX
from server.office.roles import Action


class ImportChoicePages(Pages):
    """Choices about an import that is not written yet."""

    path = "/import-choices"
    route_name = "import_choices"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._imports = Imports(desk.register, desk.engine, desk.keys, desk.clock)

    @route("/{id:uuid}/rows", methods=["POST"], name="import_rows")
    async def rows(self, request: Request) -> Response:
        """The dry run again: without the rows that were ticked, or with them again."""
        who, job = required(request, Action.IMPORT), str(request.path_params["id"])
        form = await request.form()
        ticked = {int(str(row)) for row in form.getlist("row")[:ROWS_MAX] if _is_number(str(row))}
        back_in = form.get("do") == "in"

        def work() -> None:
            before = self._imports.opened(who, job).report.left_out
            rows = before - ticked if back_in else before | ticked
            self._imports.leave_out(who, job, rows)

        said = "import.taken_in" if back_in else "import.left_out"
        return await self._again(request, job, work, said)

    @route("/{id:uuid}/forget", methods=["POST"], name="import_forget")
    async def forget(self, request: Request) -> Response:
        """The dry run again, with the columns as their names say."""
        who, job = required(request, Action.IMPORT), str(request.path_params["id"])
        return await self._again(
            request, job, lambda: self._imports.forget_columns(who, job), "import.forgotten"
        )

    async def _again(
        self, request: Request, job: str, work: Callable[[], object], said: str
    ) -> Response:
        here = f"/imports/{job}"
        try:
            await in_thread(work)
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, here, said)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 8
