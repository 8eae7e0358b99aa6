"""Writing projection rows: in the transaction of the change, or all of them again."""

from collections.abc import Collection, Iterable, Mapping
from functools import cache

from msgspec import Struct
from sqlalchemy import (
    Connection,
    Select,
    Update,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlmodel import col

from server.db.bulk import (
    Value,
    among,
    insert_rows,
    listed,
    one_of,
    table_of,
    update_rows,
)
from server.db.projections import HouseholdRow, VisitRow
from server.register.aliases import merged_into
from server.register.folding import REACHING, Folds
from server.register.narrowing import narrowed, only
from server.register.projections import PROJECTIONS, Facts, Projection, Shown, Subject
from server.register.standing_visits import visit_stands


class Projected(Struct, frozen=True):
    """A record to project."""

    subject: Subject
    facts: Facts
    is_new: bool
    """There is no row of it yet."""
    edited: frozenset[str] | None = None
    """The only answers that have changed, where that is known."""


class Projector(Struct, frozen=True):
    """Writes one town's projections, over one connection."""

    conn: Connection
    town: str
    id_key: bytes

    def write(self, projected: Iterable[Projected]) -> None:
        """Make or change the rows of records, and what hangs on them."""
        by_kind: dict[str, list[Projected]] = {}
        for each in projected:
            by_kind.setdefault(each.subject.kind, []).append(each)
        visits, households = by_kind.get("visit", []), by_kind.get("household", [])
        changed_visits = [each.subject.id for each in visits if not each.is_new]
        new_households = [each.subject.id for each in households if each.is_new]
        visited = self._households("id", changed_visits)
        visited |= self._households("household_id", new_households)
        visited |= {Shown(each.subject.answer).text("household") for each in visits}
        # Only an edit that is more than answers merges a household into another, or parts them.
        moved = [e.subject.id for e in households if not e.is_new and e.edited is None]
        visited |= self._survivors(moved)
        folds = Folds(self.conn, self.town)
        worked = [each for kind in REACHING & by_kind.keys() for each in by_kind[kind]]
        cases = folds.reached([each.subject.id for each in worked if not each.is_new])
        for kind, some in by_kind.items():
            self._write_kind(kind, some)
        folds.keep(cases | folds.reached([each.subject.id for each in worked]))
        visited |= self._survivors(moved)
        named = visited - {""}
        if named:
            asked = {"town": self.town, "households": listed(self.conn, named)}
            self.conn.execute(_set_last_visits(self.conn.dialect.name), asked)
            self._see_merged(named | self._survivors(named))

    def _survivors(self, households: Collection[str]) -> set[str]:
        """Those that these households were merged into, however often, last of all the one."""
        found: set[str] = set()
        last = set(households)
        while last:
            asked = {"town": self.town, "ids": listed(self.conn, last)}
            rows = self.conn.execute(_merged(self.conn.dialect.name), asked)
            last = {row.alias_of for row in rows} - found
            found |= last
        return found

    def _see_merged(self, households: Collection[str]) -> None:
        """What was visited under a name that a household no longer has was a visit to it too."""
        asked = {"town": self.town, "ids": listed(self.conn, households)}
        for survivor in self.conn.execute(_surviving(self.conn.dialect.name), asked).scalars():
            known = merged_into(self.conn, self.town, [str(survivor)])
            newest = self.conn.execute(
                _standing_visits()
                .where(
                    col(VisitRow.town_id) == self.town,
                    among(self.conn, col(VisitRow.household_id), known),
                )
                .with_only_columns(col(VisitRow.started), col(VisitRow.outcome))
            ).first()
            at, outcome = newest or (None, "")
            self.conn.execute(
                update(HouseholdRow)
                .where(
                    col(HouseholdRow.town_id) == self.town,
                    col(HouseholdRow.id) == survivor,
                )
                .values(last_visit_at=at, last_outcome=outcome)
            )

    def clear(self) -> None:
        """Remove every row of the town, before all are made again."""
        for projection in PROJECTIONS.values():
            table = table_of(projection.model)
            self.conn.execute(delete(table).where(table.c.town_id == self.town))

    def rows(self, kind: str, ids: Collection[str]) -> dict[str, Mapping[str, Value]]:
        """The rows of these records of a kind as they stand, by record."""
        table = table_of(PROJECTIONS[kind].model)
        wanted = select(table).where(table.c.town_id == self.town)
        found = self.conn.execute(wanted.where(among(self.conn, table.c.id, ids))).mappings()
        return {row["id"]: dict(row) for row in found}

    def expected(self, each: Projected) -> Mapping[str, Value]:
        """The row that a record should have, without what hangs on others."""
        projection = PROJECTIONS[each.subject.kind]
        values = self._row(projection, each) + projection.first(each.facts)
        return dict(zip((*projection.columns, *projection.once), values, strict=True))

    def _write_kind(self, kind: str, some: list[Projected]) -> None:
        projection = PROJECTIONS.get(kind)
        if projection is None:
            return
        new = [
            self._row(projection, each) + projection.first(each.facts)
            for each in some
            if each.is_new
        ]
        insert_rows(self.conn, projection.model, (*projection.columns, *projection.once), new)
        changed: dict[tuple[int, ...], list[tuple[Value, ...]]] = {}
        for each in some:
            if not each.is_new:
                places = narrowed(kind, projection, each.edited)
                row = self._row(projection, each)
                changed.setdefault(places, []).append(tuple([row[at] for at in places]))
        for places, rows in changed.items():
            columns = [projection.columns[at] for at in places]
            update_rows(self.conn, projection.model, columns, rows)

    def _row(self, projection: Projection, each: Projected) -> tuple[Value, ...]:
        subject = only(each.subject, each.edited)
        return projection.row(self.town, subject, each.facts, self.id_key)

    def _households(self, column: str, values: Collection[str]) -> set[str]:
        """The households that the rows of certain visits name."""
        if not values:
            return set()
        asked = {"town": self.town, "values": listed(self.conn, values)}
        found = self.conn.execute(_visited(self.conn.dialect.name, column), asked)
        return {str(household) for household in found.scalars()}


# Made once: to build a statement costs more than to run it.
@cache
def _visited(dialect: str, column: str) -> Select[str | None]:
    return select(col(VisitRow.household_id)).where(
        col(VisitRow.town_id) == bindparam("town"),
        col(VisitRow.household_id).is_not(None),
        one_of(dialect, table_of(VisitRow).c[column], "values"),
    )


@cache
def _merged(dialect: str) -> Select[str | None]:
    return select(col(HouseholdRow.alias_of)).where(
        col(HouseholdRow.town_id) == bindparam("town"),
        col(HouseholdRow.alias_of).is_not(None),
        one_of(dialect, col(HouseholdRow.id), "ids"),
    )


@cache
def _surviving(dialect: str) -> Select[str | None]:
    return (
        select(col(HouseholdRow.alias_of))
        .where(
            col(HouseholdRow.town_id) == bindparam("town"),
            one_of(dialect, col(HouseholdRow.alias_of), "ids"),
        )
        .distinct()
    )


def _standing_visits() -> Select[VisitRow]:
    """The newest visit, of those that nobody took back or put another in the place of."""
    return (
        select(VisitRow)
        .where(visit_stands())
        .order_by(col(VisitRow.started).desc(), col(VisitRow.id).desc())
        .limit(1)
    )


@cache
def _set_last_visits(dialect: str) -> Update:
    visits = (
        _standing_visits()
        .where(
            col(VisitRow.town_id) == col(HouseholdRow.town_id),
            col(VisitRow.household_id) == col(HouseholdRow.id),
        )
        .correlate(table_of(HouseholdRow))
    )
    started = visits.with_only_columns(col(VisitRow.started)).scalar_subquery()
    outcome = visits.with_only_columns(col(VisitRow.outcome)).scalar_subquery()
    return (
        update(HouseholdRow)
        .where(
            col(HouseholdRow.town_id) == bindparam("town"),
            one_of(dialect, col(HouseholdRow.id), "households"),
        )
        .values(last_visit_at=started, last_outcome=func.coalesce(outcome, ""))
    )
