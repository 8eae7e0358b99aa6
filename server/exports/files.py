"""Tables as files: CSV, XLSX, GeoJSON and JSON lines, each readable by what others use.

No cell is ever a formula: a spreadsheet would run what a stranger typed at a door.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

import msgspec

from server.exports.columns import Cell, Column
from server.exports.cover import Cover, Format
from server.exports.workbook import XLSX, Sheet, write_workbook

_FORMULA = re.compile(r"^\s*[=+\-@]|^[\t\r\n]")
MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: XLSX,
    Format.GEOJSON: "application/geo+json",
    Format.JSONL: "application/x-ndjson",
}
ZIP = "application/zip"


@dataclass(frozen=True)
class Line:
    """One record of a table."""

    cells: tuple[Cell, ...]
    place: tuple[float, float] | None = None
    """Longitude and latitude, WGS 84."""


@dataclass(frozen=True)
class Table:
    """Records of one kind. Its lines are read once."""

    kind: str
    title: str
    columns: tuple[Column, ...]
    lines: Iterator[Line]
    parts: tuple["Table", ...] = ()
    """Tables of the instances of its repeats; a workbook has a sheet for each."""


def write_file(format: Format, tables: Sequence[Table], cover: Cover, file: BinaryIO) -> int:
    """Writes the tables; answers how many records they had. Several as CSV are a ZIP of files."""
    match format:
        case Format.CSV if len(tables) > 1:
            return _write_zip(tables, file)
        case Format.CSV:
            return sum(_csv(table, file) for table in tables)
        case Format.XLSX:
            parts = [part for table in tables for part in table.parts]
            return write_workbook(_sheets(tables), cover, file, parts=_sheets(parts))
        case Format.GEOJSON:
            return _write_geojson(tables, cover, file)
        case Format.JSONL:
            return _write_jsonl(tables, file)


def _sheets(tables: Sequence[Table]) -> list[Sheet]:
    return [(t.title, t.columns, (line.cells for line in t.lines)) for t in tables]


def file_name(format: Format, tables: int, stem: str) -> tuple[str, str]:
    """What the file is called, and its media type."""
    if format is Format.CSV and tables > 1:
        return f"{stem}.zip", ZIP
    return f"{stem}.{format}", MEDIA_TYPES[format]


def harmless(cell: Cell) -> Cell:
    """A text as a spreadsheet may open it: one that it would run begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def plain(cell: Cell) -> Cell:
    """A cell for JSON: dates and moments as ISO 8601."""
    return cell.isoformat() if isinstance(cell, date | datetime) else cell


def _csv(table: Table, file: BinaryIO) -> int:
    # Excel takes it for UTF-8 only with the mark.
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([harmless(column.heading) for column in table.columns])
    count = 0
    for line in table.lines:
        writer.writerow([_csv_cell(cell) for cell in line.cells])
        count += 1
    text.detach()
    return count


def _csv_cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return harmless(plain(cell))


def _write_zip(tables: Sequence[Table], file: BinaryIO) -> int:
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            with archive.open(f"{table.kind}.csv", "w") as part:
                content = io.BytesIO()
                count += _csv(table, content)
                part.write(content.getvalue())
    return count


def _write_jsonl(tables: Sequence[Table], file: BinaryIO) -> int:
    count = 0
    for table in tables:
        for line in table.lines:
            file.write(msgspec.json.encode({"kind": table.kind} | _named(table, line)) + b"\n")
            count += 1
    return count


def _write_geojson(tables: Sequence[Table], cover: Cover, file: BinaryIO) -> int:
    """One FeatureCollection (RFC 7946); what has no known place has no geometry."""
    about = {"mark": cover.mark, "purpose": cover.purpose, "reason": cover.reason}
    head = b'{"type":"FeatureCollection","about":' + msgspec.json.encode(about)
    file.write(head + b',"features":[')
    count = 0
    for table in tables:
        for line in table.lines:
            feature = {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": line.place} if line.place else None,
                "properties": {"kind": table.kind} | _named(table, line),
            }
            file.write((b",\n" if count else b"\n") + msgspec.json.encode(feature))
            count += 1
    file.write(b"\n]}\n")
    return count


def _named(table: Table, line: Line) -> dict[str, Cell]:
    names = (column.name for column in table.columns)
    return {name: plain(cell) for name, cell in zip(names, line.cells, strict=True)}
