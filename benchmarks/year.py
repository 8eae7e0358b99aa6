"""A year of cases in a town that has had a week: what the office's pages look back on.

`python -m benchmarks.year` copies the town of `doorstep demo --week` (DOORSTEP_HOME) into the
folder that DOORSTEP_YEAR names and lets the 51 weeks before it happen: cases in each grid as in
the rehearsal's week, with what became of them, pushed by its phones and written by its office
through the real register. `python -m benchmarks office` measures what stands there.
"""

import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import event, select
from sqlmodel import col

from rehearsal.cases import FOUND, SORTS, URGENCY
from rehearsal.fates import CASES, DISPUTES, OF_CASES, OF_DISPUTES, Move, Who
from rehearsal.office import Office
from rehearsal.plan import DAYS, HOUR_MS, MINUTE_MS, WORKED_DAYS, WeekPlan, in_hours
from server.clock import DAY_MS, new_id, town_time
from server.coverage.counting import Counting
from server.db.engine import reading
from server.db.office_tables import AssignmentRow, DeviceRow
from server.demo.hands import Hand, SetClock
from server.demo.home import MARK, hurry, mark_of
from server.demo.seeding import TOWN_ID
from server.keys import KEYS_FILE
from server.office.people import AccountIdentity, DeviceIdentity, DeviceStatus
from server.register.edits import Edit
from server.services import Services, open_services
from server.settings import DATABASE_FILE, Settings
from server.town.chance import happens
from shared.changes import Answer, Change, ChangeKind
from shared.work.reading import Origin, read_step
from shared.work.values import DISPUTE, LIVELIHOOD, Action, Level

HOME, FOLDER = "DOORSTEP_HOME", "DOORSTEP_YEAR"
WEEKS = 51
LEFT_OPEN = 0.05
"""Of the cases that drag on beyond the week, so many are still open after a year."""
AT_ONCE_MS = 6 * HOUR_MS
"""What an account writes in a forenoon or an afternoon comes in together."""
_OK = {"result": "ok"}
_VERIFIED = Move(16, Who.COMMUNITY, Action.VERIFY, _OK)
_VISITED = Move(7 * 24, Who.PHONE, Action.RETURN_VISIT, _OK)
_VISITS = {
    DISPUTE: (_VISITED, replace(_VISITED, hours=23 * 24), replace(_VISITED, hours=60 * 24)),
    LIVELIHOOD: (replace(_VISITED, hours=30 * 24),),
}
_DRAGGED_ON = frozenset({"more time", "suspended", "accepted", "waiting", "dragging on"})
"""Fates that leave a case open at the end of the week."""
_HELD_BY = {
    Who.PHONE: Level.GRID,
    Who.COMMUNITY: Level.COMMUNITY,
    Who.DEPARTMENT: Level.COMMUNITY,
    Who.TOWN: Level.TOWN,
}


class Noted(Struct, frozen=True):
    """A record that somebody writes at a time."""

    at: int
    who: Who
    grid: str
    kind: str
    record: str
    units: dict[str, Answer]


