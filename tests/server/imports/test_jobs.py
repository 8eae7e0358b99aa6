"""An import from its dry run to the register: nothing half, nothing twice, nothing unseen."""

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from server.db.engine import reading
from server.db.office_tables import ImportRow
from server.db.projections import HouseholdRow, ResidentRow
from server.db.register_tables import JournalRow
from server.errors import NotFound
from server.imports.bad_rows import bad_rows
from server.imports.jobs import RegisterMoved
from server.imports.plan import RowState
from server.imports.reports import JobState
from server.imports.words import WrongFile
from server.office.audit import trail
from server.office.errors import NotAllowed
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.register.edits import Edit
from server.register.refusals import EditsRefused
from server.town.excel import TablePlan, household_table
from shared.changes import ChangeKind
from tests.server.imports.conftest import Office
from tests.server.imports.files import HEADER, ROW, Cells, rows_of, workbook

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
    (household,) = _households(office, "张伟")
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
    (household,) = _households(office, "张伟")
    assert office.answers(household)["access_note"] == "养狗"  # an empty cell clears nothing
    assert office.answers(household)["landlord_name"] == "赵房东"


@pytest.mark.parametrize("door", ["3-1-201", "3栋1单元201", "３－１－２０１", "3号楼1单元201室"])
def test_a_door_is_one_however_it_is_written(office: Office, door: str) -> None:
    office.imported(workbook(HEADER, ROW))

    job = office.check(workbook(HEADER, (1, "张伟", door, "13800000000", 3, "自住")))

    assert office.states(job) == {2: "unchanged"}


def test_a_household_is_found_by_its_number_whatever_its_door(office: Office) -> None:
    header = ("户号", "户主姓名", "门牌号", "人口数")
    office.imported(workbook(header, ("A-7", "张伟", "3-1-201", 3)))

    job = office.check(workbook(header, ("A-7", "张大伟", "幸福里三号", 4)))
    plan = office.plans(job)[2]

    assert plan.state is RowState.UPDATE
    assert {change.unit for change in plan.changes} == {"head_name", "people_count"}
    assert [remark.code for remark in plan.remarks] == ["head_not_listed"]


def test_two_families_behind_one_door_are_told_apart_by_their_numbers(office: Office) -> None:
    header = ("户号", "户主姓名", "门牌号")
    rows = (("A-1", "张伟", "3-1-201"), ("A-2", "李丽", "3-1-201"))

    job = office.imported(workbook(header, *rows))
    again = office.check(workbook(header, *rows))
    unnumbered = office.check(workbook(("户主姓名", "门牌号"), ("王五", "3-1-201")))

    assert office.states(job) == {2: "new", 3: "new"}
    assert office.counts() == (1, 2, 2)
    assert office.states(again) == {2: "unchanged", 3: "unchanged"}
    assert [r.code for r in office.plans(unnumbered)[2].remarks] == ["several_here"]


@pytest.mark.parametrize(
    ("rows", "number", "code"),
    [
        (((1, "甲", "3-1-201"), (2, "乙", "3栋1单元201室")), 3, "door_twice"),
        ((ROW, (2, "乙", "3-1-299", None, None, None, "11010519491231002X")), 3, "id_twice"),
    ],
)
def test_what_stands_twice_in_the_file_is_bad_the_second_time(
    office: Office, rows: tuple[Cells, ...], number: int, code: str
) -> None:
    plan = office.plans(office.check(workbook(HEADER, *rows)))[number]

    assert [remark.code for remark in plan.remarks] == [code]
    assert "第 2 行" in plan.remarks[0].words.zh
    assert "row 2" in plan.remarks[0].words.en


def test_a_household_number_that_stands_twice_is_bad(office: Office) -> None:
    header = ("户号", "户主姓名", "门牌号")

    job = office.check(workbook(header, ("A", "甲", "1-1-101"), ("A", "乙", "1-1-102")))

    assert [r.code for r in office.plans(job)[3].remarks] == ["number_twice"]


