"""What a printed document consists of: values, drawn by sheet.py in the order they stand in.

All is black on white: what is marked differs by shape, never by colour alone.
"""

from typing import TypeAlias

from msgspec import Struct

from server.paper.pictures import Floors, Key, Plan, picture_words


class Heading(Struct, frozen=True):
    """Begins a part of the document; stays with what follows it."""

    text: str


class Paragraph(Struct, frozen=True):
    """Running text; `small` for what need not be read at arm's length."""

    text: str
    small: bool = False


class Option(Struct, frozen=True):
    """One box to tick."""

    text: str
    marked: bool = False


class Item(Struct, frozen=True):
    """One question with its answer, or with room for it."""

    label: str
    number: str = ""
    hint: str = ""
    answer: str = ""
    options: tuple[Option, ...] = ()
    lines: int = 1
    """Lines to write on; drawn below what is already answered, so that it can be put right."""


class Grid(Struct, frozen=True):
    """A table; its header is repeated on each page. Empty cells are there to be written in."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    """Shares of the page's width; equal where nothing is said."""
    row_mm: float = 7.0
    """The least height of a row."""


class Signatures(Struct, frozen=True):
    """Lines to sign on, side by side, each with who signs."""

    who: tuple[str, ...]


class PageBreak(Struct, frozen=True):
    """What follows begins on a new page."""


Block: TypeAlias = Heading | Paragraph | Item | Grid | Signatures | PageBreak | Key | Plan | Floors


class Paper(Struct, frozen=True):
    """One document."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    serial: str = ""
    """Printed under the code, on each page: what a person reads out or types."""
    code: str = ""
    """What the QR code at the top says; none where empty. Never a name or an answer."""
    foot: str = ""
    """At the bottom of each page, beside its number."""


def words_of(paper: Paper) -> str:
    """Everything that is written on it: the font needs just these characters."""
    parts = [paper.title, paper.subtitle, paper.serial, paper.foot]
    for block in paper.blocks:
        parts += _words(block)
    return "".join(parts)


def _words(block: Block) -> list[str]:
    if isinstance(block, Key | Plan | Floors):
        return picture_words(block)
    if isinstance(block, Heading | Paragraph):
        return [block.text]
    if isinstance(block, Item):
        marks = [option.text for option in block.options]
        return [block.number, block.label, block.hint, block.answer, *marks]
    if isinstance(block, Grid):
        return [*block.header, *(cell for row in block.rows for cell in row)]
    return list(block.who) if isinstance(block, Signatures) else []
