"""How the grids stood day by day: kept whenever they are counted, the last of a day stands."""

from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select
from sqlmodel import col

from server.clock import town_time
from server.coverage.figures import CONDITIONS, Asked, Figure, number
from server.db.bulk import among, insert_rows
from server.db.coverage_tables import CoverageDayRow, CoverageRow

KEPT_FIGURES = (Figure.LISTED, Figure.COLLECTED, Figure.CONTACTED)


class Day(Struct, frozen=True):
    """An area at the end of a day, or at the last time that it was counted on that day."""

    day: date
    listed: int
    collected: int

    @property
    def rate(self) -> float | None:
        """The collection rate; None where nothing is listed."""
        return self.collected / self.listed if self.listed else None


def keep_day(conn: Connection, town: str, day: str) -> None:
    """Keeps the figures of every grid of a town under that day."""
    counted = conn.execute(
        select(
            col(CoverageRow.grid), *(number(CONDITIONS[figure](0)) for figure in KEPT_FIGURES)
        )
        .where(col(CoverageRow.town_id) == town)
        .group_by(col(CoverageRow.grid))
    ).all()  # fmt: skip
    of_day = (col(CoverageDayRow.town_id) == town, col(CoverageDayRow.day) == day)
    conn.execute(delete(CoverageDayRow).where(*of_day))
    columns = ("town_id", "day", "grid", *(str(figure) for figure in KEPT_FIGURES))
    insert_rows(conn, CoverageDayRow, columns, [(town, day, *row) for row in counted])


def days(conn: Connection, asked: Asked, back: int) -> tuple[Day, ...]:
    """The area on each of the last days on which it was counted."""
    first = (town_time(asked.now).date() - timedelta(days=back - 1)).isoformat()
    rows = conn.execute(
        select(
            col(CoverageDayRow.day),
            func.sum(col(CoverageDayRow.listed)),
            func.sum(col(CoverageDayRow.collected)),
        )
        .where(
            col(CoverageDayRow.town_id) == asked.town,
            col(CoverageDayRow.day) >= first,
            among(conn, col(CoverageDayRow.grid), asked.grids),
        )
        .group_by(col(CoverageDayRow.day))
        .order_by(col(CoverageDayRow.day))
    )
    return tuple(Day(date.fromisoformat(row[0]), int(row[1]), int(row[2])) for row in rows)
