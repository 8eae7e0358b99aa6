"""Records as a program of the office needs them: read, edited, and given back what they had."""

from dataclasses import dataclass

from fastapi import Request, Response

from server.api.admin.asking import Asking, Door, Name
from server.api.admin.messages import (
    Edited,
    EditRecord,
    History,
    Me,
    RecordTold,
    Restore,
)
from server.api.admin.told import step
from server.api.incoming import understood
from server.errors import NotFound
from server.office.audit import Deed
from server.office.roles import Action
from server.register.deeds import Restoring
from server.register.edits import Edit
from server.register.published import secret_units
from server.register.refusals import NotUnderstood
from server.register.standing import waiting
from shared.changes import ChangeKind
from shared.merge import shown
from shared.records import Record
from shared.work.values import OFFICE_ONLY

_EDITS = frozenset(ChangeKind) - {ChangeKind.CREATE}


@dataclass(frozen=True)
class RecordRoutes:
    """The handlers."""

    door: Door

    async def me(self, request: Request) -> Response:
        """Answers whose token it is, and what it allows."""

        def work(asking: Asking) -> Me:
            who = asking.who
            actions = sorted(action.value for action in asking.bearer.actions)
            return Me(who.id, who.name, who.town, who.role.value, actions, sorted(who.grids))

        return await self.door.open(request, Action.SEE_RECORDS, work)

    async def record(self, request: Request, record: Name) -> Response:
        """Answers a record as it stands, with the version that an edit names as its base."""

        def work(asking: Asking) -> RecordTold:
            found, town = self._seen(asking, record), asking.who.town
            rules = self.door.api.services.register.rules(town, found.kind)
            withheld = self._withheld(asking, found)
            answers = {u: value for u, value in shown(found, rules).items() if u not in withheld}
            return RecordTold(
                id=found.id,
                kind=found.kind,
                grid=found.grid,
                version=found.version,
                form=found.form,
                deleted=found.deleted,
                alias_of=found.alias_of,
                answers=answers,
                contested=sorted(waiting(found, rules)),
                withheld=sorted(withheld & found.units.keys()),
            )

        # Nothing is masked here, so whoever reads it must be one who may read it whole.
        return await self.door.open(request, Action.REVEAL, work)

    async def history(self, request: Request, record: Name) -> Response:
        """Answers every step of a record."""

        def work(asking: Asking) -> History:
            found = self._seen(asking, record)
            withheld = self._withheld(asking, found)
            entries = self.door.api.services.register.history(asking.who.town, record)
            return History(record, [step(entry, withheld) for entry in entries])

        return await self.door.open(request, Action.REVEAL, work)

    async def change(self, request: Request, record: Name) -> Response:
        """Edits a record: an ordinary change of someone who had seen version `base`."""

        def work(asking: Asking) -> Edited:
            said = understood(asking.incoming.json(), EditRecord)
            found = self._seen(asking, record)
            edit = Edit(
                kind=_kind(said.kind),
                record=record,
                record_kind=found.kind,
                grid=found.grid,
                base=said.base,
                units=said.units,
            )
            register = self.door.api.services.register
            done = register.deeds.edit(asking.who, [edit], Deed.EDITED, record)
            return Edited(done.save, list(done.results))

        return await self.door.open(request, Action.EDIT_RECORDS, work)

    async def restore(self, request: Request, record: Name) -> Response:
        """Writes again what a step of the record wrote."""

        def work(asking: Asking) -> Edited:
            said = understood(asking.incoming.json(), Restore)
            restoring = Restoring(record=record, unit=said.unit, seq=said.seq, base=said.base)
            done = self.door.api.services.register.deeds.restore(asking.who, restoring)
            return Edited(done.save, list(done.results))

        return await self.door.open(request, Action.EDIT_RECORDS, work)

    def _seen(self, asking: Asking, record: str) -> Record:
        found = self.door.api.services.register.record(asking.who.town, record)
        if found is None or found.grid not in asking.who.grids or found.kind in OFFICE_ONLY:
            raise NotFound
        return found

    def _withheld(self, asking: Asking, record: Record) -> frozenset[str]:
        """The sensitive units: a person reads them at the desk, with a reason; no program does."""
        form = self.door.api.services.register.forms(asking.who.town).get(record.kind)
        return frozenset(secret_units(form)) if form else frozenset(record.units)


def _kind(text: str) -> ChangeKind:
    if text not in _EDITS:
        raise NotUnderstood
    return ChangeKind(text)
