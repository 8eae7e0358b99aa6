"""Reading conflicts: those that wait for a person, and how one was decided."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from server.db.bulk import among
from server.db.register_tables import ConflictRow, RecordRow
from server.register.claiming import Claim
from server.register.conflicts import EVERY_OPEN, ConflictSummary, Rival, Sought
from server.register.contested import CLAIM, OPEN, VALUES
from server.register.details import COLUMNS, ConflictLine, Details
from server.register.names import names_of
from server.register.outcomes import AlreadyDecided
from server.register.sealing import Seal


class Inbox(Struct, frozen=True):
    """One town's conflicts, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    @property
    def details(self) -> Details:
        """What stands against each other in them."""
        return Details(self.conn, self.town, self.seal)

    def count(self, grids: frozenset[str], sought: Sought = EVERY_OPEN) -> int:
        """How many there are in these grids."""
        wanted = select(func.count()).select_from(ConflictRow)
        return self.conn.execute(wanted.where(*self._waiting(grids, sought))).scalar_one()

    def waiting(
        self, grids: frozenset[str], offset: int, limit: int, sought: Sought = EVERY_OPEN
    ) -> list[ConflictSummary]:
        """Those in these grids, oldest first."""
        oldest_first = (col(ConflictRow.opened_seq), col(ConflictRow.id))
        wanted = select(*COLUMNS).where(*self._waiting(grids, sought)).order_by(*oldest_first)
        rows = self.conn.execute(wanted.offset(offset).limit(limit))
        lines = [ConflictLine(*row) for row in rows]
        titles = self.details.titles({line.record_id for line in lines})
        return [
            ConflictSummary(
                id=line.id,
                record=line.record_id,
                record_kind=line.record_kind,
                title=titles.get(line.record_id, ""),
                unit=line.unit,
                grid=line.grid,
                opened_at=line.opened_at,
                opened_seq=line.opened_seq,
                claim=line.is_claim,
                open=line.is_open,
            )
            for line in lines
        ]

    def line(self, conflict: str) -> ConflictLine | None:
        """The conflict's own row."""
        return next(iter(self.details.lines([conflict])), None)

    def rivals(self, claims: Sequence[Claim], but: str) -> tuple[Rival, ...]:
        """The other records among claims to one number, given in their order."""
        ids = [claim.record for claim in claims if claim.record != but]
        titles = self.details.titles(ids)
        wanted = select(col(RecordRow.id), col(RecordRow.grid)).where(
            col(RecordRow.town_id) == self.town, col(RecordRow.id).in_(ids)
        )
        grids = {row.id: row.grid for row in self.conn.execute(wanted)}
        return tuple(
            Rival(each, grids.get(each, ""), titles.get(each, ""), each == claims[0].record)
            for each in ids
        )

    def already_decided(self, line: ConflictLine) -> AlreadyDecided:
        """What someone else decided about a conflict that is closed."""
        by = line.closed_by or ""
        decision = self.details.decision(line)
        return AlreadyDecided(line.id, by, self._name(by), line.closed_at or 0, decision)

    def _waiting(self, grids: frozenset[str], sought: Sought) -> tuple[ColumnElement[bool], ...]:
        named = (
            (col(ConflictRow.grid), sought.grid),
            (col(ConflictRow.record_id), sought.record),
            (col(ConflictRow.record_kind), sought.record_kind),
            (col(ConflictRow.unit), sought.unit),
        )
        state, about = col(ConflictRow.state), col(ConflictRow.about)
        return (
            col(ConflictRow.town_id) == self.town,
            state == OPEN if sought.open else state != OPEN,
            among(self.conn, col(ConflictRow.grid), grids),
            *(column == value for column, value in named if value),
            *(() if sought.claim is None else (about == (CLAIM if sought.claim else VALUES),)),
        )

    def _name(self, person: str) -> str:
        known = names_of(self.conn, self.town, [person]) if person else {}
        return known.get(person, person)
