"""The list of households, and the page of one."""

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import col
from typing_extensions import override

from server.console.desk import Desk
from server.console.lists.columns import (
    answer,
    code,
    conflicts,
    counted,
    grid,
    moment,
    number,
    plain,
)
from server.console.lists.records import RecordList
from server.console.lists.source import Lead, Source
from server.coverage.figures import FIGURES, Figure, behind, counted_as
from server.db.bulk import table_of
from server.db.coverage_tables import CoverageRow
from server.db.projections import DwellingRow, HouseholdRow

OF_HOUSEHOLDS = (
    Figure.COLLECTED,
    Figure.NOT_COLLECTED,
    Figure.INCOMPLETE,
    Figure.REFUSED,
    Figure.CONTACTED,
    Figure.UNREACHED,
    Figure.UNTRIED,
    Figure.STALE,
)
"""What a household is asked for: figures of doors where one is registered."""


class HouseholdList(RecordList):
    """Households of the reader's area."""

    key = "households"
    kind = "household"
    icon = "people-roof"
    detail_template = "records/household.html"

    first_columns = (
        "door",
        "head_name",
        "conflicts",
        "phone",
        "people_count",
        "tenure",
        "grid",
        "last_visit_at",
        "last_outcome",
    )

    def __init__(self, desk: Desk) -> None:
        self.source = _source()
        self.fields = [
            plain("door", "household.door"),
            answer("household", "head_name"),
            conflicts(),
            answer("household", "phone", find=False, order=False),
            number("household", "people_count"),
            code("household", "tenure"),
            code("household", "household_kind"),
            grid(),
            counted(OF_HOUSEHOLDS),
            moment("last_visit_at", "household.last_visit", days_only=True),
            code("visit", "outcome", name="last_outcome"),
        ]
        self.fields_default_sort = ["door"]
        super().__init__(desk)

    @override
    def counted(self, figure: str, town: str, now: int) -> ColumnElement[bool] | None:
        """The very condition that the number was counted by."""
        if figure not in FIGURES:
            return None
        return col(HouseholdRow.id).in_(
            behind(Figure(figure), town, now, col(CoverageRow.household_id))
        )


def _source() -> Source:
    household, dwelling = table_of(HouseholdRow).c, table_of(DwellingRow).c
    names = (
        "id", "head_name", "phone", "people_count", "tenure", "household_kind", "grid",
        "last_visit_at", "last_outcome", "conflicts",
    )  # fmt: skip
    lives_in = and_(dwelling.town_id == household.town_id, dwelling.id == household.dwelling_id)
    count = table_of(CoverageRow).c
    counts = and_(count.town_id == household.town_id, count.household_id == household.id)
    door = func.coalesce(func.nullif(dwelling.plate, ""), dwelling.code, "")
    columns: dict[str, ColumnElement[object]] = {name: household[name] for name in names}
    return Source(
        model=HouseholdRow,
        columns=columns | {"door": door, "counted": counted_as(counts)},
        keys=(household.search, dwelling.search),
        leads=(Lead(household.words), Lead(dwelling.words, (lives_in,))),
        orders={"door": dwelling.code},
        linked={"door": dwelling.id},
        joined=((DwellingRow, lives_in),),
    )
