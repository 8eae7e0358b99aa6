"""Pictures on documents: a map with its doors, a building floor by floor, the key to their signs.

Each sign is a letter in a shape, filled lightly: it is read without its colour, too.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fpdf import FPDF
from msgspec import Struct

_LIGHT: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "green": (205, 235, 205), "lime": (225, 240, 190), "teal": (195, 235, 228),
        "cyan": (200, 238, 245), "azure": (208, 228, 250), "blue": (200, 212, 250),
        "indigo": (216, 208, 248), "purple": (236, 208, 246), "pink": (250, 208, 228),
        "orange": (253, 222, 188), "yellow": (252, 240, 178), "gray": (222, 222, 222),
    }
)  # fmt: skip
"""The legend's colours as light fills: dark letters stay readable, on a grey print as well."""
_DOT = 2.6
"""Radius of a door on a map, millimetres, as all lengths here."""
_CELL = (15.0, 9.0)
_FLOOR_NAME = 9.0
_LINE = 5.0
_SMALL, _TINY = 8.0, 6.0


class Sign(Struct, frozen=True):
    """A letter on a colour of the legend."""

    letter: str
    colour: str
    text: str = ""
    """What it stands for."""


class Key(Struct, frozen=True):
    """The signs that a picture uses, each with what it stands for."""

    signs: tuple[Sign, ...]


class Spot(Struct, frozen=True):
    """A sign somewhere on a plan."""

    sign: Sign
    x: float
    y: float


class Plan(Struct, frozen=True):
    """A map in units of its own; it is made as large as the page allows."""

    width: float
    height: float
    outlines: tuple[tuple[tuple[float, float], ...], ...]
    spots: tuple[Spot, ...]
    bar: float
    """The scale bar's length in those units."""
    bar_text: str


class Cell(Struct, frozen=True):
    """A door of a building."""

    room: str
    sign: Sign
    marks: tuple[Sign, ...] = ()


class Floors(Struct, frozen=True):
    """One entrance of a building, from the top floor down."""

    name: str
    floors: tuple[tuple[str, tuple[Cell, ...]], ...]


Picture = Key | Plan | Floors


def picture_words(picture: Picture) -> list[str]:
    """Everything that is written in it."""
    if isinstance(picture, Key):
        return [part for sign in picture.signs for part in (sign.letter, sign.text)]
    if isinstance(picture, Plan):
        return [picture.bar_text, *(spot.sign.letter for spot in picture.spots)]
    cells = [cell for _, row in picture.floors for cell in row]
    marks = [mark.letter for cell in cells for mark in cell.marks]
    names = [name for name, _ in picture.floors]
    return [picture.name, *names, *marks, *(c.room + c.sign.letter for c in cells)]


def draw_picture(sheet: FPDF, picture: Picture) -> None:
    """Draws it below what is there, on a new page where there is no room."""
    if isinstance(picture, Key):
        _draw_key(sheet, picture)
    elif isinstance(picture, Plan):
        _draw_plan(sheet, picture)
    else:
        _draw_floors(sheet, picture)


def _draw_key(sheet: FPDF, key: Key) -> None:
    x = sheet.l_margin
    _keep(sheet, 2 * _LINE)
    sheet.set_font("paper", "", _SMALL)
    for sign in key.signs:
        wide = 2 * _DOT + 2 + sheet.get_string_width(sign.text) + 5
        if x + wide > sheet.w - sheet.r_margin:
            sheet.ln(_LINE + 2)
            _keep(sheet, _LINE + 2)
            x = sheet.l_margin
        _sign(sheet, sign, x + _DOT, sheet.get_y() + _LINE / 2)
        sheet.set_font("paper", "", _SMALL)
        sheet.set_xy(x + 2 * _DOT + 1.5, sheet.get_y())
        sheet.cell(wide, _LINE, sign.text)
        x += wide
    sheet.ln(_LINE + 3)


