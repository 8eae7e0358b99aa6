"""The list of households, and the page of one."""

from sqlalchemy import and_, func

from server.console.desk import Desk
from server.console.lists.columns import answer, code, conflicts, grid, moment, number, plain
from server.console.lists.records import RecordList, Source
from server.db.bulk import table_of
from server.db.projections import DwellingRow, HouseholdRow


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
            moment("last_visit_at", "household.last_visit", days_only=True),
            code("visit", "outcome", name="last_outcome"),
        ]
        self.fields_default_sort = ["door"]
        super().__init__(desk)


def _source() -> Source:
    household, dwelling = table_of(HouseholdRow).c, table_of(DwellingRow).c
    names = (
        "id", "head_name", "phone", "people_count", "tenure", "household_kind", "grid",
        "last_visit_at", "last_outcome", "conflicts",
    )  # fmt: skip
    lives_in = and_(dwelling.town_id == household.town_id, dwelling.id == household.dwelling_id)
    door = func.coalesce(func.nullif(dwelling.plate, ""), dwelling.code, "")
    return Source(
        model=HouseholdRow,
        columns={name: household[name] for name in names} | {"door": door},
        keys=(household.search,),
        orders={"door": dwelling.code},
        doors=(dwelling.code, dwelling.plate),
        joined=((DwellingRow, lives_in),),
    )
