"""Every number of the board, the sheet, the months and the summary, re-derived from the journal."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from statistics import median

import pytest

from server.assessment.formula import WEIGHTS, Measure, Part, Scheme, score
from server.assessment.measures import measures
from server.meetings.agenda import Point, agenda_of
from server.office.areas import Level, areas
from server.summary.counting import summary_of
from server.work.board import FLAGGED, Boards
from shared.work.nil import NilState
from tests.rehearsal.a_week import Played
from tests.rehearsal.numbers import DAY, one

Areas = list[tuple[str, frozenset[str]]]


def every_area(week: Played) -> Areas:
    """The town, its communities and its grids, each with the grids in it."""
    with week.told() as (conn, who):
        tree = areas(conn, who.town)
    grids = [area for area in tree if area.level is Level.GRID]
    found: Areas = [(who.area_id, frozenset(grid.id for grid in grids))]
    for area in tree:
        if area.level is Level.COMMUNITY:
            inside = frozenset(grid.id for grid in grids if grid.parent_id == area.id)
            found.append((area.id, inside))
    return found + [(grid.id, frozenset({grid.id})) for grid in grids]


def count(table: str, where: str = "1") -> str:
    return f"SELECT count(*) FROM {table}, period WHERE {where}"


def in_time(state: str) -> str:
    return count("cell", f"state IN ({state})")


def of_sorts(table: str, *sorts: str) -> str:
    return count(table, f"sort IN ({', '.join(repr(sort) for sort in sorts)})")


THIS_WEEK = "began >= since AND began < until"
SUMMARY: dict[str, str] = {
    "communities": "SELECT count(*) FROM area c WHERE c.level = 'community' AND NOT EXISTS "
                   "(SELECT 1 FROM area g WHERE g.parent_id = c.id "
                   "AND g.id NOT IN (SELECT grid FROM here))",
    "grids": "SELECT count(*) FROM here",
    "workers": "SELECT count(DISTINCT worker_id) FROM assignment JOIN here ON here.grid = area_id",
    "visits": count("call", THIS_WEEK),
    "visits_done": count("call", f"{THIS_WEEK} AND outcome = 'done'"),
    "visits_partly": count("call", f"{THIS_WEEK} AND outcome = 'partly_done'"),
    "visits_nobody": count("call", f"{THIS_WEEK} AND outcome = 'nobody_home'"),
    "visits_refused": count("call", f"{THIS_WEEK} AND outcome = 'refused'"),
    "visits_other": count("call", f"{THIS_WEEK} AND outcome NOT IN ('done', 'partly_done', "
                          "'nobody_home', 'refused')"),
    "visits_by_phone": count("call", f"{THIS_WEEK} AND mode = 'phone'"),
    "notices": count("call", f"{THIS_WEEK} AND notices != ''"),
    "households_visited": "SELECT count(DISTINCT household) FROM call, period "
                          f"WHERE {THIS_WEEK}",
    "households_new": count("made", "kind = 'household' AND at >= since AND at < until"),
    "cards_given": count("call", f"{THIS_WEEK} AND notices LIKE '%service_card%'"),
    "cards_printed": "SELECT coalesce(sum(count - spoiled), 0) FROM card_batch JOIN here "
                     "USING (grid), period WHERE printed_at >= since AND printed_at < until",
    "disputes_found": of_sorts("new", "dispute"),
    "disputes_settled": of_sorts("settled", "dispute"),
    "sessions": count("session"),
    "sessions_grid": count("session", "level = 'grid'"),
    "sessions_community": count("session", "level = 'community'"),
    "sessions_town": count("session", "level = 'town'"),
    "session_agreed": count("session", "outcome = 'agreed'"),
    "session_partial": count("session", "outcome = 'partial'"),
    "session_failed": count("session", "outcome = 'failed'"),
    "session_withdrawn": count("session", "outcome = 'withdrawn'"),
    "disputes_relapsed": "SELECT count(DISTINCT about) FROM step WHERE action = 'return_visit' "
                         "AND result = 'not_ok'",
    "livelihood_found": of_sorts("new", "livelihood"),
    "livelihood_settled": of_sorts("settled", "livelihood"),
    "requests_found": of_sorts("new", "service_request", "maternal"),
    "requests_settled": of_sorts("settled", "service_request", "maternal"),
    "hazards_found": of_sorts("new", "hazard", "public_order"),
    "hazards_settled": of_sorts("settled", "hazard", "public_order"),
    "cases_found": count("new"),
    "cases_settled": count("settled"),
    "cases_in_time": count("settled", "in_time"),
    "cases_on_spot": count("settled", "on_spot"),
    "cases_open": count("left_over"),
    "cases_overdue": count("overdue"),
    **{f"kind_{sort}": of_sorts("new", sort)
       for sort in ("facility", "environment", "rental", "inflow", "other")},
    **{f"must_{must}": count("new", f"must = '{must}'")
       for must in ("hazard", "maternal", "inflow", "rental", "facility")},
    "settled_grid": count("settled", "level = 1"),
    "settled_community": count("settled", "level = 2"),
    "settled_town": count("settled", "level = 3"),
    "diaries": count("made", "kind = 'diary' AND at >= since AND at < until"),
    "patrols": count("made", "kind = 'patrol' AND at >= since AND at < until"),
    "facility_checks": count("made", "kind = 'facility_check' AND at >= since AND at < until"),
    "feedback": count("made", "kind = 'feedback' AND at >= since AND at < until"),
    "nil_expected": count("cell", "state != 'open'"),
    "nil_in_time": in_time("'done', 'nil'"),
    "nil_late": in_time("'late'"),
    "nil_missing": in_time("'missing'"),
    "nil_excused": in_time("'excused'"),
    "nil_contradicted": count("cell", "contradicted"),
}  # fmt: skip
COLLECTION = frozenset(
    {"listed", "collected", "contacted", "refused", "unreached", "unknown", "fresh_365"}
)
"""These follow the forms' mandatory items: tests/server/coverage counts them door by door."""


