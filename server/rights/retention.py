"""Erasing at night what was kept long enough, and what became of it, night by night.

A record goes as one that a person had erased does: its answers out of register and journal, its
number left as a tombstone (docs/decisions/0193).
"""

from dataclasses import dataclass
from functools import partial

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from server.clock import DAY_MS, new_id
from server.db.bulk import chunks
from server.db.engine import reading, writing
from server.db.rights_tables import RetentionRunRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.people import AccountIdentity, operator
from server.register.edits import Edit
from server.register.erasing import Eraser, Erasure
from server.register.ledger import Overtaken
from server.register.rebuild import Rebuilder
from server.register.sealing import Seal
from server.rights.aged import AgedAnswers
from server.rights.due import Due, DueList
from server.rights.emptying import empty_units
from server.rights.rules import Rule, Since, rules_of
from server.services import Services
from shared.changes import ChangeKind

AT_ONCE = 500
"""Records of one transaction."""
RUNS_KEPT_DAYS = 400
RUNS_SHOWN = 60
TIME_OVER = "保存期限已到，删除了部分内容 · Partly erased: its time was over"


class Run(Struct, frozen=True):
    """What one night did by one rule."""

    rule: Rule
    started_at: int
    ended_at: int | None
    """None while it goes on, or where it was cut short: the next night goes on."""
    records: int
    held: int


@dataclass(frozen=True)
class Retention:
    """The nightly erasure of every town."""

    services: Services

    def rules(self, town: str) -> list[Rule]:
        """The rules of a town, by kind."""
        with reading(self.services.engine) as conn:
            return [each.rule for each in rules_of(conn, town)]

    def dry_run(self, town: str) -> list[Due]:
        """What `run` would erase, and nothing done."""
        with reading(self.services.engine) as conn:
            due = DueList(conn, town, Seal(self.services.keys), self.services.clock())
            return [due.count(each.rule) for each in rules_of(conn, town)]

    def run(self, town: str) -> list[Due]:
        """Erases what is due, some records at a time. Again changes nothing."""
        return [self._run(town, rule) for rule in self.rules(town)]

    def _run(self, town: str, rule: Rule) -> Due:
        services = self.services
        with writing(services.engine) as conn:
            run = _begin(conn, town, rule, services.clock())
        records = self._empty_answers(town, rule) if rule.unit else self._erase(town, rule)
        with writing(services.engine) as conn:
            now = services.clock()
            left = DueList(conn, town, Seal(services.keys), now).count(rule)
            done = Due(rule, records, left.held)
            _end(conn, town, run, (now, done))
        return done

    def _erase(self, town: str, rule: Rule) -> int:
        writer, total = self.services.register.deeds.writer, 0

        def some(conn: Connection) -> int:
            now, who = self.services.clock(), operator(conn, town)
            due = DueList(conn, town, Seal(self.services.keys), now)
            ids = [each.id for each in due.some(rule, limit=AT_ONCE)]
            if not ids:
                return 0
            records = writer.locked(conn, who, ids)
            if ids != [each.id for each in due.some(rule, limit=AT_ONCE)]:
                raise Overtaken  # somebody has written one of them meanwhile
            alive = [records[each] for each in ids if not records[each].deleted]
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
            act.note(Deed.ERASED, f"{rule.name} {len(ids)}", f"retention {rule.days}")
            return len(ids)

        while count := writer.in_one(some):
            total += count
        return total

    def _empty_answers(self, town: str, rule: Rule) -> int:
        """Empties one answer where its time is over; the records stay."""
        services, writer = self.services, self.services.register.deeds.writer
        with reading(services.engine) as conn:
            found, _ = AgedAnswers(conn, town, Seal(services.keys), services.clock()).all(rule)

        def some(conn: Connection, ids: list[str]) -> int:
            act = Act(conn, operator(conn, town), services.keys, services.clock())
            writer.locked(conn, act.who, ids)  # who answers anew does so before this, or after
            over = AgedAnswers(conn, town, Seal(services.keys), act.now).still(rule, ids)
            if over:
                only = dict.fromkeys(over, frozenset({rule.unit}))
                empty_units(services, act, only, TIME_OVER)
                act.note(Deed.ERASED, f"{rule.name} {len(over)}", f"retention {rule.days}")
            return len(over)

        return sum(
            writer.in_one(partial(some, ids=ids))
            for ids in chunks([each.id for each in found], AT_ONCE)
        )

    def _empty(self, conn: Connection, who: AccountIdentity, ids: list[str]) -> None:
        services, writer = self.services, self.services.register.deeds.writer
        rebuilder = Rebuilder(
            conn, who.town, Seal(services.keys), services.keys.id_hash, writer.shelf,
            services.clock(),
        )  # fmt: skip
        Eraser(rebuilder).erase(Erasure(frozenset(ids)), who)


def runs(conn: Connection, town: str) -> list[Run]:
    """The last nights of a town, the newest first."""
    rows = conn.execute(
        select(RetentionRunRow)
        .where(col(RetentionRunRow.town_id) == town)
        .order_by(col(RetentionRunRow.id).desc())
        .limit(RUNS_SHOWN)
    )
    return [
        Run(
            Rule(row.kind, Since(row.since), row.days, row.unit),
            row.started_at, row.ended_at, row.records, row.held,
        )
        for row in rows
    ]  # fmt: skip


def _begin(conn: Connection, town: str, rule: Rule, now: int) -> str:
    conn.execute(
        delete(RetentionRunRow).where(
            col(RetentionRunRow.town_id) == town,
            col(RetentionRunRow.started_at) < now - RUNS_KEPT_DAYS * DAY_MS,
        )
    )
    run = new_id(now)
    conn.execute(
        insert(RetentionRunRow).values(
            town_id=town, id=run, kind=rule.kind, unit=rule.unit, since=rule.since.value,
            days=rule.days, started_at=now,
        )
    )  # fmt: skip
    return run


def _end(conn: Connection, town: str, run: str, ended: tuple[int, Due]) -> None:
    at, done = ended
    conn.execute(
        update(RetentionRunRow)
        .where(col(RetentionRunRow.town_id) == town, col(RetentionRunRow.id) == run)
        .values(ended_at=at, records=done.records, held=done.held)
    )
