"""A month of a grid's diary, as page and paper show it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from server.clock import beginning_of
from server.console.desk import Desk
from server.console.labels import Reader, Sight, label, rules_of
from server.console.titles import titles_of
from server.console.words import say
from server.db.engine import reading
from server.office.areas import areas
from server.office.people import AccountIdentity
from server.paper.blocks import Grid, Paper, Paragraph, Signatures
from server.register.names import names_of
from server.work.reading import WorkBook
from shared.changes import Answer
from shared.merge import shown
from shared.privacy import mask_numbers

KIND = "diary"
_OWN_WORDS = frozenset({"text", "action"})
"""Where somebody may have written a number down all the same: paper has none."""
WRITTEN_LATER_DAYS = 31
"""An entry may be written down so long after its day."""


class DiaryLine(Struct, frozen=True):
    """One entry."""

    day: str
    topic: str
    household: str
    text: str
    action: str
    who: str


class Diary(Struct, frozen=True):
    """The entries of a month, by day."""

    grid: str
    within: str
    month: date
    lines: Sequence[DiaryLine]


def diary_of(desk: Desk, who: AccountIdentity, grid: str, month: date, *, sight: Sight) -> Diary:
    """A grid's entries whose day lies in that month; `month` is its first day."""
    after = (month + timedelta(days=31)).replace(day=1)
    with reading(desk.engine) as conn:
        rows = [
            row
            for row in WorkBook(conn, who, desk.clock()).rows(KIND, [grid], beginning_of(month))
            if row.at < beginning_of(after + timedelta(days=WRITTEN_LATER_DAYS))
        ]
        names = names_of(conn, who.town, {row.author for row in rows})
        places = {area.id: area.name for area in areas(conn, who.town)}
        above = {area.id: area.parent_id or "" for area in areas(conn, who.town)}
    rules = rules_of(KIND)
    records = desk.register.records(who.town, [row.id for row in rows])
    told = {each: shown(record, rules) for each, record in records.items()}
    inside = f"{month:%Y-%m}-"
    rows.sort(key=lambda row: row.at)
    kept = [r for r in rows if str(told.get(r.id, {}).get("day") or "").startswith(inside)]
    with reading(desk.engine) as conn:
        homes = {str(told[row.id].get("household") or "") for row in kept}
        titles = titles_of(conn, who, homes, sight)
    reader = Reader(sight, titles)
    lines = [_line(told[row.id], reader, names.get(row.author, "")) for row in kept]
    ordered = sorted(lines, key=lambda line: line.day)
    return Diary(places.get(grid, ""), places.get(above.get(grid, ""), ""), month, ordered)


def diary_paper(diary: Diary) -> Paper:
    """The month on paper."""
    heads = (*(label(KIND, unit) for unit in ("day", "topic", "household", "text", "action")),)
    rows = tuple(
        (line.day, line.topic, line.household, line.text, line.action, line.who)
        for line in diary.lines
    )
    none = (Paragraph(say("diary.none")),)
    table = Grid((*heads, say("work.who")), rows, (2.2, 2, 2, 6, 5, 1.8))
    return Paper(
        title=say("diary.of", name=diary.grid, year=diary.month.year, month=diary.month.month),
        subtitle=" · ".join(part for part in (diary.within, _count(diary)) if part),
        blocks=(
            *((table,) if rows else none),
            Signatures((say("diary.leader"), say("inspection.day"))),
        ),
        foot="Doorstep",
    )


def _count(diary: Diary) -> str:
    return say("diary.count", n=len(diary.lines))


def _line(told: Mapping[str, Answer], reader: Reader, who: str) -> DiaryLine:
    def text(unit: str) -> str:
        words = reader.text(KIND, unit, told[unit]) if told.get(unit) else ""
        return mask_numbers(words) if unit in _OWN_WORDS else words

    return DiaryLine(
        day=str(told.get("day") or ""),
        topic=text("topic"),
        household=text("household"),
        text=text("text"),
        action=text("action"),
        who=who,
    )
