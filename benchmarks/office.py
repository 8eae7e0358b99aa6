"""How fast the office's own pages answer after a week of a whole town: boards, sheets, summaries.

The town is made by `doorstep demo --week`; DOORSTEP_HOME says where it lies. The same after a
year of cases, where `python -m benchmarks.year` has made one; DOORSTEP_YEAR says where.
"""

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.console import BEST, DASHBOARD_S, HOME, LIST_S, ROUNDS, Page, looked_at, size_of
from benchmarks.databases import SQLITE, Databases
from benchmarks.results import Section
from benchmarks.year import FOLDER as YEAR
from server.db.engine import reading
from server.demo.home import mark_of
from server.services import open_services
from server.settings import Settings

YEAR_S = 1.0
"""A page that looks back on a year of cases."""


def sections(_: Databases, quick: bool) -> list[Section]:
    """The pages; none where there is no town that had a week, or a year."""
    found = []
    for folder, made_by, title, longest in (
        (HOME, "doorstep demo --week", "The office after a week of a whole town", LIST_S),
        (YEAR, "python -m benchmarks.year", "The office after a year of cases", YEAR_S),
    ):
        home = Path(os.environ.get(folder, ""))
        mark = mark_of(home) if os.environ.get(folder) else None
        if mark is None or not mark.week:
            print(f"office: no week of a town in {folder}; `{made_by}` makes one", flush=True)
        else:
            found.append(_section(home, title, (date.fromisoformat(mark.week), longest), quick))
    return found


def _section(home: Path, title: str, of: tuple[date, float], quick: bool) -> Section:
    """Of a town: its week's Monday, and how long a page that looks back may take, s."""
    services = open_services(Settings(home=home))
    with reading(services.engine) as conn:
        pages = _pages(conn, *of)
        size = size_of(conn, ("household", "visit", "conflict"))
        cases = conn.execute(text("SELECT count(*) FROM work WHERE kind = 'case'")).scalar_one()
    figures = looked_at(services, pages, SQLITE, rounds=1 if quick else ROUNDS)
    return Section(title, figures, [f"{cases:,} cases, {size}", BEST])


def _pages(conn: Connection, monday: date, longest: float) -> Sequence[Page]:
    def first(level: str) -> str:
        wanted = text("SELECT id FROM area WHERE level = :level ORDER BY code LIMIT 1")
        return str(conn.execute(wanted, {"level": level}).scalar_one())

    town, village, grid = (first(level) for level in ("town", "community", "grid"))
    sunday = monday + timedelta(days=6)
    span = f"first={monday}&last={sunday}"
    return (
        Page("town board", f"/board?week={monday}", longest),
        Page("board of a village", f"/board?week={monday}&area={village}", longest),
        Page("board of a grid", f"/board?week={monday}&area={grid}", longest),
        Page("wall screen", f"/board/wall?week={monday}", longest),
        Page("report of a village's collection", f"/board/collection/{village}", longest),
        Page("board of nil reports, all grids", f"/work-reports?until={sunday}", longest),
        Page("list of cases", "/casework/cases", LIST_S),
        Page("list of cases that have ended", "/casework/cases?state=ended&page=9", LIST_S),
        Page("case of a receipt number", "/casework/cases?receipt=260101-AAAAAA", LIST_S),
        Page("cases behind a number", f"/summary/behind/cases_found?area={town}&{span}", longest),
        Page("summary of the week, town", f"/summary?area={town}&{span}", longest),
        Page("weekly sheet, town", f"/meetings?area={town}&last={sunday}", longest),
        Page("weekly sheet on paper", f"/meetings/sheet?area={town}&last={sunday}", DASHBOARD_S),
        Page("assessments, all grids", f"/assessments?month={monday:%Y-%m}", longest),
        Page("assessment of a grid", f"/assessments/{grid}/{monday:%Y-%m}", longest),
        Page("dashboard", "/", DASHBOARD_S),
    )
