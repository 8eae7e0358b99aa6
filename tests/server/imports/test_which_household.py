"""Which household a row of an import is: by its number, its door and its grid."""

import pytest

from server.imports.jobs import RegisterMoved
from server.imports.plan import RowState
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.register.edits import Edit
from shared.changes import ChangeKind
from tests.server.imports.conftest import Office
from tests.server.imports.files import HEADER, ROW, Cells, workbook
from tests.server.imports.found import households


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
    (household,) = households(office, "张伟")
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
    (household,) = households(office, "张伟")
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
