"""What of an XLSForm's sheets will not work as its author meant, with its sheet and row.

pyxform drops what it does not know without a word; here every such cell is said.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from server.forms.problems import FormProblem, problem
from server.forms.xlsform import PREFIX, Row, Workbook

SURVEY_COLUMNS = frozenset(
    {
        "type", "name", "label", "caption", "hint", "guidance_hint", "required", "required_message",
        "requiredmsg", "relevant", "relevance", "constraint", "constraint_message",
        "constraining_message", "calculation", "calculate", "appearance", "default", "read_only",
        "readonly", "repeat_count", "count", "jr:count", "choice_filter", "parameters", "trigger",
        "disabled", "command", "comment", "comments", "note", "notes",
    }
)  # fmt: skip
BIND_COLUMNS = frozenset(
    {
        "relevant", "constraint", "required", "calculate", "readonly", "type", "jr:constraintmsg",
        "jr:requiredmsg", "jr:preload", "jr:preloadparams",
    }
)  # fmt: skip
CHOICE_COLUMNS = frozenset({"list_name", "list name", "name", "value", "label", "caption"})
SETTINGS_COLUMNS = frozenset(
    {
        "form_title", "set_form_title", "title", "form_id", "set_form_id", "id_string", "version",
        "default_language", "instance_name", "namespaces", "name", "style", "public_key",
        "submission_url", "auto_send", "auto_delete", "allow_choice_duplicates", "prefix",
        "omit_instanceid", "clean_text_values", "instance_id",
    }
)  # fmt: skip
APPEARANCES = frozenset(
    {
        "field-list", "multiline", "numbers", "minimal", "autocomplete", "search", "quick",
        "compact", "quickcompact", "horizontal", "horizontal-compact", "likert", "label",
        "list-nolabel", "list", "columns", "columns-pack", "no-buttons", "signature", "draw",
        "annotate", "new", "new-front", "new-rear", "year", "month-year", "no-calendar",
        "placement-map", "maps", "hide-input", "masked", "url", "email", "thousands-sep",
        "hidden-answer",
        "picker", "rating", "vertical", "table-list", "counter", "bearing", "front", "multiple",
    }
)  # fmt: skip
"""Those with a way of their own on the phone, and those whose plain way is as good."""
PARAMETERS = frozenset(
    {
        "start", "end", "step", "randomize", "seed", "value", "label", "max-pixels", "rows",
        "quality", "capture-accuracy", "tick_interval", "placeholder", "tick_labelset",
    }
)  # fmt: skip
UNRECORDED = frozenset(
    {"audit", "start-geopoint", "background-geopoint", "phonenumber", "simserial", "subscriberid",
     "email"}
)  # fmt: skip
MEDIA = re.compile(r"^(media::)?(image|audio|video|big-image)(::.*)?$")
UNSHOWN = re.compile(r"^(media::)?(audio|video|big-image)(::.*)?$")
"""Pictures have their own report (server/forms/pictures.py)."""


def sheet_problems(workbook: Workbook) -> Iterator[FormProblem]:
    """What is on the sheets and will not work."""
    for name in workbook.other_sheets:
        yield replace(problem("unknown_sheet", name=name), sheet=name)
    yield from _columns("survey", workbook.survey, _is_survey_column)
    yield from _columns("choices", workbook.choices, lambda _: True)
    yield from _columns("settings", workbook.settings, _is_settings_column)
    for number, row in enumerate(workbook.survey, start=2):
        for found in _row_problems(row):
            yield replace(found, sheet="survey", row=number)
    yield from _media("choices", workbook.choices)
    yield from _media("survey", workbook.survey)


def _row_problems(row: Row) -> Iterator[FormProblem]:
    kind = row.get("type", "").strip()
    if kind in UNRECORDED:
        yield replace(problem("not_recorded", type=kind), column="type")
    for word in row.get("appearance", "").split():
        if word not in APPEARANCES and not re.fullmatch(r"w\d+|columns-\d+|compact-\d+", word):
            yield replace(problem("unknown_appearance", word=word), column="appearance")
    for pair in re.split(r"[\s,;]+", re.sub(r"\s*=\s*", "=", row.get("parameters", ""))):
        word = pair.partition("=")[0]
        if word and word not in PARAMETERS:
            yield replace(problem("unknown_parameter", word=word), column="parameters")


def _columns(
    sheet: str, rows: Sequence[Row], known: Callable[[str], bool]
) -> Iterator[FormProblem]:
    """Each unknown column once, at the first row that has something in it."""
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        for column in row:
            if column not in seen and not known(column.strip().lower()):
                yield replace(problem("unknown_column"), sheet=sheet, row=number, column=column)
            seen.add(column)


def _media(sheet: str, rows: Sequence[Row]) -> Iterator[FormProblem]:
    for number, row in enumerate(rows, start=2):
        for column in row:
            if UNSHOWN.match(column.strip().lower()):
                yield replace(problem("media_ignored"), sheet=sheet, row=number, column=column)


def _is_survey_column(column: str) -> bool:
    base, _, rest = column.replace(" ", "_").partition("::")
    if base == "bind":
        return rest.startswith(f"{PREFIX}:") or rest in BIND_COLUMNS
    return base in SURVEY_COLUMNS or bool(MEDIA.match(column))


def _is_settings_column(column: str) -> bool:
    plain = column.replace(" ", "_")
    return plain in SETTINGS_COLUMNS or plain.startswith(f"attribute::{PREFIX}:")
