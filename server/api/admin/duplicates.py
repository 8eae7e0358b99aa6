"""Records that may be one: listed, merged, parted again, or said to be two."""

from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy import ColumnElement, Connection, exists, func, select
from sqlmodel import col

from server.api.admin.asking import Asking, Door, Limit, Offset
from server.api.admin.messages import (
    Done,
    DuplicateLine,
    DuplicateList,
    Edited,
    Merge,
    NotSame,
    Unmerge,
)
from server.api.incoming import understood
from server.db.engine import reading
from server.db.register_tables import NotSameRow
from server.db.review_tables import LookalikeRow
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.deeds import Merging


@dataclass(frozen=True)
class DuplicateRoutes:
    """The handlers."""

    door: Door

    async def duplicates(
        self, request: Request, *, offset: Offset = 0, limit: Limit = 50
    ) -> Response:
        """Answers a page of pairs that nobody has dealt with, both in the account's area."""

        def work(asking: Asking) -> DuplicateList:
            with reading(self.door.api.services.engine) as conn:
                return _listed(conn, asking.who, offset, limit)

        return await self.door.open(request, Action.SEE_RECORDS, work)

    async def merge(self, request: Request) -> Response:
        """Merges one record into another; late changes of the merged one reach the other."""

        def work(asking: Asking) -> Edited:
            said = understood(asking.incoming.json(), Merge)
            merging = Merging(
                merged=said.merged,
                base=said.base,
                survivor=said.survivor,
                survivor_base=said.survivor_base,
                take=tuple(said.take),
            )
            done = self.door.api.services.register.deeds.merge(asking.who, merging)
            return Edited(done.save, list(done.results))

        return await self.door.open(request, Action.DECIDE, work)

    async def unmerge(self, request: Request) -> Response:
        """Takes a merge back: both records are again what they would be without it."""

        def work(asking: Asking) -> Edited:
            said = understood(asking.incoming.json(), Unmerge)
            deeds = self.door.api.services.register.deeds
            done = deeds.unmerge(asking.who, said.record, said.base)
            return Edited(done.committed.save, list(done.committed.results), list(done.left))

        return await self.door.open(request, Action.DECIDE, work)

    async def not_the_same(self, request: Request) -> Response:
        """Says that two records are two: they are not proposed again."""

        def work(asking: Asking) -> Done:
            said = understood(asking.incoming.json(), NotSame)
            deeds = self.door.api.services.register.deeds
            deeds.not_the_same(asking.who, said.one, said.other)
            return Done()

        return await self.door.open(request, Action.DECIDE, work)


def _listed(conn: Connection, who: AccountIdentity, offset: int, limit: int) -> DuplicateList:
    where = _undecided(who)
    total = conn.execute(select(func.count()).select_from(LookalikeRow).where(*where)).scalar_one()
    rows = conn.execute(
        select(LookalikeRow)
        .where(*where)
        .order_by(col(LookalikeRow.score).desc(), col(LookalikeRow.one_id))
        .offset(offset)
        .limit(limit)
    )
    lines = [
        DuplicateLine(
            one=row.one_id,
            other=row.other_id,
            record_kind=row.kind,
            one_grid=row.one_grid,
            other_grid=row.other_grid,
            score=row.score / 1000,
            reasons=row.reasons.split(),
            found_at=row.found_at,
        )
        for row in rows
    ]
    return DuplicateList(total, offset, lines)


def _undecided(who: AccountIdentity) -> tuple[ColumnElement[bool], ...]:
    said = exists().where(
        col(NotSameRow.town_id) == who.town,
        col(NotSameRow.one_id) == col(LookalikeRow.one_id),
        col(NotSameRow.other_id) == col(LookalikeRow.other_id),
    )
    grids = sorted(who.grids)
    return (
        col(LookalikeRow.town_id) == who.town,
        col(LookalikeRow.one_grid).in_(grids),
        col(LookalikeRow.other_grid).in_(grids),
        ~said,
    )
