"""A town of one grid, one worker and one device, for measuring."""

from sqlalchemy import insert

from server.clock import now_ms
from server.db.engine import open_engine, writing
from server.db.migrate import migrate
from server.db.office_tables import AreaRow, AssignmentRow, DeviceRow, TownRow, WorkerRow
from server.forms.builtin import builtin_forms
from server.keys import Keys
from server.office.people import DeviceIdentity
from server.register.register import Register
from shared.wire import FIRST_DIGEST

TOWN, GRID, WORKER = "bench", "grid", "worker"
DEVICE = DeviceIdentity(TOWN, "device", WORKER, "王芳", "", (GRID,))


def make_town(url: str) -> Register:
    """Its register, in a new database."""
    engine = open_engine(url)
    migrate(engine)
    with writing(engine) as conn:
        conn.execute(insert(TownRow).values(town_id=TOWN, name="柳溪镇"))
        conn.execute(
            insert(AreaRow).values(
                town_id=TOWN, id=GRID, level="grid", code="420100001001", name="第一网格"
            )
        )
        conn.execute(insert(WorkerRow).values(town_id=TOWN, id=WORKER, staff_no="1", name="王芳"))
        conn.execute(
            insert(AssignmentRow).values(town_id=TOWN, id="duty", worker_id=WORKER, area_id=GRID)
        )
        conn.execute(
            insert(DeviceRow).values(
                town_id=TOWN, id=DEVICE.id, worker_id=WORKER, digest=FIRST_DIGEST
            )
        )
    register = Register(engine, Keys.new(), now_ms)
    for form in builtin_forms().values():
        register.publish_form(TOWN, form)
    return register
