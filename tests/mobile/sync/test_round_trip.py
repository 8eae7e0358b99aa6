"""A town's own table, all the way: spreadsheet, phone, register, and out again as a file."""

import csv
from io import BytesIO, StringIO

from openpyxl import load_workbook

from server.exports.cover import Format, Purpose
from server.exports.making import Maker
from server.exports.orders import Asked, Wanted, place_order
from server.forms.publishing import Publishing
from server.office.act import acting
from server.register.published import Source
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from tests.mobile.field import Field, Phone, synced
from tests.server.forms.bench_of_forms import NOW

SHEET = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | constraint | calculation |
| | text | shop | 店名 | Shop | | |
| | select_multiple risk | risks | 隐患 | Risks | | |
| | decimal | area | 面积 | Area | . > 0 | |
| | date | since | 开业 | Since | . <= today() | |
| | begin repeat | staff | 员工 | Staff | | |
| | text | who | 姓名 | Name | | |
| | integer | age | 年龄 | Age | . >= 16 | |
| | begin repeat | paper | 证件 | Papers | | |
| | text | paper_no | 编号 | Number | | |
| | end repeat | | | | | |
| | end repeat | | | | | |
| | calculate | people | | | | count(${staff}) |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | risk | fire | 消防 | Fire |
| | risk | gas | 燃气 | Gas |
| settings |
| | form_title | form_id | version | default_language |
| | 店铺检查 | shop_round | 1 | 中文 (zh) |
"""
ANSWERS = {
    "shop": "=1+1 小吃",
    "risks": ["gas", "fire"],
    "area": 32.5,
    "since": "2020-05-01",
    "staff": [{"who": "李芳", "age": 40, "paper": [{"paper_no": "A1"}, {"paper_no": "A2"}]}],
}


def answered(field: Field) -> str:
    """The form published, filled in on a phone, synced; the record's id."""
    register, town = field.town.services.register, field.town.who.town
    made = Publishing(register).upload(town, Source(SHEET.encode(), "shops.md")).form
    Publishing(register).publish(town, made.kind, made.version)
    phone: Phone = field.phone()
    synced(phone)
    draft = phone.store.begin("shop_round")
    form = phone.store.form("shop_round", draft.form)
    assert form is not None
    state = FormState(form, draft.answers, Moment(NOW))
    for name, answer in ANSWERS.items():
        state.answer(name, answer)
    assert state.faults() == {}
    for name in state.answers:
        draft = draft.answered(name, state.answers[name])
    phone.store.save_drafts(draft)
    synced(phone)
    assert phone.store.outbox() == ()
    return draft.record


def exported(field: Field, format: Format, *, labels: bool, language: str = "zh") -> bytes:
    services = field.town.services
    wanted = Wanted(("shop_round",), format, labels, language)
    asked = Asked(wanted, Purpose.REPORT, "季度统计上报", 1)
    with acting(services.engine, services.keys, field.admin, services.clock) as act:
        order = place_order(act, asked)
    file = BytesIO()
    assert Maker(services, field.admin).write(order, {}, file) == 1
    return file.getvalue()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_what_was_answered_comes_out_with_codes_or_labels_in_either_language(field: Field) -> None:
    record = answered(field)

    (codes,) = rows_of(exported(field, Format.CSV, labels=False))
    (chinese,) = rows_of(exported(field, Format.CSV, labels=True))
    (english,) = rows_of(exported(field, Format.CSV, labels=True, language="en"))

    assert codes["id"] == record
    assert codes["shop"] == "'=1+1 小吃"  # a spreadsheet would have run it
    assert codes["risks"] == "fire gas"
    assert (codes["area"], codes["since"], codes["people"]) == ("32.5", "2020-05-01", "1")
    assert chinese["隐患"] == "消防；燃气"
    assert english["Risks"] == "Fire; Gas"
    assert "李芳" in chinese["员工"]


def test_a_workbook_has_a_sheet_for_each_repeat(field: Field) -> None:
    record = answered(field)

    book = load_workbook(BytesIO(exported(field, Format.XLSX, labels=True)))

    shops, staff, papers, about = book.worksheets
    assert [sheet.title for sheet in (shops, staff, papers)] == ["店铺检查", "员工", "证件"]
    assert [cell.value for cell in staff[1]][:4] == ["编号", "序号", "姓名", "年龄"]
    assert [cell.value for cell in staff[2]][:4] == [record, "1", "李芳", 40]
    assert [[cell.value for cell in row][1:3] for row in papers.iter_rows(min_row=2)] == [
        ["1.1", "A1"],
        ["1.2", "A2"],
    ]
    assert ["条数", "1"] in [[cell.value for cell in row] for row in about.iter_rows()]
