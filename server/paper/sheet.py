"""From the blocks of a document to a PDF on A4."""

from collections.abc import Iterator

from fpdf import FPDF
from msgspec import Struct

from server.paper.blocks import (
    Block,
    Grid,
    Heading,
    Item,
    Option,
    PageBreak,
    Paper,
    Paragraph,
    Signatures,
    words_of,
)
from server.paper.codes import draw_code
from server.paper.fonts import fonts_of
from server.paper.pictures import draw_picture
from server.paper.wrapping import wrapped
from shared.forms.direction import reads_from_right

MARGIN = 15.0
"""Millimetres, as all lengths here: room for a binder's holes."""
LINE = 5.0
WRITING_LINE = 8.0
"""Between two lines that are written on by hand."""
BOX = 3.2
CODE = 22.0
NUMBER_WIDTH = 10.0
BODY, SMALL, LARGE, TITLE = 10.0, 8.0, 12.0, 16.0
"""Sizes of type, in points."""


def render(paper: Paper, *more: Paper) -> bytes:
    """The document as PDF, and others behind it. Raises server.paper.fonts.NoFont."""
    sheet = _Sheet(paper)
    with fonts_of(sheet, "".join(words_of(one) for one in (paper, *more))):
        for one in (paper, *more):
            sheet.begin(one, alone=not more)
            for block in one.blocks:
                sheet.block(block)
        return bytes(sheet.output())


class _Placed(Struct, frozen=True):
    """A box with its words, somewhere in a row of boxes."""

    option: Option
    x: float
    row: int


