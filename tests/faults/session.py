"""A recorded session: what a few people do in a morning, always the same, with every kind of step.

Each of its durable steps and messages is a point at which something may break.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TypeAlias

import httpx
from sqlalchemy import Connection, event

from mobile.store.values import Edit
from shared.changes import Answer, ChangeKind
from tests.simulator import checks, office, workers
from tests.simulator.line import Crash, ServerDied
from tests.simulator.phone import SimPhone
from tests.simulator.world import World


class What(StrEnum):
    """What may happen at a point."""

    PHONE_COMMITS = "a phone commits"
    SERVER_COMMITS = "the server commits"
    REQUEST = "a request leaves"
    REPLY = "a reply comes"


@dataclass
class Points:
    """Counts the points of a session, and lets it break at one of them."""

    fatal: int = -1
    lost: bool = False
    """At a message: it is lost, and the phone lives on."""
    seen: list[What] = field(default_factory=list)

    def passes(self, what: What) -> bool:
        """Whether it breaks here."""
        self.seen.append(what)
        return len(self.seen) - 1 == self.fatal


Step: TypeAlias = Callable[[World, SimPhone], None]


def play(world: World, points: Points) -> None:
    """The session from beginning to end, whatever breaks, and then all that must hold."""
    for number, step in STEPS:
        world.made.town.clock.at += 60_000
        with _breakable(world, world.phones[number], points) as phone:
            world.do(phone, partial(step, world))
        checks.read_your_writes(world, phone)
    checks.quiet(world)
    checks.everything(world)


@contextmanager
def _breakable(world: World, phone: SimPhone, points: Points) -> Iterator[SimPhone]:
    engine = world.made.town.services.engine

    def commits(_: Connection) -> None:
        if phone.at_commit is not None and points.passes(What.SERVER_COMMITS):
            raise ServerDied

    _watch(phone, points)
    event.listen(engine, "commit", commits)
    try:
        yield phone
    finally:
        event.remove(engine, "commit", commits)
        _watch(phone, None)


def _watch(phone: SimPhone, points: Points | None) -> None:
    phone.line.before = phone.line.after = phone.at_commit = None
    if points is None:
        return

    def at_commit() -> None:
        if points.passes(What.PHONE_COMMITS):
            phone.battery_is_empty()

    def at(what: What) -> Callable[[httpx.Request], None]:
        def message(request: httpx.Request) -> None:
            if points.passes(what):
                raise httpx.ReadError("lost", request=request) if points.lost else Crash

        return message

    phone.at_commit = at_commit
    phone.line.before, phone.line.after = at(What.REQUEST), at(What.REPLY)


def _edits(place: int, **units: Answer) -> Step:
    """Edits a household as it is on the phone."""

    def step(world: World, phone: SimPhone) -> None:
        record = world.households[place]
        view = phone.store.record(record)
        if view is None:
            return
        world.had_seen(record, view.version)
        phone.save([_edit(ChangeKind.SET, record, units, view.version)])

    return step


def _edit(kind: ChangeKind, record: str, units: Mapping[str, Answer], base: int) -> Edit:
    return Edit(kind=kind, record=record, record_kind="household", units=dict(units), base=base)


def _registers(world: World, phone: SimPhone) -> None:
    record, resident = phone.clock.new_id(), phone.clock.new_id()
    world.households.append(record)
    family = Edit(
        kind=ChangeKind.CREATE,
        record=resident,
        record_kind="resident",
        units={"household": record, "name": "李芳"},
    )
    phone.save([_edit(ChangeKind.CREATE, record, {"head_name": "李芳"}, 0), family])


def _fills_in(world: World, phone: SimPhone) -> None:
    record = world.households[2]
    view = phone.store.record(record)
    if view is None:
        return
    world.had_seen(record, view.version)
    draft = phone.store.keep(phone.store.begin("household", record).answered("people_count", 9))
    phone.store.save_drafts(draft)


def _deletes(world: World, phone: SimPhone) -> None:
    record = world.households[1]
    view = phone.store.record(record)
    if view is not None:
        world.had_seen(record, view.version)
        phone.save([_edit(ChangeKind.DELETE, record, {}, view.version)])


def _nonsense(world: World, phone: SimPhone) -> None:
    record = phone.clock.new_id()
    world.refused.add(record)
    phone.save(
        [Edit(kind=ChangeKind.CREATE, record=record, record_kind="nonsense", units={"x": 1})]
    )


def _syncs(_: World, phone: SimPhone) -> None:
    phone.sync()


def _office(act: Callable[[World], str | None]) -> Step:
    def step(world: World, phone: SimPhone) -> None:
        _watch(phone, None)  # not a step of the phone's
        act(world)

    return step


def _is_copied(world: World, phone: SimPhone) -> None:
    workers.is_copied(world, phone)


def _goes_on_from_its_copy(world: World, phone: SimPhone) -> None:
    workers.goes_on_from_its_copy(world, phone)


A, B, C = range(3)


def _steps() -> Iterator[tuple[int, Step]]:
    yield A, _is_copied
    yield A, _edits(0, phone="13900010001", head_name="王强")
    yield B, _edits(0, phone="13900010002", access_note="后门")
    yield B, _registers
    yield B, _syncs
    yield A, _nonsense
    yield A, _registers
    yield A, _edits(1, marks=["floating"], last_seen="2026-03-04")
    yield A, _syncs
    yield A, _office(office.decides)
    yield A, _office(office.edits)
    yield B, _deletes
    yield A, _office(office.moves)
    yield B, _fills_in
    yield B, _syncs
    yield B, _edits(1, phone="13900010001")
    yield B, _syncs
    yield C, _syncs
    yield C, _edits(0, phone="13900010003")
    yield C, _syncs
    yield A, _edits(2, people_count=3)
    yield A, _syncs
    yield A, _goes_on_from_its_copy
    yield A, _edits(0, head_name="赵刚")
    yield A, _syncs


STEPS = tuple(_steps())
