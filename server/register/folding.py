"""What the steps of each case come to, kept beside the case and folded anew when it changes.

Nothing that is kept hangs on what time it is: a deadline that waits for the end of a suspension
is told when somebody looks (`shared.work.cases.Folded.at`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, SQLColumnExpression, bindparam, select
from sqlmodel import col

from server.db.bulk import listed, one_of, table_of, update_rows
from server.db.work_tables import WorkRow
from shared.changes import Answer
from shared.work.cases import Folded, folded
from shared.work.reading import Origin, read_case, read_step
from shared.work.rules import DEFAULT_RULES, WorkRules, read_rules
from shared.work.values import STEP_KINDS

RULES = "work_rules"
REACHING = frozenset({*STEP_KINDS, *STEP_KINDS.values(), RULES})
"""The kinds of record of which a case's standing is made."""
WorkLine = Row[tuple[object, ...]]
"""A row of the projection of grid work."""
_Statement = Callable[[str], Select[tuple[object, ...]]]
"""Of the database's dialect; asks for the rows of a town that have one of some values."""
_FOLDED = msgspec.json.Decoder(Folded)


class Folds(Struct, frozen=True):
    """Works on one town, over one connection."""

    conn: Connection
    town: str

    def reached(self, records: Collection[str]) -> set[str]:
        """The cases whose standing these records have a part in, as their rows are now."""
        cases: set[str] = set()
        grids: set[str] = set()
        for row in self._asked(_reaching, records) if records else ():
            if row.kind == RULES:
                grids.add(row.grid)
            else:
                cases.add(row.id if row.kind in STEP_KINDS else row.about)
        if grids:
            cases |= {row.id for row in self._asked(_in_grids, grids)}
        return cases - {None}

    def keep(self, cases: Collection[str]) -> None:
        """Fold these cases anew, those of them that are there."""
        if cases:
            found = self.fold(cases).items()
            rows = [
                (self.town, case, msgspec.json.encode(told, order="deterministic").decode())
                for case, told in found
            ]
            update_rows(self.conn, WorkRow, ("town_id", "id", "folded"), rows)

    def fold(self, cases: Collection[str]) -> dict[str, Folded]:
        """What their steps come to, by the rules of the grids where they lie."""
        found = self._asked(_cases, cases)
        steps: defaultdict[str, list[WorkLine]] = defaultdict(list)
        for row in self._asked(_steps, cases):
            steps[row.about].append(row)
        rules = rules_of(self.conn, self.town, {row.grid for row in found})
        return {
            row.id: _folded(row, steps[row.id], rules.get(row.grid, DEFAULT_RULES)) for row in found
        }

    def _asked(self, statement: _Statement, values: Collection[str]) -> Sequence[WorkLine]:
        asked = {"town": self.town, "values": listed(self.conn, values)}
        return self.conn.execute(statement(self.conn.dialect.name), asked).all()


def read_folded(kept: str) -> Folded:
    """What was kept beside a case."""
    return _FOLDED.decode(kept)


def rules_of(conn: Connection, town: str, grids: Collection[str]) -> dict[str, WorkRules]:
    """The rules of those of the grids that have their own; the newest where several do."""
    asked = {"town": town, "values": listed(conn, grids)}
    rows = conn.execute(_rules(conn.dialect.name), asked)
    return {row.grid: read_rules(facts_of(row), row.at) for row in rows}


def facts_of(row: WorkLine) -> Mapping[str, Answer]:
    """The codes, times and references of a record of grid work."""
    facts: dict[str, Answer] = msgspec.json.decode(row.facts, type=dict[str, object])
    return facts


def origin_of(row: WorkLine) -> Origin:
    """Who wrote it first, and when."""
    return Origin(row.author, row.device, row.n, row.at, row.claimed)


def _folded(row: WorkLine, steps: Sequence[WorkLine], rules: WorkRules) -> Folded:
    case = read_case(row.id, facts_of(row), origin_of(row), kind=row.kind)
    read = (read_step(step.id, facts_of(step), origin_of(step), rules) for step in steps)
    return folded(case, [step for step in read if step is not None], rules)


# Made once: to build a statement costs more than to run it.
@cache
def _reaching(dialect: str) -> Select[tuple[object, ...]]:
    return _lines(dialect, col(WorkRow.id)).where(col(WorkRow.kind).in_(sorted(REACHING)))


@cache
def _in_grids(dialect: str) -> Select[tuple[object, ...]]:
    cases = _lines(dialect, col(WorkRow.grid)).where(col(WorkRow.kind).in_(list(STEP_KINDS)))
    return cases.with_only_columns(col(WorkRow.id))


@cache
def _cases(dialect: str) -> Select[tuple[object, ...]]:
    return _lines(dialect, col(WorkRow.id)).where(col(WorkRow.kind).in_(list(STEP_KINDS)))


@cache
def _steps(dialect: str) -> Select[tuple[object, ...]]:
    return _lines(dialect, col(WorkRow.about)).where(
        col(WorkRow.kind).in_(list(STEP_KINDS.values())), col(WorkRow.deleted).is_(False)
    )


@cache
def _rules(dialect: str) -> Select[tuple[object, ...]]:
    wanted = _lines(dialect, col(WorkRow.grid)).where(
        col(WorkRow.kind) == RULES, col(WorkRow.deleted).is_(False)
    )
    return wanted.order_by(col(WorkRow.version))


def _lines(
    dialect: str, column: SQLColumnExpression[str] | SQLColumnExpression[str | None]
) -> Select[tuple[object, ...]]:
    columns = [each for each in table_of(WorkRow).c if each.name != "folded"]
    return select(*columns).where(
        col(WorkRow.town_id) == bindparam("town"), one_of(dialect, column, "values")
    )
