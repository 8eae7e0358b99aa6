"""A summary as a document: to go on writing (DOCX), to print (PDF), to reckon with (CSV)."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

from docx import Document
from docx.document import Document as Writing
from docx.oxml.ns import qn
from docx.shared import Pt

from server.clock import town_time
from server.paper.blocks import Block, Grid, Heading, Paper, Paragraph, Signatures
from server.paper.sheet import render
from server.summary.text import days_of, draft, percent, texts, title_of
from server.summary.values import Figure, Summary

CSV_START = "\ufeff"
"""Tells spreadsheet programs that the text is UTF-8."""
_FONT = "宋体"
"""Every desk in the office has it; where it is missing, another is taken."""
_HEADS = {"zh": ("项目", "数量", "占比"), "en": ("What", "Number", "Share")}
_SIGN = {"zh": ("填报人", "审核人"), "en": ("Written by", "Checked by")}


def as_pdf(summary: Summary, language: str) -> bytes:
    """On A4, with the figures in a table at its end. Raises server.paper.fonts.NoFont."""
    blocks: list[Block] = []
    for paragraph in draft(summary, language):
        blocks += [Heading(paragraph.heading), Paragraph(paragraph.text)]
    blocks.append(Signatures(_SIGN[language]))
    for section in summary.sections:
        blocks += [
            Heading(texts(language)["heading"][section.part]),
            Grid(_HEADS[language], tuple(_row(f, language) for f in section.figures), (6, 2, 2)),
        ]
    return render(
        Paper(
            title=title_of(summary, language),
            subtitle=days_of(summary, language),
            blocks=tuple(blocks),
            foot=_made(summary),
        )
    )


def as_docx(summary: Summary, language: str) -> bytes:
    """The draft, with the figures in a table at its end, for a word processor."""
    document = Document()
    _plain(document, summary)
    document.add_heading(title_of(summary, language), level=0)
    document.add_paragraph(days_of(summary, language))
    for paragraph in draft(summary, language):
        document.add_heading(paragraph.heading, level=1)
        document.add_paragraph(paragraph.text)
    for section in summary.sections:
        document.add_heading(texts(language)["heading"][section.part], level=2)
        table = document.add_table(rows=1, cols=len(_HEADS[language]), style="Table Grid")
        for cell, head in zip(table.rows[0].cells, _HEADS[language], strict=True):
            cell.text = head
        for figure in section.figures:
            for cell, text in zip(table.add_row().cells, _row(figure, language), strict=True):
                cell.text = text
    document.add_paragraph(_made(summary))
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def as_csv(summary: Summary, language: str) -> bytes:
    """A line for each figure: section, figure, number, of how many, median of days."""
    content = StringIO(newline="")
    lines = csv.writer(content)
    lines.writerow(("part", "key", "label", "number", "of", "days"))
    labels = texts(language)["figure"]
    for part, figure in summary.every():
        days = "" if figure.days is None else f"{figure.days:.2f}"
        of = "" if figure.of is None else figure.of
        lines.writerow((part.value, figure.key, labels[figure.key], figure.number, of, days))
    return (CSV_START + content.getvalue()).encode()


def _plain(document: Writing, summary: Summary) -> None:
    """A font that has Chinese, and no trace of when and by whom the file was made."""
    style = document.styles["Normal"]
    style.font.name = _FONT
    style.font.size = Pt(12)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(script), _FONT)
    about = document.core_properties
    about.author, about.title, about.comments = "Doorstep", summary.asked.area.name, ""
    about.created = about.modified = datetime.fromtimestamp(summary.asked.now / 1000, UTC)


def _row(figure: Figure, language: str) -> tuple[str, str, str]:
    share = "" if figure.of is None else percent(figure)
    return texts(language)["figure"][figure.key], str(figure.number), share


def _made(summary: Summary) -> str:
    return f"Doorstep · {town_time(summary.asked.now):%Y-%m-%d %H:%M}"
