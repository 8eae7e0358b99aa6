"""Opening somebody's file: what is in it, or one sentence that says why not."""

import io
from contextlib import suppress
from datetime import date, datetime
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from server.imports import tables
from server.imports.tables import ROWS_MAX, read_table
from server.imports.words import WrongFile
from tests.server.imports.files import HEADER, ROW, saved, workbook, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def code_of(content: bytes) -> str:
    with pytest.raises(WrongFile) as refused:
        read_table(content)
    assert refused.value.words.zh.endswith("。")
    assert refused.value.words.en.endswith(".")
    return refused.value.code


def test_cells_are_read_as_a_person_sees_them() -> None:
    content = workbook((13800000000.0, 3, 2.5, True, date(2024, 5, 1), " 甲 \n 乙 ", None, "末"))

    (sheet,) = read_table(content)

    assert sheet.rows[0].cells == (
        "13800000000", "3", "2.5", "是", "2024-05-01", "甲 乙", "", "末",
    )  # fmt: skip


def test_a_date_with_a_time_keeps_it() -> None:
    (sheet,) = read_table(workbook(("甲", datetime(2024, 5, 1, 9, 30, tzinfo=None))))  # noqa: DTZ001 - Excel knows no zones

    assert sheet.rows[0].cells[1] == "2024-05-01T09:30:00"


def test_rows_are_numbered_as_in_the_file_and_empty_ones_left_out() -> None:
    (sheet,) = read_table(workbook(("甲",), (), (None, " "), ("乙",)))

    assert [(row.number, row.cells) for row in sheet.rows] == [(1, ("甲",)), (4, ("乙",))]


def test_hidden_and_empty_sheets_are_left_out() -> None:
    book = Workbook()
    book.create_sheet("空表")
    hidden = book.create_sheet("隐藏")
    hidden.append(["甲"])
    hidden.sheet_state = "hidden"
    book.create_sheet("住户").append(["乙"])

    assert [sheet.name for sheet in read_table(saved(book))] == ["住户"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_text_table_is_read_in_every_usual_coding(coding: str, separator: str) -> None:
    lines = (separator.join(("户主姓名", "门牌号")), separator.join(("张伟", '"3栋,1单元"')))

    (sheet,) = read_table("\r\n".join(lines).encode(coding))

    assert [row.cells for row in sheet.rows] == [("户主姓名", "门牌号"), ("张伟", "3栋,1单元")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t ", "empty_file"),
        (workbook(), "empty_file"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "not_a_table"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x01", "not_a_table"),
        (zipped(word__document=b"<w/>"), "not_a_table"),
        (OLE, "old_excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"PK\x03\x04 and then nothing of a zip", "damaged"),
        (workbook(HEADER, ROW)[:-200], "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_a_broken_part_of_a_workbook_is_damage() -> None:
    source = workbook(HEADER, ROW)
    target = io.BytesIO()
    with ZipFile(io.BytesIO(source)) as book, ZipFile(target, "w") as broken:
        for name in book.namelist():
            part = book.read(name)
            broken.writestr(name, part[: len(part) // 2] if "workbook.xml" in name else part)

    assert code_of(target.getvalue()) == "damaged"


def test_a_file_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FILE_MAX", 1000)

    assert code_of(workbook(HEADER, ROW)) == "too_large"


def test_a_small_file_that_unpacks_to_a_very_large_one_is_not_unpacked() -> None:
    bomb = zipped(**{"xl__workbook.xml": b"0" * (tables.UNPACKED_MAX + 1)})

    assert len(bomb) < tables.FILE_MAX
    assert code_of(bomb) == "too_large"


def test_a_table_of_too_many_rows_is_refused() -> None:
    lines = "户主姓名,门牌号\n" + "张伟,1-1-101\n" * ROWS_MAX

    assert code_of(lines.encode()) == "too_many_rows"


def test_entities_in_a_workbook_are_not_expanded() -> None:
    billion = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">
      <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
      <workbook><sheets>&c;</sheets></workbook>"""

    with pytest.raises(WrongFile):
        read_table(zipped(**{"xl__workbook.xml": billion}))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_are_refused(content: bytes) -> None:
    with suppress(WrongFile):
        assert all(sheet.rows for sheet in read_table(content))


@given(st.integers(0, 5000), st.integers(0, 255))
def test_a_workbook_with_one_changed_byte_is_a_table_or_is_refused(place: int, byte: int) -> None:
    content = bytearray(workbook(HEADER, ROW))
    content[place % len(content)] = byte

    with suppress(WrongFile):
        assert all(sheet.rows for sheet in read_table(bytes(content)))
