"""What cards and boards say, from the directory, the stations and today's duties."""

from collections.abc import Collection, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.clock import town_time
from server.db.service_tables import BoardPrintRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, Level, areas
from server.office.audit import Deed
from server.office.roles import ROLE_WORDS, Action, Role
from server.paper.blocks import Block, Grid, Heading, Paper, Paragraph
from server.paper.cards import LINES_MAX, ServiceCard, WorkCardFace
from server.service.cards import Batch, serial_of
from server.service.directory import Edition, Line, edition_of, every_line, upward
from server.service.people import Person, people_in
from server.service.stations import Station, station_for, stations
from server.service.subjects import SUBJECT_WORDS
from server.service.work_cards import WorkCard
from shared.wire import Words


class Setting(Struct, frozen=True):
    """A grid with all that is printed of it."""

    grid: Area
    above: tuple[Area, ...]
    """The areas above it, the nearest first."""
    people: tuple[Person, ...]
    station: Station | None
    numbers: Edition

    @property
    def place(self) -> str:
        """Community and grid, as a person says it."""
        return " · ".join([*(area.name for area in self.above[:1]), self.grid.name])


class Printed(Struct, frozen=True):
    """The last board of a grid that went on paper."""

    digest: str
    printed_at: int


def settings_of(conn: Connection, town: str, grids: Collection[str], at: int) -> list[Setting]:
    """What is printed of grids at that time, in the order of their codes. Raises NotFound."""
    tree = areas(conn, town)
    every, places = every_line(conn, town), stations(conn, town)
    people = people_in(conn, town, grids, at)
    chosen = [area for area in tree if area.id in grids and area.level is Level.GRID]
    if len(chosen) < len(grids):
        raise NotFound
    found = []
    for grid in chosen:
        line = upward(tree, grid.id)
        found.append(
            Setting(
                grid=grid,
                above=tuple(line[1:]),
                people=people[grid.id],
                station=station_for(places, line),
                numbers=edition_of(every, line, at),
            )
        )
    return found


def service_cards_of(setting: Setting, batch: Batch, language: str) -> list[ServiceCard]:
    """A batch's cards, one after another by their numbers."""
    words = Words("便民服务卡", "Service card")
    lines = tuple((_label(line, language), line.number) for line in setting.numbers.lines)
    card = ServiceCard(
        title=_in(words, language),
        place=setting.place,
        people=_people(setting.people, language),
        lines=lines[:LINES_MAX],
        station=_station(setting.station),
        serial="",
        dated=_dated(setting.numbers, batch.printed_at, language),
    )
    return [
        msgspec.structs.replace(card, serial=serial_of(setting.grid.code, number))
        for number in batch.numbers
    ]


def left_out(setting: Setting) -> tuple[Line, ...]:
    """Numbers for which a card has no room."""
    return setting.numbers.lines[LINES_MAX:]


def work_card_faces(
    cards: Sequence[WorkCard], town: str, base: str, language: str
) -> list[WorkCardFace]:
    """What the cards say; `base` is where residents reach the server."""
    title = Words("网格员工作证", "Grid worker")
    hint = Words("扫码可核验此证今天是否有效", "Scan the code to see whether this card holds today")
    return [
        WorkCardFace(
            title=_in(title, language),
            town=town,
            name=card.name,
            staff=_in(Words(f"工号 {card.staff_no}", f"No. {card.staff_no}"), language),
            areas=_in(Words("、", ", "), language).join(card.areas),
            until=_in(
                Words(
                    f"有效期至 {_day(card.until - 1, 'zh')}", f"Until {_day(card.until - 1, 'en')}"
                ),
                language,
            ),
            link=f"{base}/w/{card.code}",
            hint=_in(hint, language),
        )
        for card in cards
    ]