def test_a_bad_row_takes_no_door_from_a_good_one(office: Office) -> None:
    job = office.check(workbook(HEADER, (1, "", "3-1-201"), (2, "乙", "3-1-201")))

    assert office.states(job) == {2: "bad", 3: "new"}


def test_a_column_of_grids_decides_where_a_row_belongs(office: Office) -> None:
    header = ("户主姓名", "门牌号", "所属网格")

    job = office.check(
        workbook(
            header,
            ("甲", "1-1-101", "区域g2"),
            ("乙", "1-1-101", "329901100001001"),
            ("丙", "1-1-103", "区域g3"),
            ("丁", "1-1-104", "没有的网格"),
        )
    )

    plans = office.plans(job)
    assert plans[2].grid == office.town.areas["g2"]
    assert plans[3].grid == office.town.areas["g1"]  # the same door in another grid is another
    assert [r.code for r in plans[4].remarks] == ["grid_unknown"]  # outside of the community
    assert [r.code for r in plans[5].remarks] == ["grid_unknown"]


def test_a_household_of_another_grid_is_not_moved_by_an_import(office: Office) -> None:
    header = ("户号", "户主姓名", "门牌号", "所属网格")
    office.imported(workbook(header, ("A-7", "张伟", "3-1-201", "区域g2")))

    job = office.check(workbook(header, ("A-7", "张伟", "3-1-201", "区域g1")))

    assert [r.code for r in office.plans(job)[2].remarks] == ["other_grid"]


def test_an_answer_that_waits_for_a_decision_is_left_alone(office: Office) -> None:
    office.imported(workbook(HEADER, ROW))
    (household,) = _households(office, "张伟")
    record = office.town.services.register.record(office.town.who.town, household)
    assert record is not None
    other = office.town.account("second", Role.COMMUNITY_ADMIN, "c1")
    for who, people in ((office.who, 5), (other, 6)):
        _edit(office, who, household, base=record.version, people=people)

    job = office.check(workbook(HEADER, (*ROW[:4], 7, *ROW[5:])))
    plan = office.plans(job)[2]

    assert [remark.code for remark in plan.remarks] == ["waits_for_decision"]
    assert plan.edits == ()


def test_what_the_register_learnt_meanwhile_is_seen_before_it_is_written(office: Office) -> None:
    office.imported(workbook(HEADER, ROW))
    job = office.check(workbook(HEADER, (*ROW[:4], 7, *ROW[5:])))
    (household,) = _households(office, "张伟")
    record = office.town.services.register.record(office.town.who.town, household)
    assert record is not None
    _edit(office, office.who, household, base=record.version, people=6)

    with pytest.raises(RegisterMoved):
        office.imports.commit(office.who, job.id)

    assert office.answers(household)["people_count"] == 6
    (change,) = office.plans(job)[2].changes
    assert (change.before, change.after) == (6, 7)
    office.imports.commit(office.who, job.id)
    assert office.answers(household)["people_count"] == 7


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
    (household,) = _households(office, "李丽")
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


def _households(office: Office, name: str) -> list[str]:
    with reading(office.town.services.engine) as conn:
        rows = conn.execute(select(HouseholdRow).where(col(HouseholdRow.head_name) == name))
        return [row.id for row in rows]


def _residents(office: Office, household: str) -> list[str]:
    with reading(office.town.services.engine) as conn:
        rows = conn.execute(select(ResidentRow).where(col(ResidentRow.household_id) == household))
        return [row.id for row in rows]


def _journal(office: Office) -> int:
    with reading(office.town.services.engine) as conn:
        return conn.execute(select(func.count()).select_from(JournalRow)).scalar_one()


def _edit(office: Office, who: AccountIdentity, household: str, *, base: int, people: int) -> None:
    edit = Edit(
        kind=ChangeKind.SET,
        record=household,
        record_kind="household",
        grid=office.grid,
        base=base,
        units={"people_count": people},
    )
    office.town.services.register.commit(who, [edit])
