"""`forms check`, `try`, `preview`: a spreadsheet form, before anybody is asked. No register."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import msgspec
import typer

from server.commands.speech import AsJson, answer_json, language, say
from server.forms.compiler import CompiledForm, compile_form
from server.forms.languages import language_code
from server.forms.linter import publishing_problems
from server.forms.problems import ADVICE, FormProblem, FormRefusedError
from server.forms.trial import Tried, UnknownPathError, try_form
from server.forms.xlsform import FORM_BYTES_MAX
from server.office.errors import refused
from shared.changes import Answer
from shared.forms.model import Form, encode_form

CLEAN, WARNED, UNUSABLE = 0, 1, 2
NO_KIND = "record"
"""A form that does not say what kind of record it is for can still be looked at."""

FormFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="XLSForm：xlsx、xls、csv、md · The form")
]
OfKind = Annotated[str, typer.Option("--kind", help="档案类别 · The kind of record")]


class Neighbours(Mapping[str, bytes]):
    """The files beside a form, or in the folder "<form>-media", each read when asked for."""

    def __init__(self, form: Path) -> None:
        self._folders = (form.with_name(f"{form.stem}-media"), form.parent)

    def __getitem__(self, name: str) -> bytes:
        for folder in self._folders:
            file = folder / Path(name).name
            if file.is_file():
                return file.read_bytes()
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (file.name for folder in self._folders for file in folder.glob("*.csv"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def check(file: FormFile, *, kind: OfKind = "", as_json: AsJson = False) -> None:
    """检查表单：0 可用，1 有提醒，2 不可用 · Check a form: 0 clean, 1 warnings, 2 unusable."""
    try:
        compiled = compiled_file(file, kind or NO_KIND)
        found = (*compiled.warnings, *publishing_problems(compiled))
    except FormRefusedError as error:
        compiled, found = None, error.problems
    if as_json:
        answer_json(_report(compiled, found))
    else:
        tell(compiled, found)
    raise typer.Exit(verdict(found))


def try_out(
    file: FormFile,
    *,
    answers: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="答案 JSON · The answers, as JSON")
    ],
    lang: Annotated[str, typer.Option(help="语言 · Language")] = "",
    now: Annotated[str, typer.Option(help="当作此刻，ISO 8601 · The time to pretend")] = "",
    as_json: AsJson = False,
) -> None:
    """按顺序填入答案，列出每道题的状态 · Fill a form in and tell how every question stands."""
    form = usable(file)
    given = _answers_in(answers)
    try:
        reader, at = language_code(lang) if lang else "", _moment(now)
        tried = try_form(form, given, language=reader, now=at, spoken=language())
    except UnknownPathError as error:
        raise refused(
            "path",
            f"表单里没有“{error}”这道题。",
            f'The form has no question "{error}".',
        ) from error
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(tried)).decode())
        return
    for one in tried:
        typer.echo(_line(one))


def preview(
    file: FormFile,
    *,
    port: Annotated[int, typer.Option(help="端口，0 为任选 · The port; 0 takes a free one")] = 0,
) -> None:
    """在浏览器里像手机一样填写，不保存 · See the form as phones show it; nothing is kept."""
    form = usable(file)
    with TemporaryDirectory(prefix="doorstep-form-") as folder:
        document = Path(folder) / "form.json"
        document.write_bytes(encode_form(form))
        # The app and the server never import each other: it is the same program that a worker runs.
        shown = [sys.executable, "-m", "mobile.app", "--preview", str(document)]
        raise typer.Exit(subprocess.run([*shown, "--port", str(port)], check=False).returncode)


def compiled_file(file: Path, kind: str) -> CompiledForm:
    """The form in the file, with the tables beside it. Raises FormRefusedError."""
    with file.open("rb") as document:
        content = document.read(FORM_BYTES_MAX + 1)
    return compile_form(content, file.suffix.lower(), kind, Neighbours(file))


def verdict(found: tuple[FormProblem, ...]) -> int:
    """The exit code for what is wrong with a form."""
    if any(problem.fatal for problem in found):
        return UNUSABLE
    return WARNED if any(problem.key not in ADVICE for problem in found) else CLEAN


def usable(file: Path) -> Form:
    """The form of a file; where there is none, its problems are told and the command ends."""
    try:
        return compiled_file(file, NO_KIND).form
    except FormRefusedError as error:
        tell(None, error.problems)
        raise typer.Exit(UNUSABLE) from error


def tell(compiled: CompiledForm | None, found: tuple[FormProblem, ...]) -> None:
    """Tells what is wrong with a form, or that it can be used."""
    for problem in found:
        if problem.key not in ADVICE:
            typer.echo(problem.sentence(language()))
    rows = [str(problem.row) for problem in found if problem.key in ADVICE]
    if rows:
        where = ", ".join(rows)
        say(f"没有写明采集用途的行：{where}", f"Rows without a purpose: {where}")
    if compiled is not None and verdict(found) != UNUSABLE:
        count = len(compiled.form.questions)
        say(f"可以使用：{count} 道题。", f"Can be used: {count} questions.")


def _report(compiled: CompiledForm | None, found: tuple[FormProblem, ...]) -> dict[str, object]:
    form = compiled.form if compiled else None
    about: dict[str, object] = {"usable": not any(problem.fatal for problem in found)}
    if form is not None:
        about |= {
            "id": form.id,
            "version": form.version,
            "kind": form.kind,
            "languages": list(form.languages),
            "questions": len(form.questions),
        }
    return about | {"problems": [_problem(problem) for problem in found]}


def _problem(problem: FormProblem) -> dict[str, object]:
    return {
        "key": problem.key,
        "level": "error" if problem.fatal else "advice" if problem.key in ADVICE else "warning",
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "message": problem.words.get(language()) or problem.words["en"],
    }


def _answers_in(file: Path) -> dict[str, Answer]:
    try:
        given: dict[str, Answer] = msgspec.json.decode(file.read_bytes(), type=dict[str, object])
    except msgspec.DecodeError as error:
        raise refused(
            "answers",
            "答案文件须是 JSON 对象：路径对应答案。",
            "The answers must be a JSON object from paths to answers.",
        ) from error
    return given


def _moment(now: str) -> datetime:
    try:
        return datetime.fromisoformat(now).astimezone() if now else datetime.now().astimezone()
    except ValueError as error:
        raise refused("now", "时间须如 2026-03-01T09:00。", "Write 2026-03-01T09:00.") from error


def _line(one: Tried) -> str:
    marks = [
        *(["*"] if one.required else []),
        *(["只读 read-only"] if one.readonly else []),
        *([] if one.relevant else ["不适用 not relevant"]),
        *([f"✗ {one.message}"] if not one.valid else []),
    ]
    value = "" if one.value is None else one.value
    return f"{one.path} = {value} {' '.join(marks)}".rstrip()
