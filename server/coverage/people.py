"""What each worker did in a time. Told for a talk about the work, never as an order of people.

Who worked how long, or was online, is not kept and not told; see docs/decisions/0181-by-worker.md.
"""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col

from server.coverage.figures import NOTHING, Asked, Figures, together
from server.coverage.sums import figures_by_grid
from server.db.bulk import among
from server.db.office_tables import AreaRow, AssignmentRow, WorkerRow
from server.db.projections import VisitRow
from server.office.roles import Role
from shared.visiting.visits import DISTURBING, NOBODY_HOME, REFUSED


class WorkerLine(Struct, frozen=True):
    """A worker, her grids and her visits."""

    id: str
    name: str
    staff_no: str
    grids: tuple[tuple[str, str], ...]
    """The grids of her duties now, with their names."""
    outcomes: Mapping[str, int]
    """Her visits by outcome."""
    figures: Figures
    """Of those grids as a whole, whoever else works there."""

    @property
    def visits(self) -> int:
        """All of them; a refusal and a closed door are finished visits too."""
        return sum(self.outcomes.values())

    @property
    def contacts(self) -> int:
        """At which somebody came to the door, or an appointment was made."""
        return sum(n for outcome, n in self.outcomes.items() if outcome in DISTURBING)

    @property
    def refused(self) -> int:
        """At which the household refused."""
        return self.outcomes.get(REFUSED, 0)

    @property
    def nobody_home(self) -> int:
        """At which nobody was home."""
        return self.outcomes.get(NOBODY_HOME, 0)


def worker_lines(conn: Connection, asked: Asked, time: tuple[int, int]) -> list[WorkerLine]:
    """Who has a duty in the grids or visited there in that time, by staff number.

    time: from and to, in ms.
    """
    duties = _duties(conn, asked)
    visits = _visits(conn, asked, time)
    figures = figures_by_grid(conn, asked)
    staff = conn.execute(
        select(col(WorkerRow.id), col(WorkerRow.name), col(WorkerRow.staff_no))
        .where(
            col(WorkerRow.town_id) == asked.town,
            among(conn, col(WorkerRow.id), {*duties, *visits}),
        )
        .order_by(col(WorkerRow.staff_no))
    )
    return [
        WorkerLine(
            id=row.id,
            name=row.name,
            staff_no=row.staff_no,
            grids=tuple(duties.get(row.id, ())),
            outcomes=visits.get(row.id, {}),
            figures=together([figures.get(g, NOTHING) for g, _ in duties.get(row.id, ())]),
        )
        for row in staff
    ]


def _duties(conn: Connection, asked: Asked) -> dict[str, list[tuple[str, str]]]:
    rows = conn.execute(
        select(col(AssignmentRow.worker_id), col(AreaRow.id), col(AreaRow.name))
        .join(
            AreaRow,
            (col(AreaRow.town_id) == col(AssignmentRow.town_id))
            & (col(AreaRow.id) == col(AssignmentRow.area_id)),
        )
        .where(
            col(AssignmentRow.town_id) == asked.town,
            col(AssignmentRow.role) == Role.WORKER.value,
            among(conn, col(AssignmentRow.area_id), asked.grids),
            col(AssignmentRow.valid_from) <= asked.now,
            col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > asked.now),
        )
        .order_by(col(AreaRow.code))
    )
    duties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for worker, grid, name in rows:
        duties[worker].append((grid, name))
    return duties


def _visits(conn: Connection, asked: Asked, time: tuple[int, int]) -> dict[str, dict[str, int]]:
    rows = conn.execute(
        select(col(VisitRow.worker_id), col(VisitRow.outcome), func.count())
        .where(
            col(VisitRow.town_id) == asked.town,
            among(conn, col(VisitRow.grid), asked.grids),
            col(VisitRow.deleted).is_(False),
            col(VisitRow.started) >= time[0],
            col(VisitRow.started) < time[1],
        )
        .group_by(col(VisitRow.worker_id), col(VisitRow.outcome))
    )
    visits: dict[str, dict[str, int]] = defaultdict(dict)
    for worker, outcome, count in rows:
        visits[worker][outcome] = int(count)
    return visits