def board_of(setting: Setting, at: int, language: str) -> Paper:
    """The notice board of a grid: who is there for you, where, and whom else to call."""

    def said(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    blocks: list[Block] = [Heading(said("本网格工作人员", "Who is there for you"))]
    header = (
        said("姓名", "Name"),
        said("岗位", "Post"),
        said("电话", "Phone"),
        said("工作", "Duties"),
    )
    rows = tuple(
        (person.name, _role(person, language), person.phone, person.duties)
        for person in setting.people
    )
    blocks.append(Grid(header, rows or (("", "", "", ""),), (2, 2, 3, 5), 9.0))
    if setting.station is not None:
        here = setting.station
        blocks += [
            Heading(said("服务站", "Service station")),
            Paragraph("\n".join(filter(None, (here.name, here.address, here.hours, here.phone)))),
        ]
    if setting.numbers.lines:
        blocks.append(Heading(said("常用电话", "Numbers")))
        cells = [
            (_label(line, language), line.number, line.hours) for line in setting.numbers.lines
        ]
        heads = (said("事项", "For"), said("电话", "Number"), said("时间", "Hours"))
        blocks.append(Grid(heads, tuple(cells), (4, 3, 3), 7.5))
    return Paper(
        title=said(f"{setting.grid.name}公示栏", f"{setting.grid.name}: who to turn to"),
        subtitle=" · ".join(area.name for area in reversed(setting.above)),
        blocks=tuple(blocks),
        foot=_until(setting.people, at, language),
    )


def digest_of(setting: Setting) -> str:
    """Of all that the board says, whatever the language and the day."""
    told = (
        setting.place,
        setting.people,
        setting.station,
        [(line.subject, line.name, line.number, line.hours) for line in setting.numbers.lines],
    )
    return sha256(msgspec.json.encode(told)).hexdigest()


def note_board(act: Act, setting: Setting) -> None:
    """Remembers what was printed, so that one sees when the board no longer holds."""
    act.require(Action.MANAGE_SERVICE)
    if setting.grid.id not in act.who.grids:
        raise NotFound
    where = (
        col(BoardPrintRow.town_id) == act.who.town,
        col(BoardPrintRow.grid) == setting.grid.id,
    )
    said = {"digest": digest_of(setting), "printed_at": act.now, "printed_by": act.who.id}
    changed = act.conn.execute(update(BoardPrintRow).where(*where).values(**said))
    if not changed.rowcount:
        row = {"town_id": act.who.town, "grid": setting.grid.id, **said}
        act.conn.execute(insert(BoardPrintRow).values(row))
    act.note(Deed.BOARD_PRINTED, setting.grid.id)


def printed_boards(conn: Connection, town: str) -> dict[str, Printed]:
    """The last board that was printed of each grid."""
    rows = conn.execute(select(BoardPrintRow).where(col(BoardPrintRow.town_id) == town))
    return {row.grid: Printed(row.digest, row.printed_at) for row in rows}


def _in(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en


def _label(line: Line, language: str) -> str:
    return line.name or _in(SUBJECT_WORDS[line.subject], language)


def _people(people: Sequence[Person], language: str) -> str:
    if not people:
        return ""
    told = _in(Words("、", ", "), language).join(f"{p.name} {p.phone}".strip() for p in people)
    return _in(Words(f"网格员：{told}", f"Grid workers: {told}"), language)


def _station(station: Station | None) -> str:
    if station is None:
        return ""
    return "　".join(filter(None, (station.name, station.address, station.hours, station.phone)))


def _dated(numbers: Edition, at: int, language: str) -> str:
    return _in(
        Words(
            f"号码截至 {_day(at, 'zh')}（第 {numbers.number} 版）",
            f"Numbers as of {_day(at, 'en')} (edition {numbers.number})",
        ),
        language,
    )


def _until(people: Sequence[Person], at: int, language: str) -> str:
    ends = min((person.until for person in people if person.until is not None), default=None)
    zh, en = f"{_day(at, 'zh')}制", f"As of {_day(at, 'en')}"
    if ends is not None:
        zh += f"，{_day(ends, 'zh')}起失效"
        en += f"; no longer holds from {_day(ends, 'en')}"
    else:
        zh += "，人员调整后失效"
        en += "; until somebody else takes over"
    return _in(Words(zh, en), language)


def _role(person: Person, language: str) -> str:
    return _in(ROLE_WORDS[Role(person.role)], language)


def _day(ms: int, language: str) -> str:
    at = town_time(ms)
    return f"{at.year}年{at.month}月{at.day}日" if language == "zh" else f"{at:%-d %b %Y}"
