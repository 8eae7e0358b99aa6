"""`processing-record`: what is asked of people, why, on what basis and for how long."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from server.clock import town_time
from server.commands.opening import chosen_town, opened
from server.commands.speech import OfTown, hint, language
from server.rights.processing import Processed, gaps, processed

CSV_START = "\ufeff"
COLUMNS = (
    "kind", "version", "item", "label", "privacy", "purpose", "basis", "retention", "mandatory",
    "may_decline",
)  # fmt: skip
HEADS = {
    "zh": (
        "档案", "表单版本", "项目", "名称", "类别", "用途", "法律依据", "保存期限", "必填",
        "可不回答",
    ),
    "en": (
        "Record", "Form", "Item", "Label", "Class", "Purpose", "Basis", "Retention", "Mandatory",
        "May decline",
    ),
}  # fmt: skip


class As(StrEnum):
    """In which form."""

    CSV = "csv"
    """The record of processing: a line for each item."""
    IMPACT = "impact"
    """The draft of an impact assessment, as Markdown."""


def processing_record(
    to: Annotated[
        Path | None, typer.Option(help="写入文件，省略为标准输出 · File to write")
    ] = None,
    *,
    form: Annotated[As, typer.Option("--as", help="格式 · Format")] = As.CSV,
    town: OfTown = "",
) -> None:
    """个人信息处理记录和影响评估草稿 · Record of processing, and draft of its assessment."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        items = processed(services.register.forms(town_id), language())
        day = f"{town_time(services.clock()):%Y-%m-%d}"
    text = _table(items) if form is As.CSV else impact(items, day, language())
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
    open_ = list(gaps(items))
    for kind, item, gap in open_:
        hint(f"{kind}.{item} 缺少 {gap}", f"{kind}.{item} lacks its {gap}")
    if open_:
        raise typer.Exit(1)


def impact(items: Sequence[Processed], day: str, tongue: str) -> str:
    """The draft: what the forms say, in order, with the questions that a person answers."""
    zh = tongue == "zh"
    sensitive = [item for item in items if item.privacy == "S"]
    classes = Counter(item.privacy for item in items)
    lines = [
        f"# {'个人信息保护影响评估（草稿）' if zh else 'Impact assessment (draft)'} {day}",
        "",
        f"## {'处理的信息' if zh else 'What is processed'}",
        "",
        *(f"* {name}: {count}" for name, count in sorted(classes.items())),
        "",
        f"## {'敏感个人信息' if zh else 'Sensitive information'}",
        "",
        *(
            f"* {i.kind}.{i.item} {i.label}: {i.purpose} ({i.basis}, {i.retention})"
            for i in sensitive
        ),
        "",
        f"## {'由评估人填写' if zh else 'For a person to answer'}",
        "",
    ]
    asked = (
        ("处理目的是否合法、正当、必要", "Are the purposes lawful, legitimate and necessary?"),
        ("对个人权益的影响和风险", "What does it mean for people, and what may go wrong?"),
        ("保护措施是否与风险相适应", "Do the safeguards match the risks?"),
    )
    lines += [f"* {said[0] if zh else said[1]}: " for said in asked]
    return "\n".join(lines) + "\n"


def _said(item: Processed) -> str:
    stated = f"{item.purpose} ({item.basis}, {item.retention})"
    return f"* {item.kind}.{item.item} {item.label}: {stated}"


def _table(items: Sequence[Processed]) -> str:
    content = io.StringIO(newline="")
    rows = csv.writer(content)
    rows.writerow(HEADS[language()])
    for item in items:
        rows.writerow([_cell(getattr(item, name)) for name in COLUMNS])
    return CSV_START + content.getvalue()


def _cell(value: object) -> str:
    return "✓" if value is True else "" if value is False else str(value)
