"""Every number that the office sees after a week, beside the same number told by SQL.

The server is asked as its pages ask it; `figures` and `doors` say what each number should be. A
test plays a week on a small town, `python -m rehearsal --check` looks at that of `demo --week`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from rehearsal import collection
from rehearsal.compared import Compared, Value
from rehearsal.figures import (
    BOARD,
    NUMBERS,
    POINTS,
    SUMMARY,
    count,
    days_by_level,
    month,
)
from rehearsal.journal import Place, one
from rehearsal.played import Played
from server.assessment.formula import WEIGHTS, Measure, Part, Scheme, score
from server.assessment.measures import measures
from server.board.figures import Board, Line, Span, board_of
from server.console.pages.coverage import area_figures
from server.meetings.agenda import agenda_of
from server.office.areas import areas, areas_below
from server.summary.counting import summary_of
from server.work.board import Boards
from shared.work.nil import NilState

SCHEME = Scheme(weights=dict(WEIGHTS), items_min=1)
"""Every part of which anything was due is scored."""
NEAR = 0.051
"""A score is rounded to a tenth."""


def summaries(played: Played) -> Iterator[Compared]:
    """Every figure of the summary of every area."""
    for place in played.places():
        with played.told() as (conn, who):
            told = summary_of(conn, played.asked(conn, who, place.id, played.days))
        figures = {figure.key: figure for _, figure in told.every()}
        known, doors = frozenset(figures), played.doors.of(place)
        yield Compared(place.name, "figures", known, frozenset((*SUMMARY, *collection.SUMMARY)))
        for key in collection.SUMMARY:
            of = None if key == "listed" else doors["listed"]
            shown = (figures[key].number, figures[key].of)
            yield Compared(place.name, key, shown, (doors[key], of))
        with played.sql(played.days, place) as sql:
            for key in sorted(known & SUMMARY.keys()):
                yield Compared(place.name, key, figures[key].number, one(sql, SUMMARY[key]))
            days = days_by_level(sql)
        for level, name in enumerate(("grid", "community", "town"), 1):
            taken = figures[f"settled_{name}"].days
            yield Compared(place.name, f"days of {name}", taken, days.get(level))


def cells(played: Played) -> Iterator[Compared]:
    """Every cell of the board of nil reports."""
    town, *_ = played.places()
    with played.told() as (conn, who):
        board = Boards(conn, who, played.plan.ends).board(played.days)
    told: dict[str, Value] = {
        f"{row.grid} {cell.period.key}": (
            cell.state.value, cell.received_late, bool(cell.contradicted),
        )
        for row in board.rows
        for cell in row.cells
        if cell.state is not NilState.NONE
    }  # fmt: skip
    with played.sql(played.days, town) as sql:
        rows = sql.execute("SELECT grid, name, state, received_late, contradicted FROM cell")
        counted: dict[str, Value] = {
            f"{grid} {name}": (state, bool(late), bool(against))
            for grid, name, state, late, against in rows
        }
    for key in sorted(told.keys() | counted.keys()):
        yield Compared("nil reports", key, told.get(key), counted.get(key))


def sheets(played: Played) -> Iterator[Compared]:
    """Every point of the weekly sheet of every area."""
    for place in played.places():
        with played.told() as (conn, who):
            asked = played.asked(conn, who, place.id, played.days)
            sheet = dict(agenda_of(conn, asked).points)
        with played.sql(played.days, place) as sql:
            for point, query in POINTS.items():
                named = frozenset(record for (record,) in sql.execute(query))
                shown = frozenset(item.id for item in sheet[point])
                yield Compared(place.name, point.value, shown, named)
            for point, query in NUMBERS.items():
                yield Compared(place.name, point.value, len(sheet[point]), one(sql, query))


def months(played: Played) -> Iterator[Compared]:
    """The parts of the monthly formula, and its total, of every area and two months."""
    for days in two_months(played):
        for place in played.places():
            with played.told() as (conn, who):
                tree = {each.id: each for each in areas(conn, who.town)}
                told = measures(conn, played.asked(conn, who, place.id, days), tree)
            with played.sql(days, place) as sql:
                counted = month(sql) | {Part.QUALITY: collection.fresh(played, place)}
            where = f"{place.name} {days[0]:%Y-%m}"
            for part, numbers in counted.items():
                shown = (told[part].done_count, told[part].due_count)
                yield Compared(where, part.value, shown, numbers)
            shares = {part: done / of for part, (done, of) in counted.items() if of}
            if Part.QUALITY in shares:
                shares[Part.QUALITY] = collection.quality(played, place, days)
            value = told[Part.QUALITY].value
            yield Compared(where, "quality, value", value, shares.get(Part.QUALITY))
            yield _total(where, {part.value: each.measure for part, each in told.items()}, shares)


def two_months(played: Played) -> tuple[tuple[date, date], ...]:
    """The month of the week, and the one in which the deadlines of its disputes lie."""
    first = played.plan.monday.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    after = (following + timedelta(days=32)).replace(day=1)
    day = timedelta(days=1)
    return (first, following - day), (following, after - day)


def boards(played: Played) -> Iterator[Compared]:
    """Every line of the board of every area, and the town's trends and shares."""
    inside = {place.id: place for place in played.places()}
    counted = {area: _line(played, place) for area, place in inside.items()}
    for area, place in inside.items():
        shown = board_shown(played, area)
        for line in (shown.here, *shown.lines):
            where = f"{place.name}: {line.area.name}"
            for key in BOARD:
                yield Compared(where, key, line.count(key), counted[line.area.id][key])
            doors = played.doors.of(inside[line.area.id])
            yield from collection.figures(where, line.figures, doors)
        yield Compared(place.name, "order", *_orders(shown.lines))
    town = next(iter(inside.values()))
    yield from _trends(played, town, board_shown(played, town.id))


