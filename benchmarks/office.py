"""How fast the office's own pages answer after a week of a whole town: boards, sheets, summaries.

The town is made by `doorstep demo --week`; DOORSTEP_HOME says where it lies.
"""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.console import BEST, DASHBOARD_S, HOME, LIST_S, ROUNDS, Page, looked_at, size_of
from benchmarks.databases import SQLITE, Databases
from benchmarks.results import Section
from server.db.engine import reading
from server.demo.home import mark_of
from server.services import open_services
from server.settings import Settings


def sections(_: Databases, quick: bool) -> list[Section]:
    """The pages; none where there is no town that had a week."""
    home = Path(os.environ.get(HOME, ""))
    mark = mark_of(home) if os.environ.get(HOME) else None
    if mark is None or not mark.week:
        print(f"office: no week of a town in {HOME}; `doorstep demo --week` makes one", flush=True)
        return []
    services = open_services(Settings(home=home))
    with reading(services.engine) as conn:
        pages = _pages(conn, date.fromisoformat(mark.week))
        size = size_of(conn, ("household", "visit", "conflict"))
    figures = looked_at(services, pages, SQLITE, rounds=1 if quick else ROUNDS)
    return [Section("The office after a week of a whole town", figures, [size, BEST])]


def _pages(conn: Connection, monday: date) -> Sequence[Page]:
    def first(level: str) -> str:
        wanted = text("SELECT id FROM area WHERE level = :level ORDER BY code LIMIT 1")
        return str(conn.execute(wanted, {"level": level}).scalar_one())

    town, village, grid = (first(level) for level in ("town", "community", "grid"))
    sunday = monday + timedelta(days=6)
    span = f"first={monday}&last={sunday}"
    return (
        Page("town board", f"/board?week={monday}", LIST_S),
        Page("board of a village", f"/board?week={monday}&area={village}", LIST_S),
        Page("board of a grid", f"/board?week={monday}&area={grid}", LIST_S),
        Page("wall screen", f"/board/wall?week={monday}", LIST_S),
        Page("report of a village's collection", f"/board/collection/{village}", LIST_S),
        Page("board of nil reports, all grids", f"/work-reports?until={sunday}", LIST_S),
        Page("list of cases", "/casework/cases", LIST_S),
        Page("cases behind a number", f"/summary/behind/cases_found?area={town}&{span}", LIST_S),
        Page("summary of the week, town", f"/summary?area={town}&{span}", LIST_S),
        Page("weekly sheet, town", f"/meetings?area={town}&last={sunday}", LIST_S),
        Page("weekly sheet on paper", f"/meetings/sheet?area={town}&last={sunday}", DASHBOARD_S),
        Page("assessments, all grids", f"/assessments?month={monday:%Y-%m}", LIST_S),
        Page("assessment of a grid", f"/assessments/{grid}/{monday:%Y-%m}", LIST_S),
        Page("dashboard", "/", DASHBOARD_S),
    )