class _Sheet(FPDF):
    """The pages, and how each block is drawn on them."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(format="A4")
        self._paper = paper
        self._next: Paper | None = None
        self._before = 0
        """Pages of the documents before this one."""
        self._alone = True
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=MARGIN + LINE)
        self.set_title(paper.title)
        self.set_line_width(0.2)

    def begin(self, paper: Paper, *, alone: bool) -> None:
        """Goes on with a document on a page of its own."""
        self._next, self._alone = paper, alone
        self.add_page()

    def header(self) -> None:
        """On each page: what it is, and which one of its kind."""
        first = self._next is not None
        if self._next is not None:  # only now: the page before ends with its own foot
            self._paper, self._before, self._next = self._next, self.page_no() - 1, None
        top = self.t_margin
        if self._paper.code:
            draw_code(self, self._paper.code, (self.w - self.r_margin - CODE, top, CODE))
        self._type("B", TITLE if first else BODY)
        self._lines(self._paper.title, self.epw - CODE - LINE, TITLE * 0.45 if first else LINE)
        if first and self._paper.subtitle:
            self._type("", SMALL)
            self._lines(self._paper.subtitle, self.epw - CODE - LINE, LINE)
        below = top + CODE if self._paper.code else self.get_y()
        if self._paper.serial:
            self._type("", SMALL)
            self.set_xy(self.l_margin, max(self.get_y(), below - LINE))
            self.cell(self.epw - CODE - LINE, LINE, self._paper.serial)
            self.ln(LINE)
        self.set_y(max(self.get_y(), below) + 2)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(3)

    def footer(self) -> None:
        """At the bottom of each page."""
        self.set_y(-MARGIN)
        self._type("", SMALL)
        self.cell(self.epw - 20, LINE, self._paper.foot)
        page = self.page_no() - self._before
        self.cell(20, LINE, f"{page} / {{nb}}" if self._alone else str(page), align="R")

    def block(self, block: Block) -> None:
        """Draws one block below the last."""
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._type("", SMALL if block.small else BODY)
            self._lines(block.text, self.epw, LINE * (0.8 if block.small else 1))
            self.ln(2)
        elif isinstance(block, Item):
            self._item(block)
        elif isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Signatures):
            self._signatures(block)
        elif isinstance(block, PageBreak):
            self.add_page()
        else:
            draw_picture(self, block)

    def _type(self, style: str, size: float) -> None:
        self.set_font("paper", style, size)

    def _lines(self, text: str, width: float, height: float, x: float | None = None) -> None:
        left = self.l_margin if x is None else x
        for line in wrapped(text, width, self.get_string_width):
            self.set_x(left)
            self.cell(width, height, line, align="R" if reads_from_right(line) else "L")
            self.ln(height)

    def _keep(self, height: float) -> None:
        """Begins a new page where less than that is left of this one."""
        if self.will_page_break(min(height, self.eph / 2)):
            self.add_page()

    def _heading(self, block: Heading) -> None:
        self._keep(30)
        self.ln(3)
        self._type("B", LARGE)
        self._lines(block.text, self.epw, 7)
        self.ln(1)

    def _item(self, item: Item) -> None:
        left, width = self.l_margin + NUMBER_WIDTH, self.epw - NUMBER_WIDTH
        self._type("B", BODY)
        label = wrapped(item.label, width, self.get_string_width)
        self._type("", BODY)
        placed = list(self._placed(item.options, left, width))
        rows = placed[-1].row + 1 if placed else 0
        room = len(label) * LINE + rows * (LINE + 1.5) + item.lines * WRITING_LINE + LINE
        self._keep(room)
        self.set_x(self.l_margin)
        self.cell(NUMBER_WIDTH, LINE, item.number)
        self._type("B", BODY)
        self._lines(item.label, width, LINE, left)
        if item.hint:
            self._type("", SMALL)
            self._lines(item.hint, width, LINE * 0.8, left)
        self._type("", BODY)
        self._boxes(placed)
        if item.answer:
            self._lines(item.answer, width, LINE, left)
        for _ in range(item.lines):
            self._keep(WRITING_LINE)
            self.ln(WRITING_LINE)
            self.line(left, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(3)

    def _placed(self, options: tuple[Option, ...], left: float, width: float) -> Iterator[_Placed]:
        """The boxes, as many side by side as there is room for."""
        x, row = left, 0
        for option in options:
            wanted = BOX + 2 + self.get_string_width(option.text) + 6
            if x > left and x + wanted > left + width:
                x, row = left, row + 1
            yield _Placed(option, x, row)
            x += wanted

    def _boxes(self, placed: list[_Placed]) -> None:
        row = -1
        for one in placed:
            if one.row != row:
                if row >= 0:
                    self.ln(LINE + 1.5)
                self._keep(LINE + 1.5)
                row = one.row
            y = self.get_y() + 1
            self.rect(one.x, y, BOX, BOX)
            if one.option.marked:
                self.line(one.x, y, one.x + BOX, y + BOX)
                self.line(one.x, y + BOX, one.x + BOX, y)
            self.set_xy(one.x + BOX + 1.5, y - 1)
            self.cell(self.w - self.r_margin - one.x - BOX, LINE, one.option.text)
        if placed:
            self.ln(LINE + 1.5)

    def _grid(self, grid: Grid) -> None:
        shares = grid.widths or (1.0,) * len(grid.header)
        widths = [self.epw * share / sum(shares) for share in shares]
        self._row(grid.header, widths, grid.row_mm, "B")
        page = self.page_no()
        for row in grid.rows:
            self._keep(self._row_height(row, widths, grid.row_mm))
            if self.page_no() != page:
                page = self.page_no()
                self._row(grid.header, widths, grid.row_mm, "B")
            self._row(row, widths, grid.row_mm, "")
        self.ln(3)

    def _row_height(self, row: tuple[str, ...], widths: list[float], least: float) -> float:
        counts = (
            len(wrapped(cell, width - 2, self.get_string_width))
            for cell, width in zip(row, widths, strict=False)
        )
        return max(least, max(counts, default=1) * LINE + 1.5)

    def _row(self, row: tuple[str, ...], widths: list[float], least: float, style: str) -> None:
        self._type(style, SMALL + 1)
        height = self._row_height(row, widths, least)
        self._keep(height)
        x, y = self.l_margin, self.get_y()
        for cell, width in zip(row, widths, strict=False):
            self.rect(x, y, width, height)
            self.set_y(y + 0.75)
            self._lines(cell, width - 2, LINE, x + 1)
            x += width
        self.set_xy(self.l_margin, y + height)

    def _signatures(self, block: Signatures) -> None:
        self._keep(WRITING_LINE * 3)
        self.ln(WRITING_LINE * 1.5)
        width = self.epw / max(len(block.who), 1)
        y = self.get_y()
        self._type("", SMALL)
        for place, who in enumerate(block.who):
            x = self.l_margin + place * width
            self.line(x, y, x + width - 6, y)
            self.set_y(y + 1)
            self._lines(who, width - 6, LINE, x)
        self.ln(2)
