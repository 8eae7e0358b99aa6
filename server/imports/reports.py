"""An import as it is kept: the table as it was read, and what each of its rows would do."""

from enum import StrEnum

from msgspec import Struct

from server.imports.headers import Header, names_households
from server.imports.plan import RowPlan, RowState
from server.imports.tables import Row


class JobState(StrEnum):
    """How far an import has come."""

    CHECKED = "checked"
    DONE = "done"
    UNDONE = "undone"
    """Taken back, as far as nobody had changed it since."""
    DROPPED = "dropped"


class Report(Struct, frozen=True):
    """The table as it was read, and what each of its rows would do."""

    sheet: str
    header: Header
    rows: tuple[Row, ...]
    """As they are in the file, the header and what stands above it too."""
    plans: tuple[RowPlan, ...]
    left_out: frozenset[int] = frozenset()
    """Numbers of the rows that a person does not want imported."""

    @property
    def needs_columns(self) -> bool:
        """Whether a person has to say first which columns name the household and its door."""
        return not names_households(self.header.columns)

    @property
    def good(self) -> int:
        """How many rows a commit would take."""
        refused = (RowState.BAD, RowState.LEFT)
        return sum(1 for plan in self.plans if plan.state not in refused)

    @property
    def bad(self) -> int:
        """How many rows cannot be imported."""
        return sum(1 for plan in self.plans if plan.state is RowState.BAD)


class Job(Struct, frozen=True):
    """One import."""

    id: str
    grid: str
    file_name: str
    account_id: str
    state: JobState
    created_at: int
    done_at: int | None
    good: int
    bad: int


class Opened(Struct, frozen=True):
    """An import with its table."""

    job: Job
    report: Report

    def count(self, state: RowState) -> int:
        """How many rows have that state."""
        return sum(1 for plan in self.report.plans if plan.state is state)

    def by_state(self, state: RowState | None) -> list[RowPlan]:
        """The rows of that state, or all of them."""
        return [plan for plan in self.report.plans if state is None or plan.state is state]
