"""Cases and reports as the office reads them: as of a moment, narrowed to who may see them.

An account sees its area; a department sees what was ever handed to its post; reports of harm at
home are seen by communities and the town, and by the post that they were handed to.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, select
from sqlmodel import col

from server.db.bulk import among, table_of
from server.db.work_tables import WorkRow
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.register.folding import facts_of, origin_of, read_folded, rules_of
from shared.work.nil import NilReport, read_report
from shared.work.rules import DAY_MS, DEFAULT_RULES, WorkRules
from shared.work.standing import Standing
from shared.work.values import STEP_KINDS, Actor, Case, Level

CASE = "case"
LOOKED_BACK_DAYS = 400
"""A case that was reported longer ago is not looked for unless somebody asks for it."""
_LEVELS: Mapping[Role, Level] = {
    Role.GRID_LEADER: Level.GRID,
    Role.COMMUNITY_ADMIN: Level.COMMUNITY,
    Role.TOWN_ADMIN: Level.TOWN,
}
_OF_CASES = [
    table_of(WorkRow).c[name]
    for name in ("id", "kind", "grid", "household_id", "at", "received", "folded")
]
_SEE_PROTECTION = frozenset({Role.COMMUNITY_ADMIN, Role.TOWN_ADMIN})


class Sought(Struct, frozen=True, kw_only=True):
    """Which cases are wanted; everything that is left out is not asked for."""

    ids: Collection[str] | None = None
    household: str = ""
    since: int = 0
    """Reported at or after, ms."""
    until: int | None = None
    """Reported before, ms."""


class Seen(Struct, frozen=True, kw_only=True, gc=False):
    """A case with everything that follows from its steps."""

    id: str
    kind: str
    """case or protection."""
    grid: str
    household: str
    reported: int
    """When it was noted down, ms."""
    received: int
    standing: Standing
    rules: WorkRules

    @property
    def case(self) -> Case:
        """As it was reported."""
        return self.standing.case

    @property
    def steps(self) -> tuple[str, ...]:
        """The records of its steps, the earliest first."""
        known = [*self.standing.took, *(aside.step for aside in self.standing.asides)]
        return tuple(step.id for step in sorted(known, key=lambda step: step.order))


class WorkBook(Struct, frozen=True):
    """Reads one town's work for one account, over one connection, at one moment."""

    conn: Connection
    who: AccountIdentity
    now: int

    def cases(self, sought: Sought) -> list[Seen]:
        """The cases that the account may see, the newest report first."""
        found = self.conn.execute(self._wanted(sought)).all()
        rules = self.rules({row.grid for row in found})
        seen = [self._seen(row, rules) for row in found]
        # A database would sort them with all that hangs on them.
        seen.sort(key=lambda one: (one.reported, one.id), reverse=True)
        return [one for one in seen if self._may_see(one)] if self.who.post else seen

    def case(self, id: str) -> Seen | None:
        """One case, if the account may see it."""
        return next(iter(self.cases(Sought(ids=[id]))), None)

    def reports(self, grids: Collection[str], since: int) -> dict[str, list[NilReport]]:
        """The nil reports of these grids that were written since then, by grid."""
        found: defaultdict[str, list[NilReport]] = defaultdict(list)
        for row in self.rows("nil_report", grids, since):
            report = read_report(row.id, facts_of(row), origin_of(row), row.received)
            found[row.grid].append(report)
        return dict(found)

    def rules(self, grids: Collection[str]) -> dict[str, WorkRules]:
        """The rules of those of the grids that have their own; the newest where several do."""
        return rules_of(self.conn, self.who.town, grids)

    def rows(self, kind: str, grids: Collection[str], since: int) -> list[Row[tuple[object, ...]]]:
        """The records of a kind in these grids that were written since then, the newest first."""
        return list(
            self.conn.execute(
                self._rows()
                .where(
                    col(WorkRow.kind) == kind,
                    col(WorkRow.grid).in_(sorted(grids)),
                    col(WorkRow.at) >= since,
                )
                .order_by(col(WorkRow.at).desc(), col(WorkRow.id).desc())
            )
        )

    def _wanted(self, sought: Sought) -> Select[tuple[object, ...]]:
        kinds = list(STEP_KINDS) if self._sees_protection else [CASE]
        wanted = self._rows().where(col(WorkRow.kind).in_(kinds), col(WorkRow.at) >= sought.since)
        if self.who.post:
            wanted = wanted.where(col(WorkRow.id).in_(self._handed()))
        else:
            wanted = wanted.where(among(self.conn, col(WorkRow.grid), self.who.grids))
        if sought.until is not None:
            wanted = wanted.where(col(WorkRow.at) < sought.until)
        if sought.ids is not None:
            wanted = wanted.where(among(self.conn, col(WorkRow.id), sought.ids))
        if sought.household:
            wanted = wanted.where(col(WorkRow.household_id) == sought.household)
        return wanted.with_only_columns(*_OF_CASES)

    @property
    def _sees_protection(self) -> bool:
        return bool(self.who.post) or self.who.role in _SEE_PROTECTION

    def _handed(self) -> Select[str | None]:
        """The cases of which a step names the account's post."""
        return select(col(WorkRow.about)).where(
            col(WorkRow.town_id) == self.who.town,
            col(WorkRow.post) == self.who.post,
            col(WorkRow.deleted).is_(False),
        )

    def _may_see(self, seen: Seen) -> bool:
        """A step that named the post may have stayed beside the case: it was never handed over."""
        return self.who.post in seen.standing.posts

    def _rows(self) -> Select[tuple[object, ...]]:
        return select(WorkRow.__table__).where(  # type: ignore[attr-defined]  # SQLModel's
            col(WorkRow.town_id) == self.who.town, col(WorkRow.deleted).is_(False)
        )

    def _seen(self, row: Row[tuple[object, ...]], rules: Mapping[str, WorkRules]) -> Seen:
        own = rules.get(row.grid, DEFAULT_RULES)
        return Seen(
            id=row.id,
            kind=row.kind,
            grid=row.grid,
            household=row.household_id or "",
            reported=row.at,
            received=row.received,
            standing=read_folded(row.folded).at(self.now, own),
            rules=own,
        )


def actor_of(who: AccountIdentity, standing: Standing) -> Actor:
    """As whom the account would take a step of that case."""
    level = standing.level if who.post else _LEVELS.get(who.role, Level.GRID)
    return Actor(who.id, level, who.post)


def looked_back(now: int) -> int:
    """Since when lists look for cases, ms."""
    return now - LOOKED_BACK_DAYS * DAY_MS
