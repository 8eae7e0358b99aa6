"""Cards on A4, to be cut apart: service cards eight to a page, work cards ten."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from fpdf import FPDF
from msgspec import Struct

from server.paper.codes import draw_code
from server.paper.fonts import fonts_of
from server.paper.wrapping import wrapped

PADDING = 4.0
"""Millimetres, as all lengths here: inside each card, so that no cut touches a word."""
LINES_MAX = 18
"""Numbers that fit on a service card."""
_GREY = 150
_ROWS = LINES_MAX // 2
_LINE = 3.7
_HEAD, _FOOT = 5.2, 3.2
_TITLE, _BODY, _SMALL = 11.0, 7.5, 6.5
_CODE = 22.0

Card = TypeVar("Card")


class ServiceCard(Struct, frozen=True):
    """What one service card says."""

    title: str
    place: str
    """Whose card it is: community and grid."""
    people: str
    """Who works there, with their numbers."""
    lines: tuple[tuple[str, str], ...]
    """What for, and the number; LINES_MAX at the most."""
    station: str
    serial: str
    dated: str
    """Of which day the numbers are."""


class WorkCardFace(Struct, frozen=True):
    """What one work card says."""

    title: str
    town: str
    name: str
    staff: str
    areas: str
    until: str
    link: str
    """What its code opens."""
    hint: str
    """That anybody may scan it."""


class _Shape(Struct, frozen=True):
    """How cards lie on a page."""

    across: int
    down: int
    width: float
    height: float


_SERVICE = _Shape(2, 4, 95.0, 67.0)
_WORK = _Shape(2, 5, 90.0, 54.0)


def service_cards(cards: Sequence[ServiceCard]) -> bytes:
    """Service cards as PDF. Raises server.paper.fonts.NoFont."""
    words = "".join(
        f"{card.title}{card.place}{card.people}{card.station}{card.serial}{card.dated}"
        + "".join(label + number for label, number in card.lines)
        for card in cards
    )
    return _printed(cards, _SERVICE, words, _draw_service)


def work_cards(cards: Sequence[WorkCardFace]) -> bytes:
    """Work cards as PDF. Raises server.paper.fonts.NoFont."""
    words = "".join(f"{c.title}{c.town}{c.name}{c.staff}{c.areas}{c.until}{c.hint}" for c in cards)
    return _printed(cards, _WORK, words, _draw_work)


def _printed(
    cards: Sequence[Card],
    shape: _Shape,
    words: str,
    draw: Callable[[FPDF, Card, float, float], None],
) -> bytes:
    sheet = FPDF(format="A4")
    sheet.set_auto_page_break(auto=False)
    sheet.c_margin = 0
    left = (sheet.w - shape.across * shape.width) / 2
    top = (sheet.h - shape.down * shape.height) / 2
    with fonts_of(sheet, words):
        for page in _pages(cards, shape.across * shape.down):
            sheet.add_page()
            _cutting_lines(sheet, shape, left, top)
            for place, card in enumerate(page):
                row, column = divmod(place, shape.across)
                draw(sheet, card, left + column * shape.width, top + row * shape.height)
        return bytes(sheet.output())


def _pages(cards: Sequence[Card], size: int) -> Iterator[list[Card]]:
    rest = iter(cards)
    while page := list(islice(rest, size)):
        yield page


def _cutting_lines(sheet: FPDF, shape: _Shape, left: float, top: float) -> None:
    sheet.set_draw_color(_GREY)
    sheet.set_line_width(0.1)
    with sheet.local_context():
        sheet.set_dash_pattern(dash=1, gap=1.5)
        for column in range(shape.across + 1):
            x = left + column * shape.width
            sheet.line(x, top - 4, x, top + shape.down * shape.height + 4)
        for row in range(shape.down + 1):
            y = top + row * shape.height
            sheet.line(left - 4, y, left + shape.across * shape.width + 4, y)
    sheet.set_draw_color(0)


def _draw_service(sheet: FPDF, card: ServiceCard, left: float, top: float) -> None:
    x, width = left + PADDING, _SERVICE.width - 2 * PADDING
    y = top + PADDING
    y = _heading(sheet, (card.title, card.place), (x, y, width))
    y = _text(sheet, card.people, (x, y, width), ("", _BODY, _LINE, 2))
    y += 0.8
    sheet.set_line_width(0.25)
    sheet.line(x, y, x + width, y)
    y += 0.8
    column = width if len(card.lines) <= _ROWS else (width - 4) / 2
    for place, (label, number) in enumerate(card.lines[:LINES_MAX]):
        across, down = divmod(place, _ROWS)
        _number(sheet, (label, number), (x + across * (column + 4), y + down * _LINE, column))
    foot = top + _SERVICE.height - PADDING - 3 * _FOOT
    sheet.line(x, foot - 0.6, x + width, foot - 0.6)
    _text(sheet, card.station, (x, foot, width), ("", _SMALL, _FOOT, 2))
    _text(sheet, card.dated, (x, foot + 2 * _FOOT, width), ("", _SMALL, _FOOT, 1))
    sheet.set_font("paper", "B", _SMALL)
    sheet.set_xy(x, foot + 2 * _FOOT)
    sheet.cell(width, _FOOT, card.serial, align="R")


def _heading(sheet: FPDF, said: tuple[str, str], place: tuple[float, float, float]) -> float:
    """What card it is on the left, whose on the right; returns where the line ends."""
    x, y, width = place
    title, whose = said
    sheet.set_font("paper", "B", _TITLE)
    taken = sheet.get_string_width(title) + 3
    _text(sheet, title, (x, y, width), ("B", _TITLE, _HEAD, 1))
    sheet.set_font("paper", "B", _BODY)
    sheet.set_xy(x + taken, y)
    sheet.cell(width - taken, _HEAD, _fitting(sheet, whose, width - taken), align="R")
    return y + _HEAD


def _number(sheet: FPDF, line: tuple[str, str], place: tuple[float, float, float]) -> None:
    """What for on the left, the number on the right.

    A long name is set smaller, then gives way: never the number.
    """
    x, y, width = place
    label, number = line
    sheet.set_font("paper", "B", _BODY)
    taken = sheet.get_string_width(number) + 1.5
    sheet.set_xy(x, y)
    sheet.cell(width, _LINE, number, align="R")
    sheet.set_font("paper", "", _BODY)
    if sheet.get_string_width(label) > width - taken:
        sheet.set_font("paper", "", _SMALL)
    sheet.set_xy(x, y)
    sheet.cell(width - taken, _LINE, _fitting(sheet, label, width - taken))


def _draw_work(sheet: FPDF, card: WorkCardFace, left: float, top: float) -> None:
    x, y, width = left + PADDING, top + PADDING, _WORK.width - 2 * PADDING
    photo = (18.0, 24.0)
    y = _text(sheet, card.town, (x, y, width), ("", _BODY, _LINE, 1))
    y = _text(sheet, card.title, (x, y, width), ("B", _TITLE, 5.5, 2)) + 1
    sheet.set_line_width(0.2)
    sheet.rect(x, y, *photo)
    text = (x + photo[0] + 3, width - photo[0] - 3 - _CODE - 2)
    line = _text(sheet, card.name, (text[0], y, text[1]), ("B", 12.0, 6.0, 1))
    line = _text(sheet, card.staff, (text[0], line, text[1]), ("", _BODY, _LINE, 1))
    _text(sheet, card.areas, (text[0], line, text[1]), ("", _BODY, _LINE, 3))
    draw_code(sheet, card.link, (left + _WORK.width - PADDING - _CODE, y, _CODE))
    foot = top + _WORK.height - PADDING - 2 * _LINE
    foot = _text(sheet, card.until, (x, foot, width), ("B", _BODY, _LINE, 1))
    _text(sheet, card.hint, (x, foot, width), ("", _SMALL, _LINE, 1))


def _text(
    sheet: FPDF,
    text: str,
    place: tuple[float, float, float],
    type_: tuple[str, float, float, int],
) -> float:
    """Writes at (left, top, width) in (style, points, line, most lines); returns where it ends."""
    x, y, width = place
    style, points, line, most = type_
    sheet.set_font("paper", style, points)
    lines = list(wrapped(text, width, sheet.get_string_width)) if text else []
    if len(lines) > most:
        lines = [*lines[: most - 1], _fitting(sheet, "".join(lines[most - 1 :]), width)]
    for shown in lines:
        sheet.set_xy(x, y)
        sheet.cell(width, line, shown)
        y += line
    return y


def _fitting(sheet: FPDF, text: str, width: float) -> str:
    """The text, cut with an ellipsis where it is too long for its place."""
    if sheet.get_string_width(text) <= width:
        return text
    while text and sheet.get_string_width(text + "…") > width:
        text = text[:-1]
    return text + "…"
