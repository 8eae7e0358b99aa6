"""A photo, recording or document of a record, for who may see the answer that names it.

Each look is written down. The content is only ever shown as its checked type, never as a page.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.labels import seen_files, sight_of
from server.console.pages.base import Pages
from server.errors import NotFound
from server.files.shelf import GIVEN_AS, FileShelf, StoredFile
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal
from shared.files import FileRef


class AttachmentPages(Pages):
    """The contents of files."""

    path = "/files"
    route_name = "attachments"

    @route("/{kind}/{id:uuid}/{unit}/{sha256}", methods=["GET"], name="attachment")
    async def content(self, request: Request) -> Response:
        """The file, if the reader may see the answer that names it."""
        who = required(request, Action.SEE_RECORDS)
        ref = await in_thread(lambda: self._named(request, who))
        file, content = await in_thread(lambda: self._taken(request, who, ref))
        name = f'attachment; filename="{ref.sha256[:12]}.{ref.file_name.rpartition(".")[2]}"'
        headers = {**GIVEN_AS, "Content-Disposition": name}
        return Response(content, headers=headers, media_type=file.type)

    def _named(self, request: Request, who: AccountIdentity) -> FileRef:
        """The file, as a value that stands in the record names it. Raises NotFound."""
        asked = request.path_params
        kind, unit = str(asked["kind"]), str(asked["unit"])
        record = self.desk.register.record(who.town, str(asked["id"]))
        if record is None or record.kind != kind or record.grid not in who.grids:
            raise NotFound
        sight = sight_of(request)
        for candidate in record.units.get(unit, ()):
            for ref in seen_files(kind, unit, candidate.value, sight):
                if ref.sha256 == asked["sha256"]:
                    return ref
        raise NotFound

    def _taken(
        self, request: Request, who: AccountIdentity, ref: FileRef
    ) -> tuple[StoredFile, bytes]:
        """The content, and a line in the audit trail: both or neither."""
        desk, record = self.desk, str(request.path_params["id"])
        with acting(desk.engine, desk.keys, who, desk.clock) as act:
            shelf = FileShelf(act.conn, who.town, Seal(desk.keys))
            file = shelf.seen(ref.sha256, who.grids)
            content = shelf.content(file)
            act.note(Deed.FILE_SEEN, f"{record} {ref.sha256}")
        return file, content