class Year:
    """The weeks before the one that the town has had."""

    def __init__(self, services: Services, clock: SetClock, monday: date) -> None:
        self._services, self._clock = services, clock
        self._office = Office(services, clock)
        self._plan = WeekPlan(monday=monday)
        self._ends = self._plan.at(0)
        self._noted: defaultdict[int, list[Noted]] = defaultdict(list)

    def happen(self) -> None:
        """Lets all of it happen, week by week."""
        hands = self._hands
        for week in range(WEEKS):
            for number, grid in enumerate(hands):
                self._find(week, grid, Random(f"year/{week}/{number}"))
            noted = sorted(self._noted.pop(week, []), key=lambda one: one.at)
            self._phones(week, [one for one in noted if one.who is Who.PHONE])
            self._desks([one for one in noted if one.who is not Who.PHONE])
            print(f"week {week + 1} of {WEEKS}: {len(noted)} changes", flush=True)

    def _begins(self, week: int) -> int:
        return self._plan.at(DAYS * (week - WEEKS))

    @cached_property
    def _hands(self) -> Mapping[str, Hand]:
        """A phone of each grid that has one."""
        device, duty = DeviceRow, AssignmentRow
        wanted = (
            select(
                col(device.id), col(device.worker_id), col(device.last_n), col(device.digest),
                col(duty.area_id),
            )
            .join(
                duty,
                (col(duty.town_id) == col(device.town_id))
                & (col(duty.worker_id) == col(device.worker_id)),
            )
            .where(col(device.town_id) == TOWN_ID, col(device.status) == DeviceStatus.ACTIVE)
            .order_by(col(device.id))
        )  # fmt: skip
        hands: dict[str, Hand] = {}
        known: dict[str, Hand] = {}
        with reading(self._services.engine) as conn:
            for row in conn.execute(wanted):
                who = DeviceIdentity(TOWN_ID, row.id, row.worker_id, "", "", (row.area_id,))
                mine = known.setdefault(row.id, Hand(who, self._clock, row.last_n, row.digest))
                hands.setdefault(row.area_id, mine)
        return hands

    def _find(self, week: int, grid: str, chance: Random) -> None:
        """What is found in a grid in a week, and what becomes of it, now and later."""
        for _ in range(chance.randint(*self._plan.cases)):
            day = chance.randrange(WORKED_DAYS)
            at = self._begins(week) + day * DAY_MS + chance.randint(8 * 60, 16 * 60) * MINUTE_MS
            for noted in self._course(grid, at, chance):
                if noted.at >= self._ends:
                    break
                self._noted[(noted.at - self._begins(0)) // (DAYS * DAY_MS)].append(noted)

    def _course(self, grid: str, at: int, chance: Random) -> Iterator[Noted]:
        """A case and its steps, in the order of time."""
        sort = SORTS.pick(chance)
        text, more = FOUND[sort]
        case = new_id(at)
        units: dict[str, Answer] = {
            "case_kind": sort, "text": text, "urgency": URGENCY.pick(chance),
            "discovered_at": town_time(at).isoformat(timespec="seconds"), **more,
        }  # fmt: skip
        yield Noted(at, Who.PHONE, grid, "case", case, units)
        turn, after = 0, ""
        for move in _moves(sort, chance):
            at = in_hours(at + round(move.hours * HOUR_MS), chance.randrange(60))
            step = new_id(at)
            said = _step(case, move, turn=turn, after=after, at=at)
            yield Noted(at, move.who, grid, "case_step", step, said)
            read = read_step(step, said, Origin("", "", 0, at, at))
            if read is not None and read.is_decisive:
                turn, after = turn + 1, step

    def _phones(self, week: int, noted: Sequence[Noted]) -> None:
        """Every phone pushes what was written on it in the week."""
        self._clock.at = self._begins(week + 1)
        hands = self._hands
        for one in noted:
            hands[one.grid].write([_change(one, hands[one.grid].device)], self._services.register)
        for hand in hands.values():
            hand.push(self._services.register)

    def _desks(self, noted: Sequence[Noted]) -> None:
        """Every account writes what it did in half a day."""
        batches: defaultdict[tuple[int, str], list[Noted]] = defaultdict(list)
        accounts: dict[str, AccountIdentity] = {}
        for one in noted:
            who = self._account(one)
            accounts[who.id] = who
            batches[one.at // AT_ONCE_MS, who.id].append(one)
        for (half, account), some in sorted(batches.items()):
            self._clock.at = (half + 1) * AT_ONCE_MS
            # A department has no grids: where its case lies, it may write its step.
            who = accounts[account]
            writes = replace(who, grids=who.grids | {one.grid for one in some})
            self._services.register.commit(writes, [_edit(one) for one in some])

    def _account(self, one: Noted) -> AccountIdentity:
        office = self._office
        if one.who is Who.COMMUNITY:
            return office.above(one.grid)
        return office.town if one.who is Who.TOWN else office.department


def main() -> None:
    """Builds the year."""
    home, folder = Path(os.environ[HOME]), Path(os.environ[FOLDER])
    mark = mark_of(home)
    if mark is None or not mark.week:
        raise SystemExit(f"no week of a town in {HOME}; `doorstep demo --week` makes one")
    folder.mkdir(parents=True)
    shutil.copy(home / KEYS_FILE, folder / KEYS_FILE)
    with (
        closing(sqlite3.connect(home / DATABASE_FILE)) as source,
        closing(sqlite3.connect(folder / DATABASE_FILE)) as copy,
    ):
        source.backup(copy)
    clock = SetClock(0)
    services = open_services(Settings(home=folder), clock)
    event.listen(services.engine, "connect", hurry)
    monday = date.fromisoformat(mark.week)
    Year(services, clock, monday).happen()
    clock.at = WeekPlan(monday=monday).ends
    for _ in Counting(services.engine, services.register, clock).run(TOWN_ID):
        pass
    services.engine.dispose()
    shutil.copy(home / MARK, folder / MARK)  # last: it says that the rest is whole


def _moves(sort: str, chance: Random) -> tuple[Move, ...]:
    """What becomes of a case: its week, and what comes after."""
    fates, of = (DISPUTES, OF_DISPUTES) if sort == DISPUTE else (CASES, OF_CASES)
    fate = of.pick(chance)
    moves = fates[fate]
    if fate in _DRAGGED_ON and not happens(chance, LEFT_OPEN):
        days = chance.randint(4, 40)
        closing = Move(days * 24, Who.PHONE, Action.CLOSE, {"text": "已处理"})
        moves = (*moves, closing, _VERIFIED)
    is_verified = bool(moves) and moves[-1].action is Action.VERIFY
    return (*moves, *_VISITS.get(sort, ())) if is_verified else moves


def _step(case: str, move: Move, *, turn: int, after: str, at: int) -> dict[str, Answer]:
    said = {
        name: town_time(at + int(value) * DAY_MS).date().isoformat() if value[:1] == "+" else value
        for name, value in move.said.items()
    }
    envelope: dict[str, Answer] = {
        "case": case, "action": move.action.value, "level": _HELD_BY[move.who].code,
        "turn": str(turn), **({"after": after} if after else {}),
        **({"post": "urban"} if move.who is Who.DEPARTMENT else {}),
    }  # fmt: skip
    return {**envelope, **said}


def _change(one: Noted, device: DeviceIdentity) -> Change:
    return Change(
        n=0, save=new_id(one.at), kind=ChangeKind.CREATE, record=one.record, record_kind=one.kind,
        grid=one.grid, worker=device.worker_id, at=one.at, units=one.units,
    )  # fmt: skip


def _edit(one: Noted) -> Edit:
    return Edit(
        kind=ChangeKind.CREATE, record=one.record, record_kind=one.kind, grid=one.grid,
        units=one.units,
    )  # fmt: skip


if __name__ == "__main__":
    main()
