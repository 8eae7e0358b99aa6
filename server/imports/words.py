"""Every sentence of the importer, in both languages, by its code."""

from msgspec import Struct

from server.errors import ServerError
from shared.wire import Words


class Remark(Struct, frozen=True):
    """Something to say about a row: its code for programs, its words for people."""

    code: str
    words: Words


class WrongFile(ServerError):
    """The file cannot be imported at all; the words say what to do."""

    def __init__(self, code: str, **names: object) -> None:
        super().__init__(code, words(code, **names))


def remark(code: str, **names: object) -> Remark:
    """The remark of that code with its names filled in."""
    return Remark(code, words(code, **names))


def words(code: str, **names: object) -> Words:
    """The sentence of that code with its names filled in, each in its own language."""
    sentence = SENTENCES[code]
    zh = {name: value.zh if isinstance(value, Words) else value for name, value in names.items()}
    en = {name: value.en if isinstance(value, Words) else value for name, value in names.items()}
    return Words(sentence.zh.format(**zh), sentence.en.format(**en))


SENTENCES: dict[str, Words] = {
    # The file.
    "empty_file": Words(
        "文件是空的，请重新选择要导入的表格。",
        "The file is empty. Choose the table again.",
    ),
    "too_large": Words(
        "文件太大：最多 {megabytes} MB，请拆成几个文件分别导入。",
        "The file is too large: at most {megabytes} MB. Split it and import the parts.",
    ),
    "too_many_rows": Words(
        "表格太长：最多 {rows} 行，请拆成几个文件分别导入。",
        "The table is too long: at most {rows} rows. Split it and import the parts.",
    ),
    "not_a_table": Words(
        "这不是 Excel 表格或 CSV 文件。请用 WPS 或 Excel 另存为 .xlsx 后再导入。",
        "This is neither an Excel workbook nor a CSV file. Save it as .xlsx and import that.",
    ),
    "old_excel": Words(
        "这是旧版 .xls 文件。请用 WPS 或 Excel 打开，另存为 .xlsx 后再导入。",
        "This is an old .xls file. Open it in Excel or WPS, save it as .xlsx and import that.",
    ),
    "locked": Words(
        "文件有打开密码。请先在 WPS 或 Excel 里取消密码，再导入。",
        "The file is protected by a password. Remove it in Excel or WPS, then import again.",
    ),
    "damaged": Words(
        "表格文件已损坏，无法打开。请在 WPS 或 Excel 里打开后另存一份再导入。",
        "The workbook is damaged. Open it in Excel or WPS, save a copy and import that.",
    ),
    "no_header": Words(
        "没有找到表头。表格里需要有一行列名，至少包含“户主姓名”和“门牌号”（或“户号”“地址”）。",
        "No header was found. One row must name the columns: at least the head of household "
        "and the door number (or household number, or address).",
    ),
    "no_rows": Words(
        "表头下面没有任何数据行，请检查是否选错了文件。",
        "There are no rows below the header. Check that this is the right file.",
    ),
    "no_file": Words("请先选择要导入的文件。", "Choose a file first."),
    "no_grid": Words("请选择您管辖的网格。", "Choose a grid in your own area."),
    # The mapping.
    "needs_name": Words(
        "请指定哪一列是户主姓名。",
        "Say which column has the name of the head of household.",
    ),
    "needs_door": Words(
        "请指定哪一列能确定门户：门牌号、房屋编码、楼栋加房号、户号或地址。",
        "Say which column tells the door: door number, dwelling code, building and room, "
        "household number or address.",
    ),
    "mapped_twice": Words(
        "“{field}”被指定给了两列，请只保留一列。",
        '"{field}" is given to two columns. Keep one.',
    ),
    # A row that is not imported.
    "no_name": Words("缺少户主姓名。", "The name of the head of household is missing."),
    "name_wrong": Words(
        "“{value}”不像姓名，请核对。", '"{value}" does not look like a name. Please check it.'
    ),
    "no_door": Words(
        "缺少门牌号：无法确定是哪一户。",
        "The door number is missing: it cannot be told which household this is.",
    ),
    "people_wrong": Words(
        "人口数“{value}”不对，应为 0 至 {most} 的整数。",
        'The number of people "{value}" is not right: a whole number from 0 to {most}.',
    ),
    "id_rounded": Words(
        "身份证号被 Excel 当成数字截断了，末几位已丢失。请把该列设为文本后重新填写。",
        "Excel took the ID number for a number and cut its last digits. "
        "Make the column text and enter it again.",
    ),
    "two_phones": Words(
        "{field}里有多个号码，请只保留一个。",
        "{field} holds several numbers. Keep one.",
    ),
    "code_unknown": Words(
        "{field}“{value}”不在选项里，可填：{choices}。",
        '{field} "{value}" is not known. Use one of: {choices}.',
    ),
    "date_wrong": Words(
        "{field}“{value}”不是日期，请写成 2024-05-01。",
        '{field} "{value}" is not a date. Write it like 2024-05-01.',
    ),
    "floor_wrong": Words(
        "楼层“{value}”不是整数，请核对。",
        'The floor "{value}" is not a whole number. Please check it.',
    ),
    "door_twice": Words(
        "门牌号与第 {row} 行重复，请核对哪一行是对的。",
        "The door number is the same as in row {row}. Check which of them is right.",
    ),
    "number_twice": Words(
        "户号与第 {row} 行重复，请核对哪一行是对的。",
        "The household number is the same as in row {row}. Check which of them is right.",
    ),
    "id_twice": Words(
        "身份证号与第 {row} 行重复，请核对哪一行是对的。",
        "The ID number is the same as in row {row}. Check which of them is right.",
    ),
    "grid_unknown": Words(
        "没有找到网格“{value}”，或它不在您的管辖范围内。",
        'There is no grid "{value}", or it is outside your area.',
    ),
    "other_grid": Words(
        "这一户已登记在网格“{grid}”，请改到那个网格的表格里。",
        'This household is registered in the grid "{grid}". Import it with that grid.',
    ),
    "several_here": Words(
        "登记册里这个门牌有多户，户主都不是“{value}”，无法确定是哪一户。请填写户号。",
        'The register has several households at this door and none is headed by "{value}". '
        "Add the household number.",
    ),
    "not_head": Words(
        "这一行是家庭成员（{value}），不是户主。请每户只保留户主一行。",
        "This row is a family member ({value}), not the head. Keep one row per household.",
    ),
    "form_says": Words("{field}：{reason}", "{field}: {reason}"),
    "left_out": Words("您选择不导入这一行。", "You chose to leave this row out."),
    # A row that is imported, with something to know.
    "waits_for_decision": Words(
        "{field}有冲突待裁定，导入不会改动它。",
        "{field} waits for a decision; the import leaves it alone.",
    ),
    "head_not_listed": Words(
        "新户主不在这一户的居民名单里，请走访时核对。",
        "The new head is not among the residents of this household. Check it on a visit.",
    ),
    "from_id_number": Words(
        "性别和出生日期按身份证号填入。",
        "Sex and birth date are taken from the ID number.",
    ),
    # The commit.
    "already_done": Words("这份表格已经导入过了。", "This table has been imported already."),
    "register_moved": Words(
        "预检之后登记册有了新的变化，已重新预检。请再看一遍，然后确认导入。",
        "The register changed after the dry run. It was done again: look once more, then import.",
    ),
}