def board_shown(played: Played, area: str) -> Board:
    """The board of an area and the week, as its page has it."""
    with played.told() as (conn, who):
        tree = areas_below(conn, who.town, who.area_id)
        asked = played.asked(conn, who, area, played.days)
        return board_of(conn, asked, tree, area_figures(conn, who, played.plan.ends))


EVERYTHING: Mapping[str, Callable[[Played], Iterator[Compared]]] = MappingProxyType(
    {
        "summary": summaries,
        "nil reports": cells,
        "weekly sheet": sheets,
        "assessment": months,
        "board": boards,
        "coverage": collection.coverage,
    }
)


def _total(where: str, numbers: Mapping[str, Measure], shares: Mapping[Part, float]) -> Compared:
    """The score is the weighted sum, worked out here once more; too little due goes to visits."""
    result = score(numbers, SCHEME).total
    if Part.VISITS not in shares:
        return Compared(where, "score", result, None)
    missing = sum(weight for part, weight in WEIGHTS.items() if part not in shares)
    total = sum(WEIGHTS[Part(part)] * share for part, share in shares.items())
    total += missing * shares[Part.VISITS]
    near = result is not None and abs(result - total) < NEAR
    return Compared(where, "score", result, result if near else round(total, 1))


def _line(played: Played, place: Place) -> dict[str, float]:
    with played.sql(played.days, place) as sql:
        return {key: one(sql, SUMMARY[key]) for key in BOARD}


def _orders(lines: tuple[Line, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The order of the lines, and the order of their codes: never that of a number."""
    codes = tuple(line.area.code for line in lines)
    return codes, tuple(sorted(codes))


def _trends(played: Played, town: Place, shown: Board) -> Iterator[Compared]:
    for span in (*shown.weeks, *shown.months):
        with played.sql((span.first, span.last), town) as sql:
            yield from _span(span, sql)
    with played.sql((shown.since, shown.asked.last), town) as sql:
        rows = sql.execute("SELECT sort, count(*) FROM settled GROUP BY sort ORDER BY sort")
        kinds = tuple((sort.sort, sort.of) for sort in shown.sorts)
        yield Compared("board", "settled by kind", kinds, tuple(rows))


def _span(span: Span, sql: sqlite3.Connection) -> Iterator[Compared]:
    where, days = f"{span.first} to {span.last}", days_by_level(sql)
    yield Compared(where, "found", span.found, one(sql, SUMMARY["cases_found"]))
    yield Compared(where, "settled", span.settled, one(sql, SUMMARY["cases_settled"]))
    for level, share in enumerate(span.shares, 1):
        settled = one(sql, count("settled", f"level = {level}"))
        yield Compared(where, f"settled at {level}", share.settled.number, settled)
        yield Compared(where, f"days at {level}", share.days, days.get(level))
