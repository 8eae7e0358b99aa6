"""Columns that a person put right are known the next time; rows that they do not want stay out."""

import pytest

from server.db.engine import reading
from server.imports.bad_rows import bad_rows
from server.imports.plan import RowState
from server.imports.shapes import fingerprint
from server.imports.words import WrongFile
from server.office.roles import Role
from tests.server.imports.conftest import Office
from tests.server.imports.files import HEADER, ROW, Cells, rows_of, workbook

STRANGE: Cells = ("谁家", "哪儿", "打哪个", "几口")
CHOSEN = {
    "household.head_name": 0,
    "dwelling.plate": 1,
    "household.phone": 2,
    "household.people_count": 3,
}
ONE: Cells = ("张伟", "3-1-201", "13800000000", 3)
TWO: Cells = ("李丽", "3-1-202", "13900002222", 2)


def test_a_table_of_which_nothing_is_known_is_mapped_once_and_known_from_then_on(
    office: Office,
) -> None:
    first = office.check(workbook(STRANGE, ONE))
    before = office.imports.opened(office.who, first.id).report
    office.imports.remap(office.who, first.id, CHOSEN)
    office.imports.commit(office.who, first.id)
    colleague = office.town.account("other", Role.COMMUNITY_ADMIN, "c1")

    job = office.check(workbook(("2026 年登记表",), STRANGE, ONE, TWO), who=colleague)

    again = office.imports.opened(colleague, job.id).report
    assert (before.needs_columns, before.plans, before.header.remembered) == (True, (), False)
    assert again.header.remembered
    assert again.header.columns == CHOSEN
    assert [plan.state for plan in again.plans] == [RowState.UNCHANGED, RowState.NEW]
    with reading(office.town.services.engine) as conn:
        kept = str(conn.exec_driver_sql("SELECT * FROM import_shape").all())
    assert "张伟" not in kept
    assert "13800000000" not in kept


def test_what_was_said_of_known_columns_stands_before_their_names(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW))
    without_notes = {key: at for key, at in dict(_columns(office, job.id)).items() if at != 8}
    office.imports.remap(office.who, job.id, without_notes)

    next_time = office.check(workbook(HEADER, (2, "李丽", "3-1-202")))
    remembered = _columns(office, next_time.id)
    office.imports.forget_columns(office.who, next_time.id)
    forgotten = _columns(office, next_time.id)
    afterwards = _columns(office, office.check(workbook(HEADER, ROW)).id)

    assert "household.access_note" not in remembered
    assert forgotten["household.access_note"] == 8
    assert afterwards == forgotten


def test_a_shape_is_its_names_in_their_order_whatever_the_blanks() -> None:
    same = fingerprint(("户主 姓名", "门牌号", "ＴＥＬ", ""))

    assert fingerprint(("户主姓名", " 门牌号", "tel")) == same
    assert fingerprint(("门牌号", "户主姓名", "tel")) != same
    assert fingerprint(("户主姓名", "门牌号", "tel", "备注")) != same


def test_two_columns_or_a_row_of_numbers_are_no_header(office: Office) -> None:
    for table in (workbook(("甲", "乙"), ("a", "b")), workbook((1, 2, 3), (4, 5, 6))):
        with pytest.raises(WrongFile, match="header"):
            office.check(table)


def test_rows_that_are_left_out_are_not_written_and_come_back_with_the_reason(
    office: Office,
) -> None:
    bad: Cells = (3, "", "3-1-203")
    job = office.check(workbook(HEADER, ROW, (2, "李丽", "3-1-202"), bad))

    office.imports.leave_out(office.who, job.id, {3})
    states = office.states(job)
    office.imports.commit(office.who, job.id)

    assert states == {2: "new", 3: "left", 4: "bad"}
    assert office.counts() == (1, 1, 1)
    rows = rows_of(bad_rows(office.imports.opened(office.who, job.id).report, "zh"))
    assert [(row[1], row[-2], row[-1]) for row in rows[1:]] == [
        ("李丽", "3", "您选择不导入这一行。"),
        ("", "4", "缺少户主姓名。"),
    ]


def test_a_row_that_is_left_out_does_not_stand_in_the_way_of_another(office: Office) -> None:
    job = office.check(workbook(HEADER, ROW, (2, "李丽", "3栋1单元201室")))
    twice = office.states(job)

    office.imports.leave_out(office.who, job.id, {2})
    once = office.states(job)
    office.imports.leave_out(office.who, job.id, set())

    assert twice == {2: "new", 3: "bad"}  # the same door
    assert once == {2: "left", 3: "new"}
    assert office.states(job) == twice


def _columns(office: Office, job: str) -> dict[str, int]:
    return office.imports.opened(office.who, job).report.header.columns
