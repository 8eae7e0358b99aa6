"""Loads an invented town into a new database by the ways that a real one takes.

The office enrols a phone for every worker and the phones push what the workers wrote down, so
journal, register and projections are what they would be, and every value has its author.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby

from msgspec import Struct
from msgspec.structs import replace
from shapely import MultiPolygon, Polygon
from sqlalchemy import Engine

from server.clock import new_id
from server.db.engine import reading, writing
from server.demo.disagreements import disagree, disputed
from server.demo.hands import Hand, SetClock, public_key
from server.demo.rounds import rounds
from server.demo.work import Place as WorkPlace
from server.demo.work import WorkDays
from server.keys import Keys
from server.office.accounts import NewAccount, add_account
from server.office.act import Act, acting
from server.office.area_edits import NewArea, add_area
from server.office.assignments import add_worker
from server.office.boundaries import Boundary, set_boundary
from server.office.devices import authenticate
from server.office.enrolment import enrol
from server.office.enrolment_codes import give_code
from server.office.factor_rule import FactorRule, set_factor_rule
from server.office.people import AccountIdentity, operator
from server.office.roles import Role
from server.office.towns import NewTown, add_town
from server.office.workers import NewWorker
from server.register.register import Register
from server.town import Town, TownRecord, field_of, grid_records
from server.town import Worker as InventedWorker
from shared.changes import Change
from shared.forms.model import Form
from shared.wire import Enrol

TOWN_ID = "demo"
PASSWORD = "gate-lamp-rice-4"  # noqa: S105 - printed by the demo, and in the README
DAY_MS = 24 * 3_600 * 1_000
EARLIER_DAYS = 60
"""So long before the first thing was written down the office stood: no grid began earlier."""

Advance = Callable[[int], None]
"""Told how many more changes are in."""


class Place(Struct, frozen=True):
    """The ids that the town's names got."""

    who: AccountIdentity
    areas: dict[str, str]
    """Area ids by code."""
    workers: dict[str, str]
    """Worker ids by staff number."""


