"""For how long records are kept: rules by kind, what they would erase, and erasing it at night.

A record goes as one that a person had erased does: its answers out of register and journal, its
number left as a tombstone (docs/decisions/0193).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import col

from server.db.engine import reading
from server.db.register_tables import JournalRow, RecordRow
from server.db.rights_tables import ErasedRow, RetentionRuleRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity, operator
from server.office.roles import Action
from server.register.edits import Edit
from server.register.erasing import Eraser, Erasure
from server.register.rebuild import Rebuilder
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.services import Services
from shared.changes import ChangeKind

DAYS_MIN = 30
DAYS_MAX = 36_500
AT_ONCE = 500
"""Records of one transaction."""
ALWAYS_KEPT = frozenset({"dwelling"})
"""A house is nobody's personal data, and what was ever there hangs on it."""
_DAY_MS = 24 * 3600 * 1000


class Since(StrEnum):
    """What the days are counted from."""

    DELETED = "deleted"
    UPDATED = "updated"


class Rule(Struct, frozen=True):
    """Records of a kind are erased so many days after that."""

    kind: str
    since: Since
    days: int


class Due(Struct, frozen=True):
    """What a rule would erase now."""

    rule: Rule
    records: int


@dataclass(frozen=True)
class Retention:
    """The rules of every town."""

    services: Services

    def rules(self, town: str) -> list[Rule]:
        """The rules of a town, by kind."""
        with reading(self.services.engine) as conn:
            return _rules(conn, town)

    def dry_run(self, town: str) -> list[Due]:
        """What `run` would erase, and nothing done."""
        now = self.services.clock()
        with reading(self.services.engine) as conn:
            return [
                Due(rule, sum(1 for _ in _due(conn, town, rule, now)))
                for rule in _rules(conn, town)
            ]

    def run(self, town: str) -> list[Due]:
        """Erases what is due, some records at a time. Again changes nothing."""
        return [Due(rule, self._erase(town, rule)) for rule in self.rules(town)]

    def _erase(self, town: str, rule: Rule) -> int:
        writer, total = self.services.register.deeds.writer, 0

        def some(conn: Connection) -> int:
            now, who = self.services.clock(), operator(conn, town)
            ids = list(islice(_due(conn, town, rule, now), AT_ONCE))
            if not ids:
                return 0
            store = RecordStore(conn, town, Seal(self.services.keys))
            alive = [record for record in store.records(ids).values() if not record.deleted]
            edits = [
                Edit(
                    kind=ChangeKind.DELETE, record=record.id, record_kind=record.kind,
                    grid=record.grid, base=record.version,
                )
                for record in alive
            ]  # fmt: skip
            if edits:
                writer.commit_within(conn, who, edits, None)
            self._empty(conn, who, ids)
            act = Act(conn, who, self.services.keys, now)
            act.note(Deed.ERASED, f"{rule.kind} {len(ids)}", f"retention {rule.days}")
            return len(ids)

        while count := writer.in_one(some):
            total += count
        return total

    def _empty(self, conn: Connection, who: AccountIdentity, ids: list[str]) -> None:
        services, writer = self.services, self.services.register.deeds.writer
        rebuilder = Rebuilder(
            conn, who.town, Seal(services.keys), services.keys.id_hash, writer.shelf,
            services.clock(),
        )  # fmt: skip
        Eraser(rebuilder).erase(Erasure(frozenset(ids)), who)


def set_rule(act: Act, rule: Rule) -> None:
    """Sets the rule of a kind; no days, and it is kept for good. Raises OfficeRefused."""
    act.require(Action.ERASE)
    if rule.kind in ALWAYS_KEPT or (rule.days and not DAYS_MIN <= rule.days <= DAYS_MAX):
        raise refused(
            "retention",
            f"房屋始终保留；其他类型的保存期限为 {DAYS_MIN} 到 {DAYS_MAX} 天。",
            f"Dwellings are always kept; others for {DAYS_MIN} to {DAYS_MAX} days.",
        )
    mine = (
        col(RetentionRuleRow.town_id) == act.who.town,
        col(RetentionRuleRow.kind) == rule.kind,
    )
    act.conn.execute(delete(RetentionRuleRow).where(*mine))
    if rule.days:
        act.conn.execute(
            insert(RetentionRuleRow).values(
                town_id=act.who.town, kind=rule.kind, since=rule.since.value, days=rule.days,
                set_by=act.who.id, set_at=act.now,
            )
        )  # fmt: skip
    act.note(Deed.RETENTION_SET, f"{rule.kind} {rule.since} {rule.days}")


def _rules(conn: Connection, town: str) -> list[Rule]:
    rows = conn.execute(
        select(RetentionRuleRow)
        .where(col(RetentionRuleRow.town_id) == town)
        .order_by(col(RetentionRuleRow.kind))
    )
    return [Rule(row.kind, Since(row.since), row.days) for row in rows]


def _due(conn: Connection, town: str, rule: Rule, now: int) -> Iterator[str]:
    """The ids of what the rule erases: the last change in them was received so long ago."""
    last = (
        select(func.max(col(JournalRow.received)))
        .where(
            col(JournalRow.town_id) == town,
            col(JournalRow.record_id) == col(RecordRow.id),
        )
        .scalar_subquery()
    )
    erased = select(col(ErasedRow.record_id)).where(col(ErasedRow.town_id) == town)
    wanted = (
        select(col(RecordRow.id))
        .where(
            col(RecordRow.town_id) == town,
            col(RecordRow.kind) == rule.kind,
            col(RecordRow.id).not_in(erased),
            last <= now - rule.days * _DAY_MS,
        )
        .order_by(col(RecordRow.id))
    )
    if rule.since is Since.DELETED:
        wanted = wanted.where(col(RecordRow.deleted))
    yield from conn.execute(wanted).scalars().all()