def _draw_plan(sheet: FPDF, plan: Plan) -> None:
    _keep(sheet, sheet.eph * 0.6)
    room = sheet.h - sheet.b_margin - sheet.get_y() - 12
    scale = min(sheet.epw / plan.width, room / plan.height)
    left = sheet.l_margin + (sheet.epw - plan.width * scale) / 2
    top = sheet.get_y()
    sheet.set_line_width(0.4)
    for outline in plan.outlines:
        sheet.polygon([(left + x * scale, top + y * scale) for x, y in outline], style="D")
    sheet.set_line_width(0.2)
    for spot in plan.spots:
        _sign(sheet, spot.sign, left + spot.x * scale, top + spot.y * scale)
    below = top + plan.height * scale + 2
    _north(sheet, sheet.w - sheet.r_margin - 5, top + 2)
    sheet.set_line_width(0.5)
    sheet.line(left, below, left + plan.bar * scale, below)
    sheet.set_line_width(0.2)
    sheet.set_font("paper", "", _SMALL)
    sheet.set_xy(left, below + 1)
    sheet.cell(sheet.epw, _LINE, plan.bar_text)
    sheet.set_xy(sheet.l_margin, below + _LINE + 3)


def _draw_floors(sheet: FPDF, entrance: Floors) -> None:
    wide, high = _CELL
    _keep(sheet, high * min(len(entrance.floors), 6) + 2 * _LINE)
    if entrance.name:
        sheet.set_font("paper", "B", _SMALL + 1)
        sheet.cell(sheet.epw, _LINE, entrance.name)
        sheet.ln(_LINE + 1)
    across = int((sheet.epw - _FLOOR_NAME) // wide)
    for name, cells in entrance.floors:
        for start in range(0, max(len(cells), 1), across):
            _keep(sheet, high)
            y = sheet.get_y()
            sheet.set_font("paper", "", _SMALL)
            sheet.set_xy(sheet.l_margin, y)
            sheet.cell(_FLOOR_NAME, high, name if start == 0 else "")
            for place, cell in enumerate(cells[start : start + across]):
                _cell(sheet, cell, sheet.l_margin + _FLOOR_NAME + place * wide, y)
            sheet.set_xy(sheet.l_margin, y + high)
    sheet.ln(3)


def _cell(sheet: FPDF, cell: Cell, x: float, y: float) -> None:
    wide, high = _CELL
    sheet.set_fill_color(*_LIGHT.get(cell.sign.colour, (255, 255, 255)))
    sheet.rect(x, y, wide, high, style="DF")
    sheet.set_font("paper", "B", _SMALL)
    sheet.set_xy(x + 0.8, y)
    sheet.cell(4, high / 2, cell.sign.letter)
    sheet.set_font("paper", "", _TINY)
    sheet.set_xy(x + 4, y)
    sheet.cell(wide - 4.5, high / 2, cell.room[-7:], align="R")
    for place, mark in enumerate(cell.marks[:3]):
        _sign(sheet, mark, x + 2.8 + place * 4.6, y + high * 0.72, radius=2.0)


def _sign(sheet: FPDF, sign: Sign, x: float, y: float, *, radius: float = _DOT) -> None:
    sheet.set_fill_color(*_LIGHT.get(sign.colour, (255, 255, 255)))
    sheet.circle(x, y, radius, style="DF")
    sheet.set_font("paper", "B", _TINY if len(sign.letter) > 1 or radius < _DOT else _SMALL)
    at = sheet.get_y()
    sheet.set_xy(x - radius, y - radius)
    sheet.cell(2 * radius, 2 * radius, sign.letter, align="C")
    sheet.set_xy(sheet.l_margin, at)


def _north(sheet: FPDF, x: float, y: float) -> None:
    """An arrow: maps are drawn with the north above."""
    sheet.line(x, y + 9, x, y + 4)
    sheet.polygon([(x, y), (x - 1.6, y + 4.2), (x + 1.6, y + 4.2)], style="D")
    sheet.set_font("paper", "B", _SMALL)
    sheet.set_xy(x - 3, y + 9)
    sheet.cell(6, 4, "N", align="C")


def _keep(sheet: FPDF, height: float) -> None:
    if sheet.will_page_break(min(height, sheet.eph)):
        sheet.add_page()
