"""A whole import is taken back; what somebody changed since is not silently undone."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.errors import NotFound
from server.imports.reports import Job
from server.imports.undoing import Undoing
from server.office.audit import trail
from server.office.errors import OfficeRefused
from server.office.roles import Role
from server.register.edits import Edit, edit_of
from shared.changes import Answer, ChangeKind
from tests.server.imports.conftest import Office
from tests.server.imports.files import HEADER, ROW, Cells, workbook

LI: Cells = (2, "李丽", "3-1-202", "13900002222", 2, "租赁", None, "王房东", None)


@pytest.fixture
def undoing(office: Office) -> Undoing:
    return Undoing(office.town.services)


def standing(office: Office) -> list[str]:
    """The households, dwellings and residents that are not deleted, by name."""
    with reading(office.town.services.engine) as conn:
        rows: list[str] = []
        for column, model in (
            (HouseholdRow.head_name, HouseholdRow),
            (ResidentRow.name, ResidentRow),
            (DwellingRow.plate, DwellingRow),
        ):
            wanted = select(col(column)).where(col(model.deleted).is_(False))
            rows += conn.execute(wanted).scalars()
    return sorted(rows)


def household(office: Office, name: str) -> str:
    with reading(office.town.services.engine) as conn:
        wanted = select(col(HouseholdRow.id)).where(col(HouseholdRow.head_name) == name)
        return str(conn.execute(wanted).scalar_one())


def edited(office: Office, record: str, **units: Answer) -> None:
    register = office.town.services.register
    seen = register.record(office.town.who.town, record)
    assert seen is not None
    register.commit(office.who, [edit_of(seen, ChangeKind.SET, dict(units), seen.version)])


def two(office: Office) -> Job:
    return office.imported(workbook(HEADER, ROW, LI))


def test_an_import_that_nobody_touched_is_gone_and_the_register_whole(
    office: Office, undoing: Undoing
) -> None:
    job = two(office)
    would = undoing.look(office.who, job.id)

    done = undoing.undo(office.who, job.id)

    assert would == done
    assert (done.taken_back, done.left) == (6, ())
    assert standing(office) == []
    assert office.town.services.register.verify("east").well
    with office.town.act() as act:
        assert trail(act.conn, "east", limit=1)[0].action == "import_undone"
    with pytest.raises(OfficeRefused, match="import_not_done"):
        undoing.undo(office.who, job.id)


def test_what_was_changed_since_stays_with_the_home_it_belongs_to(
    office: Office, undoing: Undoing
) -> None:
    job = two(office)
    changed = household(office, "李丽")
    edited(office, changed, needs="修灯")

    done = undoing.undo(office.who, job.id)

    assert done.taken_back == 3
    assert changed in done.left
    assert len(standing(office)) == 3
    assert office.answers(changed)["needs"] == "修灯"


def test_what_others_refer_to_by_now_stays(office: Office, undoing: Undoing) -> None:
    job = two(office)
    home = household(office, "李丽")
    visit = Edit(
        kind=ChangeKind.CREATE, record="0190aaaa-0000-7000-8000-000000000001",
        record_kind="visit", grid=office.grid, units={"household": home, "outcome": "done"},
    )  # fmt: skip
    office.town.services.register.commit(office.who, [visit])

    done = undoing.undo(office.who, job.id)

    assert home in done.left
    assert len(done.left) == 3
    assert "张伟" not in standing(office)


def test_an_answer_that_an_import_wrote_over_comes_back(office: Office, undoing: Undoing) -> None:
    two(office)
    home = household(office, "李丽")
    other: Cells = (2, "李丽", "3-1-202", "13711112222", 2, "租赁", None, "王房东", None)
    job = office.imported(workbook(HEADER, other))
    assert office.answers(home)["phone"] == "13711112222"

    undoing.undo(office.who, job.id)

    assert office.answers(home)["phone"] == "13900002222"
    assert len(standing(office)) == 6


def test_an_import_elsewhere_is_not_found(office: Office, undoing: Undoing) -> None:
    job = two(office)
    far = office.town.account("far", Role.COMMUNITY_ADMIN, "c2")

    with pytest.raises(NotFound):
        undoing.undo(far, job.id)
    assert len(standing(office)) == 6
