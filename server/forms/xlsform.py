"""Reading an XLSForm (Markdown, Excel or CSV) and turning it into an XForm with pyxform.

Two things are added to plain XLSForm: our `doorstep:` columns need no namespace declaration, and
`select_one codes:sex` offers the code table `sex` without listing it on the choices sheet.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from zipfile import BadZipFile

from msgspec import Struct
from msgspec.structs import replace
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from server.forms.bounds import check_packing, check_size
from server.forms.languages import language_code
from server.forms.problems import FormProblem, FormRefusedError, problem
from shared.codes import code_table

FORM_BYTES_MAX = 5 * 1024 * 1024
NAMESPACE = "urn:doorstep:form"
"""Of our own columns, in the compiled XForm."""
PREFIX = "doorstep"

Row = dict[str, str]


class Workbook(Struct, frozen=True):
    """The sheets that matter, as rows by column name. Row 2 of a sheet is the first here."""

    survey: Sequence[Row]
    choices: Sequence[Row]
    settings: Sequence[Row]
    external_choices: Sequence[Row] = ()
    """Lists of `select_one_external`; to us they are lists like any other."""
    other_sheets: Sequence[str] = ()
    """Those with something on them that a form could mean."""

    def type_at(self, row: int | None) -> str:
        """The question type on that row of the survey sheet."""
        return "" if row is None else self.survey[row - _HEADER_ROWS].get("type", "")

    @property
    def rows(self) -> dict[str, int]:
        """The row of each question and group on the survey sheet, by its path in the XForm."""
        return dict(_paths(self.survey))


class Compiled(Struct, frozen=True):
    """What pyxform makes of a workbook."""

    xform: str
    warnings: tuple[FormProblem, ...]


def read_workbook(document: bytes, suffix: str) -> Workbook:
    """The sheets of an XLSForm file; `suffix` is ".md", ".xlsx", ".xls" or ".csv".

    Raises FormRefusedError.
    """
    if len(document) > FORM_BYTES_MAX:
        raise FormRefusedError([problem("too_big", most=FORM_BYTES_MAX // 1024 // 1024)])
    check_packing(document)
    try:
        sheets = get_xlsform(document, file_type=suffix)
    except _UNREADABLE as error:
        raise FormRefusedError([problem("unreadable")]) from error
    workbook = Workbook(
        survey=[_plain(row) for row in sheets.survey or ()],
        choices=[_plain(row) for row in sheets.choices or ()],
        settings=[_plain(row) for row in sheets.settings or ()],
        external_choices=[_plain(row) for row in sheets.external_choices or ()],
        other_sheets=[name for name in _OTHER_SHEETS if getattr(sheets, name)],
    )
    lists = [*workbook.choices, *workbook.external_choices]
    check_size(workbook.survey, lists, workbook.settings)
    return workbook


def to_xform(workbook: Workbook) -> Compiled:
    """The workbook compiled by pyxform. Raises FormRefusedError with sheet and row."""
    _check_types(workbook.survey)
    survey = [dict(row) for row in workbook.survey]
    choices = [dict(row) for row in workbook.choices]
    choices += _external_rows(survey, workbook)
    for name, number in _code_lists(survey):
        choices += _code_rows(name, number, _label_columns(workbook))
    sheets = {"survey": survey, "choices": choices, "settings": _settings(workbook)}
    filled = {name: rows for name, rows in sheets.items() if rows}
    headers = {f"{name}_header": [_header(rows)] for name, rows in filled.items()}
    try:
        compiled = convert({**filled, **headers, "sheet_names": list(filled)}, form_name="data")
    except _REFUSALS as error:
        found = _placed("pyxform", str(error), workbook.survey)
        raise FormRefusedError([found]) from error
    warnings = tuple(
        _placed("pyxform_warning", warning, workbook.survey)
        for warning in compiled.warnings
        if not _is_ours(warning)
    )
    return Compiled(compiled.xform, warnings)


# What pyxform and the readers below it are known to raise for a file that is no workbook.
_UNREADABLE = (
    PyXFormError, BadZipFile, ValueError, LookupError, OSError, TypeError, AttributeError,
    RecursionError, SyntaxError, zlib.error, EOFError,
)  # fmt: skip
# What pyxform is known to raise for a form that it cannot compile.
_REFUSALS = (PyXFormError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_SELECT = re.compile(r"^(select_one|select_multiple|rank)\s+codes:(\S+)(.*)$")
_ROW = re.compile(r"\[row : (\d+)\]\s*")
_SHEET = re.compile(r"'(survey|choices|settings)' sheet")
_QUOTED = re.compile(r"'([^']+)'")
_LABEL = re.compile(r"^label(?:::.*)?$")
_HEADER_ROWS = 2
_OTHER_SHEETS = ("entities", "osm")
_EXTERNAL = re.compile(r"^select_one_external\b")
_MATRIX = re.compile(r"^(?:begin|end)[_ ](?:score|rank|kobomatrix)\b|^(?:score__row|rank__level)$")
"""Of KoboToolbox alone; pyxform would complain about something else."""
_NAG = re.compile(r"^\[row : \d+\] Use the max-pixels parameter")
_UNNAMED = re.compile(r"machine-readable codes: (.*)\. Learn more")


def _plain(row: Mapping[str, object]) -> Row:
    return {str(column): str(cell) for column, cell in row.items() if cell not in {None, ""}}


def _check_types(survey: Sequence[Row]) -> None:
    found = [
        replace(problem("unsupported_type", type=kind), sheet="survey", row=number, column="type")
        for number, row in enumerate(survey, start=_HEADER_ROWS)
        if _MATRIX.match(kind := row.get("type", "").strip())
    ]
    if found:
        raise FormRefusedError(found)


def _external_rows(survey: Sequence[Row], workbook: Workbook) -> Sequence[Row]:
    """The rows of external lists; questions that choose from them become ordinary ones."""
    if not workbook.external_choices:
        return ()
    for row in survey:
        if _EXTERNAL.match(row.get("type", "")):
            row["type"] = _EXTERNAL.sub("select_one", row["type"])
    return [
        {"list_name" if column == "list name" else column: cell for column, cell in row.items()}
        for row in workbook.external_choices
    ]


def _is_ours(warning: str) -> bool:
    """Whether we see to it ourselves: photos are made smaller, languages known by their names."""
    unnamed = _UNNAMED.search(warning)
    if unnamed:
        return all(language_code(name) != name for name in unnamed[1].split(", "))
    return _NAG.match(warning) is not None


def _header(rows: Sequence[Row]) -> dict[str, None]:
    return dict.fromkeys(column for row in rows for column in row)


def _placed(key: str, text: str, survey: Sequence[Row]) -> FormProblem:
    """The words of pyxform, with the row and the sheet that it names set apart."""
    row, sheet = _ROW.search(text), _SHEET.search(text)
    number = int(row[1]) if row else None if sheet else _row_of(_QUOTED.findall(text), survey)
    found = problem(key, why=_ROW.sub("", text).strip())
    return replace(found, sheet=sheet[1] if sheet else "survey" if number else "", row=number)


def _row_of(quoted: Sequence[str], survey: Sequence[Row]) -> int | None:
    """The first row whose type or name pyxform quotes, where it gives no row itself."""
    for number, row in enumerate(survey, start=_HEADER_ROWS):
        if row.get("type") in quoted or row.get("name") in quoted:
            return number
    return None


def _settings(workbook: Workbook) -> list[Row]:
    settings = dict(workbook.settings[0]) if workbook.settings else {}
    settings.pop("name", None)  # the root is always "data": our paths begin with it
    ours = f'{PREFIX}="{NAMESPACE}"'
    declared = settings.get("namespaces", "")
    settings["namespaces"] = declared if f"{PREFIX}=" in declared else f"{declared} {ours}".strip()
    return [settings]


def _code_lists(survey: Sequence[Row]) -> Iterator[tuple[str, int]]:
    """The code tables that questions ask for, each once; renames their types in place."""
    seen: set[str] = set()
    for number, row in enumerate(survey, start=_HEADER_ROWS):
        found = _SELECT.match(row.get("type", ""))
        if found is None:
            continue
        row["type"] = f"{found[1]} {found[2]}{found[3]}"
        if found[2] not in seen:
            seen.add(found[2])
            yield found[2], number


def _code_rows(name: str, number: int, labels: Mapping[str, str]) -> list[Row]:
    try:
        table = code_table(name)
    except LookupError as error:
        unknown = problem("unknown_table", name=name)
        place = replace(unknown, sheet="survey", row=number, column="type")
        raise FormRefusedError([place]) from error
    return [
        {"list_name": name, "name": code.code}
        | {column: code.zh if language == "zh" else code.en for column, language in labels.items()}
        for code in table.offered
    ]


def _label_columns(workbook: Workbook) -> dict[str, str]:
    """The survey's label columns, each with the language that a code table has for it."""
    columns = dict.fromkeys(
        column for row in workbook.survey for column in row if _LABEL.match(column)
    )
    chinese = re.compile(r"\(zh[\w-]*\)|::zh|中文|汉语")
    return {column: "zh" if chinese.search(column) else "en" for column in columns or ["label"]}


def _paths(survey: Sequence[Row]) -> Iterator[tuple[str, int]]:
    path = ["", "data"]
    for number, row in enumerate(survey, start=_HEADER_ROWS):
        kind = row.get("type", "").replace("_", " ").split()
        if kind[:1] == ["end"]:
            path = path[:-1] if len(path) > _HEADER_ROWS else path
        elif row.get("name"):
            yield "/".join([*path, row["name"]]), number
            if kind[:1] == ["begin"]:
                path.append(row["name"])
