"""A town on which a week was played, and how it is asked: by the server's counting, or by SQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from rehearsal.doors import Doors, told
from rehearsal.journal import Place, prepare
from rehearsal.plan import WeekPlan
from server.db.engine import reading
from server.demo.seeding import TOWN_ID
from server.office.areas import Level, areas
from server.office.people import AccountIdentity, operator
from server.services import Services
from server.summary.counting import asked_of
from server.summary.values import Asked


@dataclass(frozen=True)
class Played:
    """The town after its week."""

    services: Services
    plan: WeekPlan
    file: Path

    @property
    def days(self) -> tuple[date, date]:
        """Monday and Sunday of the week."""
        return self.plan.day(0), self.plan.day(6)

    @contextmanager
    def told(self) -> Iterator[tuple[Connection, AccountIdentity]]:
        """Where the server's own counting is asked, and as whom."""
        with reading(self.services.engine) as conn:
            yield conn, operator(conn, TOWN_ID)

    def asked(
        self, conn: Connection, who: AccountIdentity, area: str, days: tuple[date, date]
    ) -> Asked:
        """An area and a period, as it was when the week ended."""
        return asked_of(conn, who, area, days, now=self.plan.ends)

    @contextmanager
    def sql(self, days: tuple[date, date], place: Place) -> Iterator[sqlite3.Connection]:
        """The journal in views of its own telling, for these days and the grids of a place."""
        with closing(sqlite3.connect(self.file)) as conn:
            prepare(conn, days=days, place=place, now=self.plan.ends)
            yield conn

    @cached_property
    def doors(self) -> Doors:
        """How every door stands, told by the journal."""
        town, *_ = self.places()
        with self.sql(self.days, town) as sql:
            return told(sql, self.services.keys)

    def places(self) -> list[Place]:
        """The town, its communities and its grids."""
        with self.told() as (conn, who):
            tree = areas(conn, who.town)
        grids = [area for area in tree if area.level is Level.GRID]
        found = [Place(who.area_id, "town", frozenset(grid.id for grid in grids))]
        for area in tree:
            if area.level is Level.COMMUNITY:
                inside = frozenset(grid.id for grid in grids if grid.parent_id == area.id)
                found.append(Place(area.id, area.name, inside))
        return found + [Place(grid.id, grid.name, frozenset({grid.id})) for grid in grids]
