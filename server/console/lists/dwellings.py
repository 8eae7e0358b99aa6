"""The list of dwellings."""

from sqlalchemy import and_, func, select

from server.console.desk import Desk
from server.console.lists.columns import answer, code, conflicts, grid, number, plain
from server.console.lists.records import RecordList, Source
from server.db.bulk import table_of
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
            plain("households", "menu.households"),
            grid(),
            conflicts(),
        ]
        self.fields_default_sort = ["code"]
        super().__init__(desk)


def _source() -> Source:
    dwelling, household = table_of(DwellingRow).c, table_of(HouseholdRow).c
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
    return Source(
        model=DwellingRow,
        columns={name: dwelling[name] for name in names} | {"households": households},
        keys=(),
        doors=(dwelling.code, dwelling.plate, dwelling.address),
    )