def test_every_figure_of_the_summary_of_every_area(week: Played) -> None:
    for area, grids in every_area(week):
        with week.told() as (conn, who):
            told = summary_of(conn, week.asked(conn, who, area, week.days))
        figures = {figure.key: figure for _, figure in told.every()}
        with week.sql(week.days, grids) as sql:
            counted = {key: one(sql, query) for key, query in SUMMARY.items()}
            days = days_by_level(sql)

        assert {key: figures[key].number for key in counted} == counted, area
        assert figures.keys() - counted.keys() == COLLECTION
        for level, name in enumerate(("grid", "community", "town"), 1):
            assert figures[f"settled_{name}"].days == pytest.approx(days.get(level), abs=1e-4)


def days_by_level(sql: sqlite3.Connection) -> dict[int, float]:
    """The median of the days that cases took, for each level that settled any."""
    taken: dict[int, list[float]] = {}
    for level, ms in sql.execute("SELECT level, ended - discovered FROM settled"):
        taken.setdefault(int(level), []).append(ms / DAY)
    return {level: median(some) for level, some in taken.items()}


def test_every_cell_of_the_board_of_nil_reports(week: Played) -> None:
    (town, grids), *_ = every_area(week)
    with week.told() as (conn, who):
        board = Boards(conn, who, week.plan.ends).board(week.days)
    told = {
        (row.grid, cell.period.key): (
            cell.state.value, cell.received_late, bool(cell.contradicted),
        )
        for row in board.rows
        for cell in row.cells
        if cell.state is not NilState.NONE
    }  # fmt: skip
    with week.sql(week.days, grids) as sql:
        rows = sql.execute("SELECT grid, name, state, received_late, contradicted FROM cell")
        counted = {(grid, name): (state, bool(late), bool(against))
                   for grid, name, state, late, against in rows}  # fmt: skip

    assert told == counted
    assert town
    states = {state for state, _, _ in counted.values()}
    assert {"nil", "done"} < states
    assert set(FLAGGED) >= {"received_late", "contradicted"}


POINTS: dict[Point, str] = {
    Point.OVERDUE: "SELECT id FROM overdue",
    Point.OPEN: "SELECT id FROM left_over WHERE id NOT IN (SELECT id FROM overdue)",
    Point.NEW: "SELECT id FROM new",
    Point.REFUSALS: f"SELECT id FROM call, period WHERE {THIS_WEEK} AND outcome = 'refused'",
}


