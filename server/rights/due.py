"""Which records a rule would erase now: one SELECT for the night, its dry run and the lists."""

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlmodel import col

from server.clock import DAY_MS
from server.db.bulk import among
from server.db.register_tables import JournalRow, RecordRow
from server.db.rights_tables import ErasedRow
from server.register.sealing import Seal
from server.rights.aged import AgedAnswers
from server.rights.holds import held_ids
from server.rights.rules import Rule, Since


class Due(Struct, frozen=True):
    """What a rule would erase now, or has erased."""

    rule: Rule
    records: int
    held: int = 0
    """Records whose time is over, too, and that a hold keeps."""


class DueRecord(Struct, frozen=True):
    """One record whose time is over."""

    id: str
    grid: str
    changed_at: int
    """When its last change was received, or the last of the answer, ms."""


class DueList(Struct, frozen=True):
    """Finds what is due in a town, over one connection."""

    conn: Connection
    town: str
    seal: Seal
    now: int
    grids: frozenset[str] | None = None
    """Only in these; None for everywhere."""

    def look(self, rule: Rule, limit: int) -> tuple[Due, list[DueRecord]]:
        """How many records there are, and the first of them."""
        if not rule.unit:
            return self.count(rule), self.some(rule, limit=limit)
        aged = AgedAnswers(self.conn, self.town, self.seal, self.now)
        found, held = aged.all(rule, self.grids)
        received = aged.received([each.seq for each in found[:limit]])
        shown = [DueRecord(each.id, each.grid, received[each.seq]) for each in found[:limit]]
        return Due(rule, len(found), held), shown

    def count(self, rule: Rule) -> Due:
        """How many records, and how many more are held."""
        if rule.unit:
            return self.look(rule, 0)[0]
        n = func.count()
        goes, stays = (
            self.conn.execute(
                select(n).select_from(RecordRow).where(*self._over(rule, held=held))
            ).scalar_one()
            for held in (False, True)
        )
        return Due(rule, goes, stays)

    def some(self, rule: Rule, *, limit: int) -> list[DueRecord]:
        """The first whole records, by id: the oldest registrations first."""
        received = (
            select(col(JournalRow.received))
            .where(
                col(JournalRow.town_id) == self.town,
                col(JournalRow.seq) == col(RecordRow.version),
            )
            .scalar_subquery()
        )
        rows = self.conn.execute(
            select(col(RecordRow.id), col(RecordRow.grid), received)
            .where(*self._over(rule, held=False))
            .order_by(col(RecordRow.id))
            .limit(limit)
        )
        return [DueRecord(*row) for row in rows]

    def _over(self, rule: Rule, *, held: bool) -> list[ColumnElement[bool]]:
        """The last change was received so long ago; nothing keeps the record, or a hold does."""
        kept = col(RecordRow.id).in_(held_ids(self.town, self.now))
        where: list[ColumnElement[bool]] = [
            col(RecordRow.town_id) == self.town,
            col(RecordRow.kind) == rule.kind,
            _changed_before(self.town, self.now - rule.days * DAY_MS),
            col(RecordRow.id).not_in(
                select(col(ErasedRow.record_id)).where(col(ErasedRow.town_id) == self.town)
            ),
            kept if held else ~kept,
        ]
        if rule.since is Since.DELETED:
            where.append(col(RecordRow.deleted).is_(True))
        if self.grids is not None:
            where.append(among(self.conn, col(RecordRow.grid), self.grids))
        return where


def _changed_before(town: str, time: int) -> ColumnElement[bool]:
    """A record's version is the number of its last change."""
    return (
        select(col(JournalRow.seq))
        .where(
            and_(
                col(JournalRow.town_id) == town,
                col(JournalRow.seq) == col(RecordRow.version),
                col(JournalRow.received) <= time,
            )
        )
        .exists()
    )
