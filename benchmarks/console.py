"""How fast the console answers on the whole town: every page as an admin of the town sees it.

The town is made by `doorstep demo --town`; DOORSTEP_HOME says where it lies. Nothing is written
but what looking itself writes: how far the counting has come.
"""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from benchmarks.databases import Databases
from benchmarks.measuring import Cost
from benchmarks.results import Figure, Section, seconds
from server.app import app_of
from server.services import open_services
from server.settings import DATABASE_FILE, Settings

HOME = "DOORSTEP_HOME"
LOGIN, PASSWORD = "town", "gate-lamp-rice-4"
ROUNDS = 5
LIST_S, DASHBOARD_S, CONFLICT_S = 0.3, 1.0, 0.1
_TOKEN = re.compile(r'name="csrftoken" value="([^"]*)"')


def sections(_: Databases, quick: bool) -> list[Section]:
    """The pages; none where there is no town."""
    home = Path(os.environ.get(HOME, ""))
    if not os.environ.get(HOME) or not (home / DATABASE_FILE).exists():
        print(f"console: no town in {HOME}; `doorstep demo --town` makes one", flush=True)
        return []
    services = open_services(Settings(home=home))
    pages = _pages(home)
    figures = asyncio.run(_measured(app_of(services), pages, 1 if quick else ROUNDS))
    notes = [
        _size(home),
        "The figure is processor time with the database's, the best of several looks.",
    ]
    return [Section("The console on a whole town", figures, notes)]


def _pages(home: Path) -> Sequence[tuple[str, str, float]]:
    """What each page is, its address, and the target in seconds."""
    with closing(create_engine(f"sqlite:///{home / DATABASE_FILE}").connect()) as conn:
        one = text("SELECT id FROM conflict WHERE state = 'open' LIMIT 1")
        conflict = conn.execute(one).scalar_one()
        household = conn.execute(text("SELECT record_id FROM conflict LIMIT 1")).scalar_one()
        grid = conn.execute(text("SELECT grid FROM coverage LIMIT 1")).scalar_one()
    return (
        ("dashboard", "/", DASHBOARD_S),
        ("coverage, all 94 grids", "/coverage", DASHBOARD_S),
        ("quality and the four panels", "/coverage/quality", DASHBOARD_S),
        ("what each worker did in a week", "/coverage/workers", DASHBOARD_S),
        ("map of a grid, each door", f"/map?area={grid}", DASHBOARD_S),
        ("map of the town, 94 grids", "/map", DASHBOARD_S),
        ("balance of all grids", "/balance", DASHBOARD_S),
        ("list behind a figure", "/dwellings/list?filter=counted__in%3Dnot_collected", LIST_S),
        ("list of households", "/households/list", LIST_S),
        ("list of residents", "/residents/list", LIST_S),
        ("list of visits", "/visits/list", LIST_S),
        ("search by pinyin", "/households/list?q=zhangwei", LIST_S),
        ("search by door", "/households/list?q=3-1-201", LIST_S),
        ("inbox", "/review", LIST_S),
        ("a conflict", f"/conflicts/{conflict}", CONFLICT_S),
        ("a household", f"/households/detail?pk={household}", LIST_S),
    )


async def _measured(
    app: object, pages: Sequence[tuple[str, str, float]], rounds: int
) -> list[Figure]:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # an ASGI app
    async with httpx.AsyncClient(
        transport=transport, base_url="http://bench.test", follow_redirects=True
    ) as client:
        shown = await client.get("/console/login")
        [token] = _TOKEN.findall(shown.text)[:1]
        said = {"csrftoken": token, "login": LOGIN, "password": PASSWORD}
        await client.post("/console/login", data=said)
        return [await _one(client, page, rounds) for page in pages]


async def _one(client: httpx.AsyncClient, page: tuple[str, str, float], rounds: int) -> Figure:
    what, path, target = page
    took: list[Cost] = []
    for _ in range(1 + rounds):
        begun, worked = time.perf_counter(), time.process_time()
        answer = await client.get(f"/console{path}")
        cost = Cost(time.perf_counter() - begun, 0.0, time.process_time() - worked)
        took.append(cost)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert "/login" not in str(answer.url), "nobody is signed in"
    best = min(took[1:], key=lambda cost: cost.server)
    met = best.server <= target
    return Figure(what, "SQLite", seconds(best.server), f"<= {seconds(target)}", met, best)


def _size(home: Path) -> str:
    with closing(create_engine(f"sqlite:///{home / DATABASE_FILE}").connect()) as conn:
        counts = [
            (table, conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("dwelling", "household", "resident", "visit")
        ]
    return ", ".join(f"{count:,} {table}s" for table, count in counts) + "."