def test_the_weekly_sheet_names_the_same_things(week: Played) -> None:
    for area, grids in every_area(week):
        with week.told() as (conn, who):
            sheet = dict(agenda_of(conn, week.asked(conn, who, area, week.days)).points)
        with week.sql(week.days, grids) as sql:
            for point, query in POINTS.items():
                named = {record for (record,) in sql.execute(query)}
                assert {item.id for item in sheet[point]} == named, (area, point)
            assert len(sheet[Point.NIL_MISSING]) == one(sql, in_time("'missing'"))
            assert len(sheet[Point.CONTRADICTED]) == one(sql, count("cell", "contradicted"))
            assert len(sheet[Point.CONFLICTS]) == one(sql, STILL_IN_CONFLICT)
            assert not sheet[Point.HELD]


STILL_IN_CONFLICT = """
    SELECT count(*) FROM (SELECT record_id FROM journal JOIN here USING (grid)
        WHERE record_kind = 'household' AND outcome = 'conflict' GROUP BY record_id
        EXCEPT SELECT record_id FROM journal JOIN device ON device.id = device_id
        WHERE device.kind = 'console')
"""
DUE = "{at} >= since AND {at} < until"
ESCALATED = "(SELECT 1 FROM step s WHERE s.about = stood.id AND s.action = 'escalate')"
OWN = f"CASE WHEN EXISTS {ESCALATED} THEN first_due ELSE deadline END"
VERIFIED = (
    "stands = 'settled' AND ended <= deadline AND EXISTS (SELECT 1 FROM step s "
    "WHERE s.about = stood.id AND s.action = 'verify' AND s.result = 'ok' AND s.at >= ended)"
)
HANDED = (
    "EXISTS (SELECT 1 FROM step s WHERE s.about = stood.id AND s.action = 'escalate' "
    "AND s.at <= first_due)"
)
PLANNED = "next >= first AND next <= last"
FOLLOWED = (
    "EXISTS (SELECT 1 FROM call later WHERE later.household = call.household "
    "AND later.began > call.began AND later.began < until)"
)


def month(sql: sqlite3.Connection) -> dict[Part, tuple[float, float]]:
    """Of each part of the formula but quality, what was done of what was due."""
    due = DUE.format(at=OWN)
    return {
        Part.CASES: (
            one(sql, count("stood", f"sort != 'dispute' AND {due} AND {VERIFIED}")),
            one(sql, count("stood", f"sort != 'dispute' AND {due}")),
        ),
        Part.MEDIATION: (
            one(sql, count("stood", f"sort = 'dispute' AND {due} AND ({VERIFIED} OR {HANDED})")),
            one(sql, count("stood", f"sort = 'dispute' AND {due}")),
        ),
        Part.VISITS: (
            one(sql, count("call", f"{PLANNED} AND {FOLLOWED}")),
            one(sql, count("call", PLANNED)),
        ),
        Part.REPORTS: (
            one(sql, in_time("'done', 'nil'")),
            one(sql, in_time("'done', 'nil', 'late', 'missing'")),
        ),
    }


MONTHS = [
    (date(2026, 9, 1), date(2026, 9, 30)),
    (date(2026, 10, 1), date(2026, 10, 31)),
]


@pytest.mark.parametrize("days", MONTHS)
def test_a_month_of_every_area_by_the_formula(week: Played, days: tuple[date, date]) -> None:
    scheme = Scheme(weights=dict(WEIGHTS), items_min=1)
    due = 0.0
    for area, grids in every_area(week):
        with week.told() as (conn, who):
            tree = {each.id: each for each in areas(conn, who.town)}
            told = measures(conn, week.asked(conn, who, area, days), tree)
        with week.sql(days, grids) as sql:
            counted = month(sql)

        assert {part: (told[part].done_count, told[part].due_count) for part in counted} == {
            part: (int(done), int(of)) for part, (done, of) in counted.items()
        }, area
        due += sum(of for _, of in counted.values())
        check_total(scheme, {part.value: each.measure for part, each in told.items()}, counted)
    assert due


def check_total(
    scheme: Scheme, numbers: Mapping[str, Measure], counted: Mapping[Part, tuple[float, float]]
) -> None:
    """The total is the weighted sum, worked out here once more."""
    result = score(numbers, scheme)
    quality = numbers[Part.QUALITY]
    shares = {part: done / of for part, (done, of) in counted.items() if of}
    if quality.due and quality.value is not None:
        shares[Part.QUALITY] = quality.value
    if Part.VISITS not in shares:
        assert result.total is None
        return
    missing = sum(weight for part, weight in WEIGHTS.items() if part not in shares)
    total = sum(WEIGHTS[part] * share for part, share in shares.items())
    assert result.total == pytest.approx(total + missing * shares[Part.VISITS], abs=0.051)
