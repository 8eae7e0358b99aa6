"""What the register has of an import."""

from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.projections import HouseholdRow
from tests.server.imports.conftest import Office
from tests.server.imports.files import Cells

LI: Cells = (2, "李丽", "3-1-202", "13900002222", 2, "租赁", None, "王房东", None)


def households(office: Office, name: str) -> list[str]:
    """The ids of the households whose head has that name."""
    with reading(office.town.services.engine) as conn:
        rows = conn.execute(select(HouseholdRow).where(col(HouseholdRow.head_name) == name))
        return [row.id for row in rows]
