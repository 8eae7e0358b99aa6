"""Files over HTTP: sent by tus 1.0, and given to those whose records name them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path as PathPart
from fastapi import Request, Response

from server.api.admission import Admission
from server.api.context import SyncApi
from server.api.incoming import active_device, drained, heads, received
from server.api.problems import Busy
from server.api.tus import (
    RESUMABLE,
    UPLOADS,
    abilities,
    announced,
    check_part,
    check_version,
    offset_of,
    state_of,
)
from server.db.engine import reading
from server.files.shelf import GIVEN_AS, FileShelf, StoredFile
from server.files.uploads import Sender, Upload
from server.register.refusals import NotUnderstood

CREATED, NO_CONTENT = 201, 204
InPath = Annotated[str, PathPart(max_length=100, pattern=r"^[0-9a-f-]*$")]


@dataclass(frozen=True)
class FileRoutes:
    """The handlers."""

    api: SyncApi

    def abilities(self) -> Response:
        """Answers which parts of tus are spoken here."""
        return Response(status_code=NO_CONTENT, headers=abilities(self.api.uploads.limits.bytes))

    async def begin(self, request: Request) -> Response:
        """Begins the upload of a file whose hash and size are announced."""

        def work() -> Response:
            check_version(request)
            sender = self._sender(request)
            sha256, size = announced(request)
            upload = self.api.uploads.begin(sender, sha256, size)
            headers = {**state_of(upload), "Location": f"{UPLOADS}/{upload.id}"}
            return Response(status_code=CREATED, headers=headers)

        return await self._at(self.api.file_doors, request, work)

    async def state(self, request: Request, upload: InPath) -> Response:
        """Answers how much of an upload has come."""

        def work() -> Response:
            check_version(request)
            found = self.api.uploads.find(self._sender(request), upload)
            length = {"Upload-Length": str(found.size), "Cache-Control": "no-store"}
            return Response(headers={**state_of(found), **length})

        return await self._at(self.api.file_doors, request, work)

    async def append(self, request: Request, upload: InPath) -> Response:
        """Takes the next part of an upload; the last one makes the file, or ends it."""
        check_version(request)
        offset = offset_of(request)
        checked = "upload-checksum" in request.headers
        door = self.api.file_doors
        try:
            async with door.place():
                part, whole = await received(request, self.api.limits, self._part_max)
                if checked and not whole:
                    raise NotUnderstood  # what came cannot be checked
                check_part(request, part)
                return await door.work(lambda: self._append(request, upload, offset, part))
        except Busy:
            await drained(request, self.api.limits)
            raise

    async def end(self, request: Request, upload: InPath) -> Response:
        """Ends an upload; nothing of it is kept."""

        def work() -> Response:
            check_version(request)
            self.api.uploads.drop(self._sender(request), upload)
            return Response(status_code=NO_CONTENT, headers=dict(RESUMABLE))

        return await self._at(self.api.file_doors, request, work)

    async def override(self, request: Request, upload: InPath) -> Response:
        """Does what X-HTTP-Method-Override says, for those who cannot send PATCH or DELETE."""
        by_name: dict[str, Callable[[Request, str], Awaitable[Response]]] = {
            "PATCH": self.append,
            "DELETE": self.end,
            "HEAD": self.state,
        }
        handler = by_name.get(request.headers.get("x-http-method-override", ""))
        if handler is None:
            raise NotUnderstood
        return await handler(request, upload)

    async def content(self, request: Request, sha256: InPath) -> Response:
        """Gives a file that a record of the device's grids names."""
        return await self._at(self.api.file_doors, request, lambda: self._give(request, sha256))

    async def presence(self, request: Request, sha256: InPath) -> Response:
        """Answers whether there is such a file for this device."""
        return await self._at(self.api.file_doors, request, lambda: self._tell(request, sha256))

    @property
    def _part_max(self) -> int:
        return self.api.uploads.limits.part

    def _sender(self, request: Request) -> Sender:
        device = active_device(self.api, heads(request))
        return Sender(device.town, device.id)

    def _append(self, request: Request, upload: str, offset: int, part: bytes) -> Response:
        now: Upload = self.api.uploads.append(self._sender(request), upload, offset, part)
        return Response(status_code=NO_CONTENT, headers=state_of(now))

    def _give(self, request: Request, sha256: str) -> Response:
        device = active_device(self.api, heads(request))
        with reading(self.api.services.engine) as conn:
            shelf = FileShelf(conn, device.town, self.api.uploads.seal)
            file = shelf.seen(sha256, device.whole)
            content = shelf.content(file)
        return Response(content, headers=_named(file), media_type=file.type)

    def _tell(self, request: Request, sha256: str) -> Response:
        device = active_device(self.api, heads(request))
        with reading(self.api.services.engine) as conn:
            file = FileShelf(conn, device.town, self.api.uploads.seal).seen(sha256, device.whole)
        size = {"Content-Length": str(file.size), "Content-Type": file.type}
        return Response(headers={**_named(file), **size})

    async def _at(
        self, door: Admission, request: Request, work: Callable[[], Response]
    ) -> Response:
        async with door.place():
            await received(request, self.api.limits, 0)
            return await door.work(work)


def _named(file: StoredFile) -> dict[str, str]:
    return {**GIVEN_AS, "ETag": f'"{file.sha256}"'}
