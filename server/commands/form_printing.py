"""`forms print`: a blank form on paper."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.forms import FormFile, usable
from server.commands.speech import say
from server.forms.languages import language_code
from server.forms.paper import Head, form_paper
from server.paper.sheet import render


def print_out(
    file: FormFile,
    to: Annotated[Path, typer.Argument(dir_okay=False, help="PDF 文件 · The PDF to write")],
    *,
    lang: Annotated[str, typer.Option(help="语言 · Language")] = "",
) -> None:
    """打印空白表，A4 · Write the blank form as a PDF on A4."""
    form = usable(file)
    reader = language_code(lang) if lang else form.default_language
    to.write_bytes(render(form_paper(form, reader, Head())))
    say(f"已写入 {to}。", f"Wrote {to}.")
