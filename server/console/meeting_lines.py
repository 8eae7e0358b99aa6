"""The sheet of a meeting and the meetings so far, as page and paper show them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection

from server.console.codes import code_name
from server.console.labels import Sight
from server.console.titles import case_title, titles_of
from server.console.words import say
from server.meetings.agenda import Agenda, Point, agenda_of
from server.meetings.minutes import Meeting
from server.office.areas import Area, Level, areas_below
from server.office.people import AccountIdentity
from server.paper.blocks import Block, Grid, Heading, Paper, Paragraph, Signatures
from server.register.names import names_of
from server.summary.values import Asked, Item
from server.work.reading import CASE, Seen, Sought, WorkBook

LINES_MAX = 60
"""Lines of one point; its number is exact."""
NOTE_ROWS = 4
"""Empty rows for tasks on paper."""
LISTS: Mapping[Point, str] = MappingProxyType({Point.CONFLICTS: "/conflicts", Point.HELD: "/held"})
BEHIND: Mapping[Point, str] = MappingProxyType(
    {
        Point.OVERDUE: "cases_overdue",
        Point.OPEN: "cases_open",
        Point.NEW: "cases_found",
        Point.REFUSALS: "visits_refused",
        Point.NIL_MISSING: "nil_missing",
        Point.CONTRADICTED: "nil_contradicted",
    }
)
"""The figure of the summary whose list has everything that a point is about."""


class Line(Struct, frozen=True):
    """One thing that a point of the sheet names."""

    title: str
    path: str


class PointLines(Struct, frozen=True):
    """A point of the sheet as it is shown."""

    point: str
    number: int
    lines: Sequence[Line]
    every: str
    """The address of the list that has all of them."""

    @property
    def more(self) -> int:
        """How many are not named here."""
        return self.number - len(self.lines)


class TaskLine(Struct, frozen=True):
    """A task of a meeting, as its case stands."""

    case: str
    grid: str
    phase: str
    open: bool


class Past(Struct, frozen=True):
    """A meeting that was held, as it is shown."""

    meeting: Meeting
    area: str
    writer: str
    tasks: Sequence[TaskLine]


class MeetingPage(Struct, frozen=True):
    """What the page shows."""

    agenda: Agenda
    points: Sequence[PointLines]
    past: Sequence[Past]
    areas: Sequence[Area]
    grids: Sequence[Area]


def meeting_page(
    conn: Connection, who: AccountIdentity, asked: Asked, held: Sequence[Meeting], *, sight: Sight
) -> MeetingPage:
    """What the page shows, read in one go."""
    agenda = agenda_of(conn, asked)
    tree = areas_below(conn, who.town, who.area_id)
    places = {area.id: area.name for area in tree}
    return MeetingPage(
        agenda=agenda,
        points=_points(agenda, titles_of(conn, who, _records(agenda), sight)),
        past=_past(conn, who, held, places, now=asked.now),
        areas=tree,
        grids=[one for one in tree if one.level is Level.GRID and one.stands(asked.now)],
    )


def paper_of(page: MeetingPage) -> Paper:
    """The sheet on paper, with room for what is agreed."""
    asked = page.agenda.asked
    blocks: list[Block] = []
    for point in page.points:
        blocks.append(Heading(f"{say('meeting.' + point.point)}  {point.number}"))
        if point.lines:
            named = [f"· {line.title}" for line in point.lines]
            more = [say("meeting.more", n=point.more)] if point.more else []
            blocks.append(Paragraph("\n".join(named + more)))
    heads = (say("meeting.task"), say("meeting.task_grid"), say("meeting.task_due"))
    empty = tuple(("", "", "") for _ in range(NOTE_ROWS))
    blocks += [Heading(say("meeting.tasks")), Grid(heads, empty, (6, 3, 2), 10.0)]
    blocks.append(Signatures((say("meeting.chair"), say("meeting.writer"))))
    return Paper(
        title=f"{asked.area.name} · {say('meeting.sheet')}",
        subtitle=f"{asked.first} – {asked.last}",
        blocks=tuple(blocks),
        foot="Doorstep",
    )


def _records(agenda: Agenda) -> list[str]:
    return [
        item.text if item.kind in ("conflict", "held") else item.id
        for _, items in agenda.points
        for item in items[:LINES_MAX]
    ]


def _points(agenda: Agenda, titles: Mapping[str, str]) -> list[PointLines]:
    asked = agenda.asked
    query = f"area={asked.area.id}&first={asked.first}&last={asked.last}"
    return [
        PointLines(
            point.value,
            len(items),
            [_line(item, titles) for item in items[:LINES_MAX]],
            LISTS.get(point) or f"/summary/behind/{BEHIND[point]}?{query}",
        )
        for point, items in agenda.points
    ]


def _line(item: Item, titles: Mapping[str, str]) -> Line:
    if item.kind == CASE:
        return Line(case_title(item, titles), f"/casework/cases/{item.id}")
    if item.kind == "conflict":
        return Line(titles.get(item.text, item.text), f"/conflicts/{item.id}")
    if item.kind == "held":
        return Line(titles.get(item.text, say("meeting.unknown_record")), "/held")
    if item.kind == "visit":
        return Line(titles.get(item.id, item.id), f"/visits/detail?pk={item.id}")
    return Line(item.text, "")


def _past(
    conn: Connection,
    who: AccountIdentity,
    held: Sequence[Meeting],
    places: Mapping[str, str],
    *,
    now: int,
) -> list[Past]:
    names = names_of(conn, who.town, {meeting.written_by for meeting in held})
    ids = [case for meeting in held for case in meeting.cases]
    seen = {one.id: one for one in WorkBook(conn, who, now).cases(Sought(ids=ids))} if ids else {}
    return [
        Past(
            meeting,
            places.get(meeting.area_id, ""),
            names.get(meeting.written_by, ""),
            [_task(seen[case], places) for case in meeting.cases if case in seen],
        )
        for meeting in held
    ]


def _task(seen: Seen, places: Mapping[str, str]) -> TaskLine:
    phase = code_name("case_phase", seen.standing.phase.value)
    return TaskLine(seen.id, places.get(seen.grid, ""), phase, seen.standing.is_open)
