"""The list of residents."""

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import col
from typing_extensions import override

from server.console.desk import Desk
from server.console.lists.columns import answer, code, conflicts, counted, grid, plain
from server.console.lists.records import RecordList
from server.console.lists.source import Lead, Source
from server.coverage.living import lacking
from server.db.bulk import table_of
from server.db.coverage_tables import MeasuredRow
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow

LACKING = "lacking"
"""Somebody who lives there, and of whom something mandatory is missing."""


class ResidentList(RecordList):
    """Residents of the reader's area."""

    key = "residents"
    kind = "resident"
    icon = "user-group"
    detail_template = "records/record.html"

    first_columns = (
        "name",
        "relation",
        "sex",
        "birth_date",
        "phone",
        "status",
        "door",
        "grid",
        "conflicts",
    )

    def __init__(self, desk: Desk) -> None:
        self.source = _source()
        self.fields = [
            answer("resident", "name"),
            code("resident", "relation"),
            code("resident", "sex"),
            answer("resident", "birth_date", find=False, order=False),
            answer("resident", "phone", find=False, order=False),
            code("resident", "status"),
            plain("door", "household.door"),
            answer("household", "head_name", find=False),
            counted((LACKING,)),
            grid(),
            conflicts(),
        ]
        self.fields_default_sort = ["name"]
        super().__init__(desk)

    @override
    def counted(self, figure: str, town: str, now: int) -> ColumnElement[bool] | None:
        """The very condition that the number was counted by."""
        return col(ResidentRow.id).in_(lacking(town)) if figure == LACKING else None


def _source() -> Source:
    resident, household = table_of(ResidentRow).c, table_of(HouseholdRow).c
    dwelling = table_of(DwellingRow).c
    names = ("id", "name", "relation", "sex", "birth_date", "phone", "status", "grid", "conflicts")
    belongs_to = and_(household.town_id == resident.town_id, household.id == resident.household_id)
    lives_in = and_(dwelling.town_id == household.town_id, dwelling.id == household.dwelling_id)
    measured = table_of(MeasuredRow).c
    is_measured = and_(measured.town_id == resident.town_id, measured.record_id == resident.id)
    is_lacking = (
        select(case((measured.wanted > 0, LACKING), else_=""))
        .where(is_measured)
        .correlate_except(table_of(MeasuredRow))
        .scalar_subquery()
    )
    door = func.coalesce(func.nullif(dwelling.plate, ""), dwelling.code, "")
    return Source(
        model=ResidentRow,
        columns={name: resident[name] for name in names}
        | {
            "door": door,
            "head_name": func.coalesce(household.head_name, ""),
            "counted": is_lacking,
        },
        keys=(resident.search, dwelling.search),
        leads=(Lead(resident.words), Lead(dwelling.words, (belongs_to, lives_in))),
        orders={"door": dwelling.code},
        linked={"door": dwelling.id},
        joined=((HouseholdRow, belongs_to), (DwellingRow, lives_in)),
    )
