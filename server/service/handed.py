"""The register of service cards: which card went to which household, by whom, and what is left.

A card is handed out on a visit, which notes its number. A number that was never printed, or that
two households have, is a slip of the pen: it is shown, and nothing is refused for it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col

from server.db.bulk import among
from server.db.office_tables import WorkerRow
from server.db.projections import VisitRow
from server.office.areas import Area
from server.office.people import AccountIdentity
from server.register.standing_visits import handed_out, its_worker, visit_stands
from server.service.cards import Batch, serial_of

LINES_MAX = 500


class Handed(Struct, frozen=True, kw_only=True):
    """One card that was handed out."""

    number: str
    household: str
    visit: str
    worker: str
    at: int
    again: bool
    """The household had one before."""
    twice: bool
    """Another household has the same number."""
    unknown: bool
    """No batch has this number."""


class Stock(Struct, frozen=True):
    """The cards of one grid."""

    grid: str
    printed: int
    spoiled: int
    given: int

    @property
    def left(self) -> int:
        """How many should still lie in the drawer."""
        return self.printed - self.spoiled - self.given


def handed(
    conn: Connection, who: AccountIdentity, printed: Sequence[Batch], tree: Mapping[str, Area]
) -> list[Handed]:
    """The cards that were handed out in the reader's area, the newest first."""
    rows = conn.execute(
        select(
            col(VisitRow.card_no),
            col(VisitRow.household_id),
            col(VisitRow.id),
            col(VisitRow.started),
            col(WorkerRow.name),
        )
        .outerjoin(WorkerRow, its_worker())
        .where(
            col(VisitRow.town_id) == who.town,
            among(conn, col(VisitRow.grid), who.grids),
            col(VisitRow.card_no) != "",
            visit_stands(),
        )
        .order_by(col(VisitRow.started).desc(), col(VisitRow.id).desc())
    ).all()
    known = _numbers(printed, tree)
    homes = Counter(row.household_id for row in rows)
    owners = Counter(number for number, _ in {(row.card_no, row.household_id) for row in rows})
    return [
        Handed(
            number=row.card_no,
            household=row.household_id or "",
            visit=row.id,
            worker=row.name or "",
            at=row.started or 0,
            again=homes[row.household_id] > 1,
            twice=owners[row.card_no] > 1,
            unknown=row.card_no not in known,
        )
        for row in islice(rows, LINES_MAX)
    ]


def _numbers(printed: Sequence[Batch], tree: Mapping[str, Area]) -> set[str]:
    return {
        serial_of(tree[batch.grid].code, number)
        for batch in printed
        if batch.grid in tree
        for number in batch.numbers
    }


def stocks(conn: Connection, who: AccountIdentity, printed: Sequence[Batch]) -> list[Stock]:
    """The cards of each grid that has any, in the order of the grids' ids."""
    rows = conn.execute(
        select(col(VisitRow.grid), func.count())
        .where(
            col(VisitRow.town_id) == who.town,
            among(conn, col(VisitRow.grid), who.grids),
            handed_out("service_card"),
            visit_stands(),
        )
        .group_by(col(VisitRow.grid))
    )
    given = {str(grid): int(count) for grid, count in rows}
    made = Counter[str]()
    spoiled = Counter[str]()
    for batch in printed:
        made[batch.grid] += batch.count
        spoiled[batch.grid] += batch.spoiled
    return [
        Stock(grid, made[grid], spoiled[grid], given.get(grid, 0))
        for grid in sorted(set(made) | set(given))
    ]
