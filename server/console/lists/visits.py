"""The list of visits."""

from sqlalchemy import and_, func

from server.console.desk import Desk
from server.console.lists.columns import answer, code, grid, moment, plain, staff_no
from server.console.lists.records import RecordList
from server.console.lists.source import Source
from server.db.bulk import table_of
from server.db.office_tables import WorkerRow
from server.db.projections import DwellingRow, HouseholdRow, VisitRow


class VisitList(RecordList):
    """Visits of the reader's area, newest first."""

    key = "visits"
    kind = "visit"
    icon = "clipboard-check"
    detail_template = "records/record.html"

    first_columns = (
        "started",
        "worker",
        "door",
        "head_name",
        "outcome",
        "note",
        "grid",
    )

    def __init__(self, desk: Desk) -> None:
        self.source = _source()
        self.fields = [
            moment("started", "visit.started"),
            plain("worker", "visit.worker"),
            staff_no(),
            plain("door", "household.door"),
            answer("household", "head_name", find=False),
            code("visit", "mode"),
            code("visit", "outcome"),
            answer("visit", "note", order=False),
            grid(),
            moment("received", "visit.received"),
        ]
        self.fields_default_sort = [("started", True)]
        super().__init__(desk)


def _source() -> Source:
    visit, household = table_of(VisitRow).c, table_of(HouseholdRow).c
    dwelling, worker = table_of(DwellingRow).c, table_of(WorkerRow).c
    names = ("id", "started", "mode", "outcome", "note", "grid", "received")
    of_household = and_(household.town_id == visit.town_id, household.id == visit.household_id)
    at_dwelling = and_(
        dwelling.town_id == visit.town_id,
        dwelling.id == func.coalesce(visit.dwelling_id, household.dwelling_id),
    )
    by_worker = and_(worker.town_id == visit.town_id, worker.id == visit.worker_id)
    door = func.coalesce(func.nullif(dwelling.plate, ""), dwelling.code, "")
    return Source(
        model=VisitRow,
        columns={name: visit[name] for name in names}
        | {
            "door": door,
            "head_name": func.coalesce(household.head_name, ""),
            "worker": func.coalesce(worker.name, ""),
            "staff_no": func.coalesce(worker.staff_no, ""),
        },
        keys=(household.search, dwelling.search),
        texts=(worker.name,),
        orders={"door": dwelling.code},
        joined=(
            (HouseholdRow, of_household),
            (DwellingRow, at_dwelling),
            (WorkerRow, by_worker),
        ),
    )
