"""The list of dwellings."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import col
from typing_extensions import override

from server.console.desk import Desk
from server.console.lists.columns import answer, code, conflicts, counted, grid, number, plain
from server.console.lists.records import RecordList
from server.console.lists.source import Lead, Source
from server.coverage.figures import FIGURES, Figure, behind, counted_as
from server.db.bulk import table_of
from server.db.coverage_tables import CoverageRow
from server.db.projections import DwellingRow, HouseholdRow


class DwellingList(RecordList):
    """Dwellings of the reader's area."""

    key = "dwellings"
    kind = "dwelling"
    icon = "door-open"
    detail_template = "records/record.html"

    def __init__(self, desk: Desk) -> None:
        self.source = _source()
        self.fields = [
            answer("dwelling", "code"),
            answer("dwelling", "plate"),
            answer("dwelling", "building"),
            answer("dwelling", "unit_no"),
            number("dwelling", "floor"),
            answer("dwelling", "room"),
            code("dwelling", "use"),
            code("dwelling", "status"),
            counted(tuple(map(str, Figure))),
            plain("households", "menu.households"),
            grid(),
            conflicts(),
        ]
        self.fields_default_sort = ["code"]
        super().__init__(desk)

    @override
    def counted(self, figure: str, town: str, now: int) -> ColumnElement[bool] | None:
        """The very condition that the number was counted by."""
        if figure not in FIGURES:
            return None
        return col(DwellingRow.id).in_(
            behind(Figure(figure), town, now, col(CoverageRow.dwelling_id))
        )


def _source() -> Source:
    dwelling, household = table_of(DwellingRow).c, table_of(HouseholdRow).c
    count = table_of(CoverageRow).c
    names = (
        "id", "code", "plate", "building", "unit_no", "floor", "room", "use", "status", "grid",
        "conflicts",
    )  # fmt: skip
    households = (
        select(func.count())
        .where(
            and_(
                household.town_id == dwelling.town_id,
                household.dwelling_id == dwelling.id,
                household.deleted.is_(False),
                household.alias_of.is_(None),
            )
        )
        .correlate(table_of(DwellingRow))
        .scalar_subquery()
    )
    columns: dict[str, ColumnElement[object]] = {name: dwelling[name] for name in names}
    is_counted = and_(count.town_id == dwelling.town_id, count.dwelling_id == dwelling.id)
    return Source(
        model=DwellingRow,
        columns=columns | {"households": households, "counted": counted_as(is_counted)},
        keys=(dwelling.search,),
        leads=(Lead(dwelling.words),),
    )
