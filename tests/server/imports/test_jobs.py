"""An import from its dry run to the register: nothing half, nothing twice, nothing unseen."""

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from server.db.engine import reading
from server.db.office_tables import ImportRow
from server.db.projections import ResidentRow
from server.db.register_tables import JournalRow
from server.errors import NotFound
from server.imports.bad_rows import bad_rows
from server.imports.jobs import RegisterMoved
from server.imports.plan import RowState
from server.imports.reports import JobState
from server.imports.words import WrongFile
from server.office.audit import trail
from server.office.errors import NotAllowed
from server.office.roles import Role
from server.register.refusals import EditsRefused
from server.town.excel import TablePlan, household_table
from tests.server.imports.conftest import Office
from tests.server.imports.files import HEADER, ROW, Cells, rows_of, workbook
from tests.server.imports.found import households

LI: Cells = (2, "李丽", "3-1-202", "13900002222", 2, "租赁", None, "王房东", None)


def test_a_dry_run_writes_nothing_and_says_what_it_would(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW, (2, "", "3-1-203")))

    plans = office.plans(job)
    assert office.counts() == (0, 0, 0)
    assert (job.good, job.bad, job.state) == (1, 1, JobState.CHECKED)
    assert plans[2].state is RowState.NEW
    assert plans[2].makes == ("dwelling", "household", "resident")
    assert [remark.code for remark in plans[3].remarks] == ["no_name"]


def test_a_commit_writes_the_good_rows_with_all_their_answers(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW, LI, (3, "", "3-1-203")))
    plan = office.plans(job)[2]

    done = office.imports.commit(office.who, job.id)

    assert office.counts() == (2, 2, 2)
    assert done.state is JobState.DONE
    (household,) = households(office, "张伟")
    answers = office.answers(household)
    assert answers["phone"] == "13800000000"
    assert answers["people_count"] == 3
    assert answers["tenure"] == "own"
    assert answers["access_note"] == "养狗"
    dwelling = office.answers(str(answers["dwelling"]))
    assert (dwelling["plate"], dwelling["status"]) == ("3栋1单元201室", "occupied")
    (resident,) = _residents(office, household)
    head = office.answers(resident)
    assert (head["relation"], head["sex"], head["status"]) == ("0", "2", "living_here")
    assert head["id_number"] == "11010519491231002X"
    assert plan.name == "张伟"
    assert office.town.services.register.verify(office.town.who.town).well


def test_importing_the_same_file_again_changes_nothing(office: Office) -> None:
    content = workbook(HEADER, ROW, LI)
    office.imported(content)
    before = _journal(office)

    again = office.check(content)
    office.imports.commit(office.who, again.id)

    assert office.states(again) == {2: "unchanged", 3: "unchanged"}
    assert office.counts() == (2, 2, 2)
    assert _journal(office) == before


def test_committing_one_job_twice_is_refused_the_second_time(office: Office) -> None:
    job = office.imported(workbook(HEADER, ROW))

    with pytest.raises(WrongFile) as refused:
        office.imports.commit(office.who, job.id)

    assert refused.value.code == "already_done"
    assert office.counts() == (1, 1, 1)


def test_two_dry_runs_of_one_file_make_its_households_once(office: Office) -> None:
    content = workbook(HEADER, ROW)
    one, other = office.check(content), office.check(content)
    office.imports.commit(office.who, one.id)

    with pytest.raises(RegisterMoved):
        office.imports.commit(office.who, other.id)
    office.imports.commit(office.who, other.id)  # the new dry run, which changes nothing

    assert office.counts() == (1, 1, 1)


def test_a_changed_row_updates_only_what_differs(office: Office) -> None:
    office.imported(workbook(HEADER, ROW, LI))
    changed = (1, "张伟", "3-1-201", "13800000000", 4, "自住", None, "赵房东", None)

    job = office.check(workbook(HEADER, changed, LI))
    plan = office.plans(job)[2]
    office.imports.commit(office.who, job.id)

    assert office.states(job) == {2: "update", 3: "unchanged"}
    assert {(c.kind, c.unit, c.before, c.after) for c in plan.changes} == {
        ("household", "people_count", 3, 4),
        ("household", "landlord_name", None, "赵房东"),
    }
    (household,) = households(office, "张伟")
    assert office.answers(household)["access_note"] == "养狗"  # an empty cell clears nothing
    assert office.answers(household)["landlord_name"] == "赵房东"


def test_a_commit_that_fails_writes_nothing_at_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The account's area becomes another one between the dry run and the commit.
    job = office.check(workbook(HEADER, ROW, LI))
    narrow = office.town.account("narrow", Role.COMMUNITY_ADMIN, "c2")
    stranger = msgspec.structs.replace(office.who, grids=narrow.grids)

    with pytest.raises(EditsRefused):
        office.imports.commit(stranger, job.id)

    assert office.counts() == (0, 0, 0)
    assert office.imports.opened(office.who, job.id).job.state is JobState.CHECKED


