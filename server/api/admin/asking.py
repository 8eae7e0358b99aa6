"""What every admin route begins with: who shows the token, and whether they may do this."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query, Request, Response
from msgspec import Struct

from server.api.context import SyncApi
from server.api.incoming import Incoming, answer, drained, read
from server.api.problems import Busy
from server.db.engine import reading, writing
from server.office.act import acting
from server.office.audit import Deed
from server.office.errors import NotAllowed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.tokens import Bearer, TokenRefused, bearer, is_stale, note_use
from shared.wire import encode

PAGE_MAX = 200
OFFSET_MAX = 1_000_000
NUMBER_MAX = 2**62
_TEXT = r"^[^\x00-\x1f]*$"  # no database takes a NUL
Word = Annotated[str, Query(max_length=100, pattern=_TEXT)]
Name = Annotated[str, Path(max_length=100, pattern=_TEXT)]
Number = Annotated[int, Path(ge=0, le=NUMBER_MAX)]
Offset = Annotated[int, Query(ge=0, le=OFFSET_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


@dataclass(frozen=True)
class Asking:
    """One request of somebody who may make it."""

    incoming: Incoming
    bearer: Bearer

    @property
    def who(self) -> AccountIdentity:
        """The account whose token it is."""
        return self.bearer.who

    def may(self, action: Action) -> bool:
        """Whether the one who asks may do this as well."""
        return self.bearer.may(action)


@dataclass(frozen=True)
class Door:
    """Lets requests in, and answers them."""

    api: SyncApi

    async def open(
        self, request: Request, action: Action, work: Callable[[Asking], Struct]
    ) -> Response:
        """Does the work for someone who may do this. Raises TokenRefused or NotAllowed."""
        return await self.respond(
            request, action, lambda asking: answer(asking.incoming, encode(work(asking)))
        )

    async def respond(
        self, request: Request, action: Action, work: Callable[[Asking], Response]
    ) -> Response:
        """The same where the work makes the whole answer."""

        def inside(incoming: Incoming) -> Response:
            return work(self._asking(incoming, action))

        door = self.api.pulls
        try:
            async with door.place():
                incoming = await read(request, self.api.limits)
                return await door.work(lambda: inside(incoming))
        except Busy:
            await drained(request, self.api.limits)
            raise

    def note(self, asking: Asking, deed: Deed, what: str) -> None:
        """Writes down what was done."""
        services = self.api.services
        with acting(services.engine, services.keys, asking.who, services.clock) as act:
            act.note(deed, what)

    def _asking(self, incoming: Incoming, action: Action) -> Asking:
        token = _token(incoming.authorization, basic=action is Action.READ_FEED)
        services, now = self.api.services, self.api.services.clock()
        with reading(services.engine) as conn:
            found = bearer(conn, token, now)
        if not found.may(action):
            raise NotAllowed
        if is_stale(found, now):
            with writing(services.engine) as conn:
                note_use(conn, found, now)
        return Asking(incoming, found)


def _token(authorization: str, *, basic: bool) -> str:
    """The token that is shown. basic: also as a password, as spreadsheets ask for it."""
    kind, _, shown = authorization.partition(" ")
    if kind.lower() == "basic" and basic:
        try:
            return b64decode(shown.strip(), validate=True).decode().partition(":")[2]
        except ValueError as error:
            raise TokenRefused from error
    if kind.lower() != "bearer":
        raise TokenRefused
    return shown.strip()
