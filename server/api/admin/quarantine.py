"""Changes that were not taken: listed, read, let in, corrected, sent back, refused for good."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import Query, Request, Response

from server.api.admin.asking import Asking, Door, Limit, Name, Number, Offset
from server.api.admin.messages import (
    Done,
    Edited,
)
from server.api.admin.quarantine_messages import (
    Correct,
    QuarantineList,
    QuarantineTold,
    SayWhy,
)
from server.api.admin.told import quarantine_told
from server.api.incoming import understood
from server.errors import NotFound
from server.office.roles import Action
from server.register.refusals import NotUnderstood
from server.register.waiting_room import Wanted
from server.register.way_back import Correction, Place, WayBack
from shared.changes import ChangeKind
from shared.wire import Result

WORDS_MAX = 300
Which = Annotated[str, Query(pattern="^(open|held|returned|settled)$")]


@dataclass(frozen=True)
class QuarantineRoutes:
    """The handlers."""

    door: Door

    async def quarantine(
        self, request: Request, *, which: Which = "open", offset: Offset = 0, limit: Limit = 50
    ) -> Response:
        """Answers a page of the changes that were not taken."""

        def work(asking: Asking) -> QuarantineList:
            register, wanted = self.door.api.services.register, Wanted(which)
            lines = register.not_taken(asking.who, wanted, offset=offset, limit=limit)
            total = register.count_not_taken(asking.who, wanted)
            return QuarantineList(total, offset, lines)

        return await self.door.open(request, Action.SEE_RECORDS, work)

    async def one(self, request: Request, device: Name, n: Number) -> Response:
        """Answers one of them, with what it says."""

        def work(asking: Asking) -> QuarantineTold:
            looked = self.door.api.services.register.look_at(asking.who, Place(device, n))
            if looked is None:
                raise NotFound
            return quarantine_told(looked)

        return await self.door.open(request, Action.DECIDE, work)

    async def release(self, request: Request, device: Name, n: Number) -> Response:
        """Judges it again, by what holds now, and takes it as its author's."""

        def work(asking: Asking) -> Result:
            return self._way_back.release(asking.who, Place(device, n))

        return await self.door.open(request, Action.DECIDE, work)

    async def correction(self, request: Request, device: Name, n: Number) -> Response:
        """Enters it as it should have been: the account's own change, naming the original."""

        def work(asking: Asking) -> Edited:
            said = understood(asking.incoming.json(), Correct)
            done = self._way_back.correct(asking.who, Place(device, n), _correction(said))
            return Edited(done.save, list(done.results))

        return await self.door.open(request, Action.DECIDE, work)

    async def give_back(self, request: Request, device: Name, n: Number) -> Response:
        """Sends it back to its author, with words."""

        def work(asking: Asking) -> Done:
            words = _words(asking)
            self._way_back.give_back(asking.who, Place(device, n), words)
            return Done()

        return await self.door.open(request, Action.DECIDE, work)

    async def rejection(self, request: Request, device: Name, n: Number) -> Response:
        """Refuses it for good. It stays as it came."""

        def work(asking: Asking) -> Done:
            words = _words(asking)
            self._way_back.drop(asking.who, Place(device, n), words)
            return Done()

        return await self.door.open(request, Action.DECIDE, work)

    @property
    def _way_back(self) -> WayBack:
        return self.door.api.services.register.way_back


def _words(asking: Asking) -> str:
    said = understood(asking.incoming.json(), SayWhy).words.strip()
    if not said or len(said) > WORDS_MAX:
        raise NotUnderstood
    return said


def _correction(said: Correct) -> Correction:
    try:
        return msgspec.convert(
            {**msgspec.structs.asdict(said), "kind": ChangeKind(said.kind)}, Correction
        )
    except (ValueError, msgspec.ValidationError) as error:
        raise NotUnderstood from error