class Seeder:
    """Loads one town into an empty database."""

    def __init__(self, engine: Engine, keys: Keys, town: Town, now: int) -> None:
        self.engine = engine
        self.keys = keys
        self.town = town
        self.now = now
        self.clock = SetClock(now)
        self.register = Register(engine, keys, self.clock)

    def seed(self, forms: Iterable[Form], advance: Advance, *, grid_by_grid: bool = False) -> None:
        """Everything: the register, days of grid work, and a few conflicts to decide.

        grid_by_grid: as of `settle`.
        """
        place, hands = self.settle(forms, advance, grid_by_grid=grid_by_grid)
        self._work(place, hands, advance)
        self.clock.at = max(self.clock.at, self.now - DAY_MS)
        for grid in self.town.grids:
            colleagues = _colleagues(self.town, grid.code, hands)
            if len(colleagues) > 1:
                households = disputed(self.engine, TOWN_ID, place.areas[grid.code])
                advance(disagree(self.register, households, *colleagues[:2]))

    def settle(
        self, forms: Iterable[Form], advance: Advance, *, grid_by_grid: bool = False
    ) -> tuple[Place, dict[str, Hand]]:
        """Office, forms, phones and records: a town with its past, and nothing under way.

        grid_by_grid: for a town whose records do not fit into memory. They are received one grid
        after the other and in rounds, instead of in the order in which they were written.
        """
        by_grid = (grid_records(self.town, grid.code) for grid in self.town.grids)
        parts: Iterator[list[TownRecord]]
        if grid_by_grid:
            parts = chain.from_iterable(rounds(_in_order(grid)) for grid in by_grid)
        else:
            parts = iter([_in_order(chain.from_iterable(by_grid))])
        first = next(parts)
        self.clock.at = first[0].at - EARLIER_DAYS * DAY_MS
        place = self._office()
        for form in forms:
            self.register.publish_form(TOWN_ID, form)
        hands = {number: self._hand(place, worker) for number, worker in place.workers.items()}
        for part in chain([first], parts):
            self._written(part, place, hands, advance)
        return place, hands

    def _written(
        self,
        written: list[TownRecord],
        place: Place,
        hands: dict[str, Hand],
        advance: Advance,
    ) -> None:
        """What the workers wrote down, in the order of time; in the end all of it is pushed."""
        unseen: dict[str, Hand] = {}
        for staff_no, save in _saves(written):
            hand = hands[staff_no]
            for record in save:
                # Whoever edits what a colleague wrote has pulled it: it must have been pushed.
                if (other := unseen.get(record.id, hand)) is not hand:
                    advance(other.push(self.register))
                unseen[record.id] = hand
            advance(hand.write(_changes(save, place), self.register))
        for hand in hands.values():
            advance(hand.push(self.register))

    def _work(self, place: Place, hands: dict[str, Hand], advance: Advance) -> None:
        """What the grids of the first community did in the last days."""
        days = WorkDays(self.engine, self.register, self.clock, self.now)
        first = self.town.communities[0].code
        with reading(self.engine) as conn:
            office = operator(conn, TOWN_ID)
        community = replace(office, role=Role.COMMUNITY_ADMIN)
        for grid in self.town.grids:
            colleagues = tuple(_colleagues(self.town, grid.code, hands))
            if grid.parent == first and colleagues:
                area = place.areas[grid.code]
                advance(days.write(WorkPlace(area, colleagues, community)))

    def _office(self) -> Place:
        root = self.town.area
        with writing(self.engine) as conn:
            new = NewTown(TOWN_ID, root.name, root.code)
            act = Act(conn, add_town(conn, self.keys, self.clock(), new), self.keys, self.clock())
            areas, tree = {root.code: act.who.area_id}, {}
            for area in (*self.town.communities, *self.town.grids):
                added = add_area(act, NewArea(areas[area.parent], area.code, area.name))
                areas[area.code], tree[area.code] = added.id, added
            for number, grid in enumerate(self.town.grids):
                ring = MultiPolygon([Polygon(field_of(self.town, number).ring)])
                set_boundary(act, Boundary(tree[grid.code], ring), self.clock())
        with reading(self.engine) as conn:
            who = operator(conn, TOWN_ID)
        with acting(self.engine, self.keys, who, self.clock) as act:
            # Its passwords are printed for everybody: a second factor would only lock people out.
            set_factor_rule(act, FactorRule.NOBODY)
            workers = {worker.staff_no: _add(act, worker, areas) for worker in self.town.workers}
            for account in self.town.accounts:
                role, below = Role(account.role), areas[account.area]
                login = NewAccount(account.login, account.name, role, below, PASSWORD, account.post)
                add_account(act, login)
        return Place(who, areas, workers)

    def _hand(self, place: Place, worker: str) -> Hand:
        with acting(self.engine, self.keys, place.who, self.clock) as act:
            code = give_code(act, worker).code
        wanted = Enrol(code, public_key(), platform="Android", app="0.1.0", town=TOWN_ID)
        enrolled = enrol(self.engine, self.keys, wanted, self.clock)
        with reading(self.engine) as conn:
            device = authenticate(conn, enrolled.token, self.clock.at)
        return Hand(device, self.clock)


def _add(act: Act, worker: InventedWorker, areas: dict[str, str]) -> str:
    grids = tuple(areas[duty.grid] for duty in worker.duties)
    return add_worker(act, NewWorker(worker.staff_no, worker.name, worker.phone, grids)).id


def _in_order(written: Iterable[TownRecord]) -> list[TownRecord]:
    return sorted(written, key=lambda record: record.at)


def _saves(written: list[TownRecord]) -> Iterator[tuple[str, list[TownRecord]]]:
    """What one worker wrote down at one time, as one save, in the order of time."""
    for (_, staff_no), save in groupby(written, key=lambda record: (record.at, record.worker)):
        yield staff_no, list(save)


def _changes(save: list[TownRecord], place: Place) -> list[Change]:
    save_id = new_id(save[0].at)
    return [
        Change(
            n=0,
            save=save_id,
            kind=record.change,
            record=record.id,
            record_kind=record.kind,
            grid=place.areas[record.grid],
            worker=place.workers[record.worker],
            at=record.at,
            units=record.answers,
            visit=record.visit,
        )
        for record in save
    ]


def _colleagues(town: Town, grid: str, hands: dict[str, Hand]) -> list[Hand]:
    return [
        hands[worker.staff_no]
        for worker in town.workers
        if any(duty.grid == grid for duty in worker.duties)
    ]
