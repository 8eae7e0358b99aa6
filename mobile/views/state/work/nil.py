"""The nil report of a day or week: filled in from what was noted down, submitted by a person."""

from datetime import timedelta

from msgspec import Struct

from mobile.store.values import Edit
from mobile.store.work import Filed
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.changes import ChangeKind
from shared.wire import Area
from shared.work.nil import Cell, NilReport, NilState, cell, read_report, subject_of, within
from shared.work.periods import Period, period_of
from shared.work.reading import SUBJECTS
from shared.work.rules import DAY_MS

WEEKS_SHOWN = 3
SOON_MS = DAY_MS
"""A report that is due within so long stands on "today"."""


class Owed(Struct, frozen=True):
    """A report of a grid that is due, or was missed."""

    area: Area
    cell: Cell


def cells(tab: TabState, area: Area) -> tuple[Cell, ...]:
    """The last periods of a grid, the newest first."""
    work, now = tab.store.known.work, tab.store.shelf.now()
    rules = work.rules(area.id)
    today = tab.office_now().astimezone(rules.zone).date()
    reports = _reports(tab, area.id)
    cases = [one.standing.case for one in work.cases(now) if one.record.grid == area.id]
    found: dict[str, Period] = {}
    for back in range(7 * WEEKS_SHOWN):
        period = period_of(today - timedelta(days=back), rules.rhythm)
        if period is not None:
            found[period.key] = period
    return tuple(cell(one, reports, cases, rules=rules, now=now) for one in found.values())


def owed(tab: TabState) -> tuple[Owed, ...]:
    """The reports that are due soon in the worker's grids, and of each grid the last one missed."""
    if tab.store.form("nil_report") is None:
        return ()
    found: list[Owed] = []
    for area in tab.store.areas():
        known = cells(tab, area)
        missed = [one for one in known if one.state is NilState.MISSING]
        found += [Owed(area, one) for one in (*_due_soon(tab, area, known), *missed[:1])]
    return tuple(found)


def _due_soon(tab: TabState, area: Area, known: tuple[Cell, ...]) -> list[Cell]:
    rules, now = tab.store.known.work.rules(area.id), tab.store.shelf.now()
    still = (one for one in known if one.state is NilState.OPEN)
    return [one for one in still if one.period.due(rules) - now <= SOON_MS]


class NilsState(Live):
    """The reports of every grid of the worker."""

    grids: tuple[tuple[Area, tuple[Cell, ...]], ...] = ()

    def shown(self) -> object:
        """The reports."""
        return self.grids

    def read(self) -> None:
        """Takes them from the store."""
        self.grids = tuple((area, cells(self.tab, area)) for area in self.tab.store.areas())


class NilReportState(Live):
    """The report of one grid and period."""

    def __init__(self, tab: TabState, grid: str, period: Period) -> None:
        super().__init__(tab)
        self.grid, self.period = grid, period
        self.cases: tuple[Filed, ...] = ()
        self.told: Cell | None = None
        self.has: set[str] | None = None
        self.note = ""
        self.sent = False

    def shown(self) -> object:
        """What was noted down in the period, and what was reported."""
        return self.cases, self.told

    def read(self) -> None:
        """Takes it from the store."""
        work, now = self.tab.store.known.work, self.tab.store.shelf.now()
        rules = work.rules(self.grid)
        filed = {f.record.id: f for f in work.cases(now) if f.record.grid == self.grid}
        inside = within(self.period, [f.standing.case for f in filed.values()], rules)
        self.cases = tuple(filed[case.id] for case in inside)
        reports = _reports(self.tab, self.grid)
        self.told = cell(self.period, reports, inside, rules=rules, now=now)
        if self.has is None:
            self.has = {subject_of(case) for case in inside}

    def toggle(self, subject: str) -> None:
        """There was something, or nothing, of a subject."""
        self.has = (self.has or set()) ^ {subject}
        self.changed()

    def say(self, note: str) -> None:
        """What there is to add."""
        self.note = note

    def submit(self) -> None:
        """Submits the report. Nothing else ever does."""
        if self.sent:
            return
        self.sent = True
        has = self.has or set()
        units: dict[str, object] = {
            "period": self.period.key,
            **{subject: "has" if subject in has else "nil" for subject in SUBJECTS},
        }
        if self.note.strip():
            units["text"] = self.note.strip()
        report = Edit(
            kind=ChangeKind.CREATE,
            record=self.tab.house.clock.new_id(),
            record_kind="nil_report",
            units=units,
            grid=self.grid,
        )
        self.tab.store.save([report])


def _reports(tab: TabState, grid: str) -> list[NilReport]:
    return [
        read_report(one.id, one.answers, one.origin)
        for one in tab.store.known.work.of("nil_report")
        if one.grid == grid
    ]
