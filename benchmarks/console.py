"""How fast the console answers on the whole town: every page as an admin of the town sees it.

The town is made by `doorstep demo --town`; DOORSTEP_HOME says where it lies. Nothing is written
but what looking itself writes: how far the counting has come.
"""

import asyncio
import os
import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from msgspec import Struct
from sqlalchemy import Connection, text

from benchmarks.databases import SQLITE, Databases
from benchmarks.measuring import Cost, cpu_of
from benchmarks.results import Figure, Section, seconds
from server.app import app_of
from server.db.engine import reading
from server.services import Services, open_services
from server.settings import DATABASE_FILE, Settings

HOME = "DOORSTEP_HOME"
LOGIN, PASSWORD = "town", "gate-lamp-rice-4"
ROUNDS = 5
LIST_S, DASHBOARD_S, CONFLICT_S = 0.3, 1.0, 0.1
SIZES = ("dwelling", "household", "resident", "visit", "conflict")
BEST = "The figure is processor time with the database's, the best of several looks."
_TOKEN = re.compile(r'name="csrftoken" value="([^"]*)"')


class Page(Struct, frozen=True):
    """A page, its address in the console, and the most that it may take, s."""

    what: str
    path: str
    target: float


def sections(_: Databases, quick: bool) -> list[Section]:
    """The pages; none where there is no town."""
    home = Path(os.environ.get(HOME, ""))
    if not os.environ.get(HOME) or not (home / DATABASE_FILE).exists():
        print(f"console: no town in {HOME}; `doorstep demo --town` makes one", flush=True)
        return []
    services = open_services(Settings(home=home))
    figures, notes = figures_of(services, SQLITE, 1 if quick else ROUNDS)
    return [Section("The console on a whole town", figures, notes)]


def figures_of(
    services: Services, where: str, rounds: int, servers: Collection[int] = ()
) -> tuple[list[Figure], list[str]]:
    """What each page takes, and notes on what there is to look at.

    servers: the processes of the database, where it has its own.
    """
    with reading(services.engine) as conn:
        pages, size = _pages(conn), size_of(conn, SIZES)
    return looked_at(services, pages, where, rounds=rounds, servers=servers), [size, BEST]


def looked_at(
    services: Services,
    pages: Sequence[Page],
    where: str,
    *,
    rounds: int,
    servers: Collection[int] = (),
) -> list[Figure]:
    """What each of these pages takes an admin of the town."""
    return asyncio.run(_Looking(app_of(services), where, rounds, servers).measured(pages))


def size_of(conn: Connection, tables: Sequence[str]) -> str:
    """How many rows these tables have, as a note."""
    counts = [
        (table, conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
        for table in tables
    ]
    return ", ".join(f"{count:,} {table}s" for table, count in counts) + "."


def _pages(conn: Connection) -> Sequence[Page]:
    def one(wanted: str) -> str:
        return str(conn.execute(text(f"{wanted} LIMIT 1")).scalar_one())

    conflict = one("SELECT id FROM conflict WHERE state = 'open'")
    household = one("SELECT record_id FROM conflict WHERE record_kind = 'household'")
    grid = one("SELECT grid FROM coverage")
    return (
        Page("dashboard", "/", DASHBOARD_S),
        Page("town board", "/board", DASHBOARD_S),
        Page("coverage of all grids", "/coverage", DASHBOARD_S),
        Page("quality and the four panels", "/coverage/quality", DASHBOARD_S),
        Page("what each worker did in a week", "/coverage/workers", DASHBOARD_S),
        Page("map of a grid, each door", f"/map?area={grid}", DASHBOARD_S),
        Page("map of the town, all grids", "/map", DASHBOARD_S),
        Page("balance of all grids", "/balance", DASHBOARD_S),
        Page("list behind a figure", "/dwellings/list?filter=counted__in%3Dnot_collected", LIST_S),
        Page("list of dwellings", "/dwellings/list", LIST_S),
        Page("list of households", "/households/list", LIST_S),
        Page("list of residents", "/residents/list", LIST_S),
        Page("its hundredth page", "/residents/list?page=100", LIST_S),
        Page("list of visits", "/visits/list", LIST_S),
        Page("search by pinyin", "/households/list?q=zhangwei", LIST_S),
        Page("search by a name", "/residents/list?q=%E5%BC%A0%E4%BC%9F", LIST_S),
        Page("search by initials", "/residents/list?q=wxm", LIST_S),
        Page("search by the end of a phone number", "/households/list?q=4321", LIST_S),
        Page("search by door", "/households/list?q=3-1-201", LIST_S),
        Page("search that finds nothing", "/residents/list?q=xyzxyz", LIST_S),
        Page("inbox", "/review", LIST_S),
        Page("conflicts", "/conflicts", LIST_S),
        Page("a conflict", f"/conflicts/{conflict}", CONFLICT_S),
        Page("a household", f"/households/detail?pk={household}", LIST_S),
    )


@dataclass(frozen=True)
class _Looking:
    """Somebody at the desk who opens pages."""

    app: object
    where: str
    rounds: int
    servers: Collection[int]

    async def measured(self, pages: Sequence[Page]) -> list[Figure]:
        transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type]  # an ASGI app
        async with httpx.AsyncClient(
            transport=transport, base_url="http://bench.test", follow_redirects=True, timeout=600
        ) as client:
            shown = await client.get("/console/login")
            [token] = _TOKEN.findall(shown.text)[:1]
            said = {"csrftoken": token, "login": LOGIN, "password": PASSWORD}
            await client.post("/console/login", data=said)
            return [await self._one(client, page) for page in pages]

    async def _one(self, client: httpx.AsyncClient, page: Page) -> Figure:
        took: list[Cost] = []
        for _ in range(1 + self.rounds):
            begun, own, theirs = time.perf_counter(), time.process_time(), cpu_of(self.servers)
            answer = await client.get(f"/console{page.path}")
            wall = time.perf_counter() - begun
            worked = time.process_time() - own + cpu_of(self.servers) - theirs
            took.append(Cost(wall, 0.0, worked))
            assert answer.status_code == 200, f"{page.path}: {answer.status_code}"
            assert "/login" not in str(answer.url), "nobody is signed in"
        best = min(took[1:], key=lambda cost: cost.server)
        print(f"{page.what}: {seconds(best.server)} ({seconds(best.wall)})", flush=True)
        met = best.server <= page.target
        target = f"<= {seconds(page.target)}"
        return Figure(page.what, self.where, seconds(best.server), target, met, best)
