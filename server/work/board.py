"""The board of nil reports: every grid and every period, and what is behind each cell."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, structs
from sqlalchemy import Connection

from server.clock import new_id, town_time
from server.office.people import AccountIdentity
from server.register.edits import Edit, edit_of
from server.register.register import Register
from server.work.reading import CASE, Sought, WorkBook
from shared.changes import Answer, ChangeKind
from shared.merge import shown
from shared.work.nil import Cell, NilReport, NilState, cell
from shared.work.periods import Period, periods
from shared.work.rules import DAY_MS, DEFAULT_RULES, Rhythm, WorkRules
from shared.work.values import Case

RULES = "work_rules"
REPORT = "nil_report"
FLAGGED = ("received_late", "contradicted", "disagreed")
"""What may be remarkable about a cell besides its state."""


class Row(Struct, frozen=True):
    """A grid with its cells, the earliest first."""

    grid: str
    rhythm: Rhythm
    cells: tuple[Cell, ...]


class Board(Struct, frozen=True):
    """The grids of an account over some weeks."""

    since: date
    until: date
    rows: tuple[Row, ...]

    def count(self, state: NilState) -> int:
        """How many cells are in that state."""
        return sum(one.state is state for row in self.rows for one in row.cells)

    def flagged(self, flag: str) -> int:
        """How many cells are remarkable in that way."""
        return sum(bool(getattr(one, flag)) for row in self.rows for one in row.cells)


class Boards(Struct, frozen=True):
    """Reads and writes what the board shows, for one account at one moment."""

    conn: Connection
    who: AccountIdentity
    now: int

    def board(self, days: tuple[date, date], grids: Sequence[str] | None = None) -> Board:
        """The board of these days, the first and the last. grids: None for all of the account's."""
        since, until = days
        book = WorkBook(self.conn, self.who, self.now)
        here = [
            grid
            for grid in (sorted(self.who.grids) if grids is None else grids)
            if grid in self.who.grids
        ]
        rules = book.rules(here)
        # A report may be written long after its period, and a case noted long after its discovery.
        start = _ms(since, 7)
        reports = book.reports(here, start)
        cases: dict[str, list[Case]] = {grid: [] for grid in here}
        for seen in book.cases(Sought(since=start)):
            # A report of harm at home contradicts nobody's report: its grid would be told by it.
            if seen.kind == CASE and seen.grid in cases:
                cases[seen.grid].append(seen.case)
        return Board(
            since,
            until,
            tuple(
                _row(
                    grid,
                    days,
                    rules.get(grid, DEFAULT_RULES),
                    (reports.get(grid, []), cases[grid], self.now),
                )
                for grid in here
            ),
        )

    def rules_edit(self, register: Register, grid: str, said: Mapping[str, Answer]) -> Edit:
        """The edit that gives a grid these rules: of its record, or of a new one."""
        rows = WorkBook(self.conn, self.who, self.now).rows(RULES, [grid], 0)
        newest = max(rows, key=lambda row: row.version, default=None)
        record = register.record(self.who.town, newest.id) if newest is not None else None
        if record is None:
            units = {unit: value for unit, value in said.items() if value is not None}
            return Edit(
                kind=ChangeKind.CREATE,
                record=new_id(self.now),
                record_kind=RULES,
                grid=grid,
                units=units,
            )
        before = shown(record, register.rules(self.who.town, RULES))
        units = {unit: value for unit, value in said.items() if before.get(unit) != value}
        edit = edit_of(record, ChangeKind.SET, units, record.version)
        return structs.replace(edit, old={unit: before.get(unit) for unit in units})


def excuse(grid: str, period: Period, reason: str, now: int) -> Edit:
    """The record that excuses a grid from a report."""
    return Edit(
        kind=ChangeKind.CREATE,
        record=new_id(now),
        record_kind=REPORT,
        grid=grid,
        units={"period": period.key, "excuse": reason},
    )


def default_days(now: int, weeks: int) -> tuple[date, date]:
    """From the Monday `weeks` weeks ago to today."""
    today = town_time(now).date()
    return today - timedelta(days=today.weekday() + 7 * weeks), today


def _row(
    grid: str,
    days: tuple[date, date],
    rules: WorkRules,
    known: tuple[list[NilReport], list[Case], int],
) -> Row:
    reports, cases, now = known
    cells = tuple(
        cell(period, reports, cases, rules=rules, now=now)
        for period in periods(*days, rules.rhythm)
    )
    return Row(grid, rules.rhythm, cells)


def _ms(day: date, days_before: int) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal() - days_before) * DAY_MS