def test_columns_can_be_put_right_before_the_commit(office: Office) -> None:
    names = ("甲列", "户主姓名", "门牌号", "另一栏")
    job = office.check(workbook(names, ("李丽", "张伟", "3-1-201", "13900002222")))

    opened = office.imports.remap(
        office.who,
        job.id,
        {"household.head_name": 0, "dwelling.plate": 2, "household.phone": 3},
    )
    office.imports.commit(office.who, job.id)

    assert opened.report.plans[0].name == "李丽"
    (household,) = households(office, "李丽")
    assert office.answers(household)["phone"] == "13900002222"


def test_a_mapping_without_a_name_is_refused_and_the_dry_run_stays(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW))

    with pytest.raises(WrongFile):
        office.imports.remap(office.who, job.id, {"dwelling.plate": 2})

    assert office.states(job) == {2: "new"}


def test_a_dropped_import_is_gone(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW))

    office.imports.drop(office.who, job.id)

    assert office.imports.jobs(office.who) == []
    with pytest.raises(NotFound):
        office.imports.commit(office.who, job.id)


def test_an_import_is_for_those_who_may_and_for_their_own_area(office: Office) -> None:
    leader = office.town.account("lead", Role.GRID_LEADER, "g1")
    other = office.town.account("far", Role.COMMUNITY_ADMIN, "c2")
    job = office.check(workbook(HEADER, ROW))

    with pytest.raises(NotAllowed):
        office.check(workbook(HEADER, ROW), who=leader)
    with pytest.raises(NotFound):
        office.check(workbook(HEADER, ROW), who=other)
    with pytest.raises(NotFound):
        office.imports.opened(other, job.id)


def test_the_rows_lie_sealed_in_the_database(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW))

    with reading(office.town.services.engine) as conn:
        kept = conn.execute(select(ImportRow).where(col(ImportRow.id) == job.id)).one().report
    assert kept is not None
    for text in ("张伟", "13800000000", "11010519491231002X"):
        assert text.encode() not in kept


def test_an_import_is_written_into_the_audit_trail(office: Office) -> None:
    job = office.imported(workbook(HEADER, ROW))

    with office.town.act() as act:
        newest = trail(act.conn, office.town.who.town, limit=5)
    assert ("imported", job.id) in [(entry.action, entry.object) for entry in newest]


@pytest.mark.parametrize(("language", "reason"), [("zh", "缺少户主姓名。"), ("en", "is missing.")])
def test_bad_rows_come_back_with_number_and_reason_and_can_be_imported_once_right(
    office: Office, language: str, reason: str
) -> None:
    job = office.check(workbook(("住户登记表",), HEADER, ROW, (2, "", "=3-1-202", "13900002222")))
    report = office.imports.opened(office.who, job.id).report

    rows = rows_of(bad_rows(report, language))
    rows[1][1] = "李丽"
    again = office.check(workbook(*rows))

    assert rows[0][: len(HEADER)] == list(HEADER)
    assert rows[1][2] == "=3-1-202"  # text, not a formula
    assert rows[1][-2] == "4"
    assert reason in str(rows[1][-1])
    assert office.states(again) == {2: "new"}


def test_an_offices_own_table_is_imported_but_for_its_bad_rows(office: Office) -> None:
    today = datetime.fromtimestamp(office.town.clock.at / 1000, UTC).date()
    table = household_table(TablePlan(today=today, households=80, bad_of_each=2))

    job = office.check(table.content)
    office.imports.commit(office.who, job.id)
    again = office.check(table.content)

    expected = {
        "missing_name": "no_name",
        "people_not_a_number": "people_wrong",
        "impossible_id_number": "id_number_birth_date",
        "phone_too_short": "phone_too_short",
        "duplicate_door": "door_twice",
        "unknown_tenure": "code_unknown",
    }
    plans = office.plans(job)
    found = {n: [r.code for r in p.remarks] for n, p in plans.items() if p.state is RowState.BAD}
    assert found == {row.number: [expected[row.reason.value]] for row in table.bad_rows}
    assert job.good == table.good
    assert office.counts() == (table.good,) * 3
    assert set(office.states(again).values()) == {"unchanged", "bad"}
    assert office.town.services.register.verify(office.town.who.town).well


def _residents(office: Office, household: str) -> list[str]:
    with reading(office.town.services.engine) as conn:
        rows = conn.execute(select(ResidentRow).where(col(ResidentRow.household_id) == household))
        return [row.id for row in rows]


def _journal(office: Office) -> int:
    with reading(office.town.services.engine) as conn:
        return conn.execute(select(func.count()).select_from(JournalRow)).scalar_one()
