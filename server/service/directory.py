"""The directory of numbers: one place to change, dated, and what a card prints.

A line is never changed: it ends, and another begins. So an edition (the numbers as they stood on
a day) can be printed again, and a card says which one it shows.
"""

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.service_tables import DirectoryRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, areas, areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.service.subjects import NATIONAL, SUBJECT_WORDS, Subject

NAME_MAX = 40
HOURS_MAX = 40
_NUMBER = re.compile(r"\+?[0-9][0-9 \-]{1,17}(?:(?:转|ext\.? ?)[0-9]{1,6})?")
_PLACE = {subject: place for place, subject in enumerate(Subject)}


class Line(Struct, frozen=True, kw_only=True):
    """One number of the directory."""

    id: str
    area_id: str
    subject: Subject
    name: str
    number: str
    hours: str
    valid_from: int
    valid_to: int | None = None

    def stands(self, at: int) -> bool:
        """Whether the line held at that time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Written(Struct, frozen=True):
    """What somebody typed of a line."""

    area_id: str
    subject: str
    number: str
    name: str = ""
    hours: str = ""


class Edition(Struct, frozen=True):
    """The numbers that hold for an area at a time: its own and those of the areas above it."""

    number: int
    """How often anything in it was changed: the first is 1."""
    since: int | None
    """The last change before that time, ms; none while the directory is empty."""
    lines: tuple[Line, ...]
    """In the order of the subjects, the nearer area's first, then of the numbers."""


def lines_seen(conn: Connection, town: str, area_id: str, at: int) -> list[Line]:
    """The lines that hold at that time in an area, in those below it and in those above it."""
    tree = areas(conn, town)
    concerned = {area.id for area in upward(tree, area_id)}
    concerned |= {area.id for area in areas_below(conn, town, area_id)}
    found = [line for line in _lines(conn, town, sorted(concerned)) if line.stands(at)]
    return sorted(found, key=lambda line: (_PLACE[line.subject], line.area_id, line.number))


def every_line(conn: Connection, town: str) -> Sequence[Line]:
    """All lines of a town, also those that have ended."""
    return _lines(conn, town, [area.id for area in areas(conn, town)])


def edition_of(every: Sequence[Line], line_of_areas: Sequence[Area], at: int) -> Edition:
    """The directory of an area at a time; `line_of_areas` as of `upward`."""
    near = {area.id: place for place, area in enumerate(line_of_areas)}
    concerned = [line for line in every if line.area_id in near]
    moments = {
        moment
        for line in concerned
        for moment in (line.valid_from, line.valid_to)
        if moment is not None and moment <= at
    }
    shown = sorted(
        (line for line in concerned if line.stands(at)),
        key=lambda line: (_PLACE[line.subject], near[line.area_id], line.number),
    )
    return Edition(len(moments), max(moments, default=None), tuple(shown))


def edition(conn: Connection, town: str, area_id: str, at: int) -> Edition:
    """The directory of an area at a time. Raises NotFound for no such area."""
    tree = areas(conn, town)
    every = _lines(conn, town, [area.id for area in tree])
    return edition_of(every, upward(tree, area_id), at)


def upward(tree: Sequence[Area], area_id: str) -> list[Area]:
    """The area and those above it, the nearest first. Raises NotFound for no such area."""
    by_id = {area.id: area for area in tree}
    found: list[Area] = []
    next_id: str | None = area_id
    while next_id is not None:
        if next_id not in by_id:
            raise NotFound
        found.append(by_id[next_id])
        next_id = by_id[next_id].parent_id
    return found


def add_line(act: Act, written: Written) -> Line:
    """Adds a number for an area of the actor."""
    act.require(Action.MANAGE_SERVICE)
    _within(act, written.area_id)
    return _added(act, _checked(act, written))


def change_line(act: Act, line_id: str, written: Written) -> None:
    """Ends a line and adds what it says now; nothing happens where it says the same."""
    act.require(Action.MANAGE_SERVICE)
    old = _found(act, line_id)
    _within(act, written.area_id)
    new = _checked(act, written)
    same = msgspec.structs.replace(new, id=old.id, valid_from=old.valid_from) == old
    if not same:
        _end(act, old)
        _added(act, new)


def end_line(act: Act, line_id: str) -> None:
    """Takes a number out of the directory; what was printed with it stays known."""
    act.require(Action.MANAGE_SERVICE)
    _end(act, _found(act, line_id))
    act.note(Deed.DIRECTORY_CHANGED, line_id)


def add_national(act: Act, town_area_id: str, language: str) -> None:
    """Adds the numbers that are the same everywhere, where the town has none of them yet."""
    act.require(Action.MANAGE_SERVICE)
    _within(act, town_area_id)
    have = {line.number for line in edition(act.conn, act.who.town, town_area_id, act.now).lines}
    for subject, words, number in NATIONAL:
        if number not in have:
            name = words.zh if language == "zh" else words.en
            _added(act, _checked(act, Written(town_area_id, subject, number, name)))


def _lines(conn: Connection, town: str, area_ids: Sequence[str]) -> list[Line]:
    rows = conn.execute(
        select(DirectoryRow)
        .where(col(DirectoryRow.town_id) == town, col(DirectoryRow.area_id).in_(area_ids))
        .order_by(col(DirectoryRow.id))
    )
    return [msgspec.convert(row, Line, from_attributes=True) for row in rows]


def _found(act: Act, line_id: str) -> Line:
    """The line, if it holds now and lies in the actor's area."""
    reach = [area.id for area in areas_below(act.conn, act.who.town, act.who.area_id)]
    for line in _lines(act.conn, act.who.town, reach):
        if line.id == line_id and line.stands(act.now):
            return line
    raise NotFound


def _within(act: Act, area_id: str) -> None:
    if not any(
        area.id == area_id and area.stands(act.now)
        for area in areas_below(act.conn, act.who.town, act.who.area_id)
    ):
        raise NotFound


def _checked(act: Act, written: Written) -> Line:
    number = " ".join(written.number.split())
    if written.subject not in SUBJECT_WORDS:
        raise refused("subject", "请选择事项。", "Choose a subject.")
    if not _NUMBER.fullmatch(number):
        raise refused(
            "phone_number",
            "号码只能由数字、空格和短横组成，例如 0510-1234567 或 12345。",
            "A number has digits, spaces and dashes, such as 0510-1234567 or 12345.",
        )
    return Line(
        id=new_id(act.now),
        area_id=written.area_id,
        subject=Subject(written.subject),
        name=_short(written.name, NAME_MAX),
        number=number,
        hours=_short(written.hours, HOURS_MAX),
        valid_from=act.now,
    )


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    if len(text) > most or not (text.isprintable() or not text):
        raise refused(
            "too_long", f"文字请不超过 {most} 个字。", f"No more than {most} characters, please."
        )
    return text


def _added(act: Act, line: Line) -> Line:
    values = {**msgspec.structs.asdict(line), "subject": line.subject.value}
    act.conn.execute(insert(DirectoryRow).values(town_id=act.who.town, **values))
    act.note(Deed.DIRECTORY_CHANGED, line.id)
    return line


def _end(act: Act, line: Line) -> None:
    act.conn.execute(
        update(DirectoryRow)
        .where(col(DirectoryRow.town_id) == act.who.town, col(DirectoryRow.id) == line.id)
        .values(valid_to=act.now)
    )
