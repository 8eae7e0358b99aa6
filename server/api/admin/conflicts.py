"""Conflicts: listed, read with all that stands against each other, decided, asked about."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request, Response

from server.api.admin.asking import Asking, Door, Limit, Name, Offset, Word
from server.api.admin.messages import (
    Asked,
    AskWorker,
    ConflictList,
    ConflictTold,
    Decided,
    Decision,
)
from server.api.admin.told import conflict_line, conflict_told
from server.api.incoming import understood
from server.errors import NotFound
from server.office.audit import Deed
from server.office.roles import Action
from server.register.conflicts import ConflictDetail, Sought
from server.register.outcomes import AlreadyDecided
from server.review.questions import Asking as Question
from server.review.questions import Questions

State = Annotated[str, Query(pattern="^(open|closed)$")]


@dataclass(frozen=True)
class ConflictRoutes:
    """The handlers."""

    door: Door

    async def conflicts(
        self,
        request: Request,
        *,
        state: State = "open",
        grid: Word = "",
        record: Word = "",
        kind: Word = "",
        unit: Word = "",
        claim: bool | None = None,
        offset: Offset = 0,
        limit: Limit = 50,
    ) -> Response:
        """Answers a page of the conflicts where the account may look."""
        sought = Sought(
            open=state == "open", grid=grid, record=record, record_kind=kind, unit=unit, claim=claim
        )

        def work(asking: Asking) -> ConflictList:
            register, who = self.door.api.services.register, asking.who
            names = asking.may(Action.REVEAL)
            total = register.count_conflicts(who.town, who.grids, sought)
            found = register.open_conflicts(
                who.town, who.grids, offset=offset, limit=limit, sought=sought
            )
            return ConflictList(total, offset, [conflict_line(one, names=names) for one in found])

        return await self.door.open(request, Action.SEE_RECORDS, work)

    async def conflict(self, request: Request, conflict: Name) -> Response:
        """Answers one conflict with all its candidates."""

        def work(asking: Asking) -> ConflictTold:
            names = asking.may(Action.REVEAL)
            return conflict_told(self._detail(asking, conflict), asking.who.grids, names=names)

        # To decide between values one must see them, so whoever sees them must be one who decides.
        return await self.door.open(request, Action.DECIDE, work)

    async def decision(self, request: Request, conflict: Name) -> Response:
        """Decides: an ordinary change of someone who had seen version `base`."""

        def work(asking: Asking) -> Decided:
            decision = understood(asking.incoming.json(), Decision)
            register = self.door.api.services.register
            self._detail(asking, conflict)
            done = register.decide(asking.who, conflict, decision.value, decision.base)
            if isinstance(done, AlreadyDecided):
                return Decided(
                    outcome="already", conflict=conflict, by=done.by_name, decision=done.decision
                )
            self.door.note(asking, Deed.DECIDED, conflict)
            is_open = self._detail(asking, conflict).open
            return Decided(
                outcome="open" if is_open else "decided",
                conflict=conflict,
                seq=done.seqs[0],
                by=asking.who.name,
                decision=decision.value,
            )

        return await self.door.open(request, Action.DECIDE, work)

    async def question(self, request: Request, conflict: Name) -> Response:
        """Asks a worker: the question appears on that worker's phone."""

        def work(asking: Asking) -> Asked:
            said = understood(asking.incoming.json(), AskWorker)
            detail = self._detail(asking, conflict)
            services = self.door.api.services
            questions = Questions(services.register, services.engine, services.clock)
            wanted = Question(
                about=detail.record.id,
                item=detail.unit,
                label=self._label(asking, detail),
                worker=said.worker,
                comment=said.words,
            )
            return Asked(questions.ask(asking.who, wanted))

        return await self.door.open(request, Action.DECIDE, work)

    def _detail(self, asking: Asking, conflict: str) -> ConflictDetail:
        found = self.door.api.services.register.conflict(asking.who.town, conflict)
        if found is None or found.grid not in asking.who.grids:
            raise NotFound
        return found

    def _label(self, asking: Asking, detail: ConflictDetail) -> str:
        form = self.door.api.services.register.forms(asking.who.town).get(detail.record_kind)
        members = form.units.get(detail.unit, ()) if form else ()
        return form.words(members[0].label, "zh") if form and members else detail.unit
