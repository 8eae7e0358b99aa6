"""A town that has settled in: made once in a process, and put back for every seed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from server.forms.builtin import builtin_forms
from server.office.roles import Role
from tests.mobile.field import Field, answering
from tests.mobile.kit import StillClock
from tests.server.a_town import Phone as PhoneKey
from tests.server.a_town import make_town
from tests.simulator import office
from tests.simulator.line import SeededLine
from tests.simulator.phone import SimPhone
from tests.simulator.quick import OneThread, quick, workshop
from tests.simulator.world import World

HOUSEHOLDS = 3
PHONES = (("A", ("g1",)), ("B", ("g1",)), ("C", ("g1", "g2")))
SYNCED = ("A", "B")
"""Phone C has its first sync still before it."""
SEED = 0
"""Of what the first households are like: the same in every seed."""


@dataclass(frozen=True)
class _Settled:
    """What every seed begins with. Its folder lasts as long as the process."""

    folder: TemporaryDirectory[str]
    world: World
    at: int

    @property
    def live(self) -> Path:
        """Where the server and the phones have their files."""
        return _live(self.folder)

    @property
    def kept(self) -> Path:
        """The files as they were in the beginning."""
        return Path(self.folder.name) / "kept"


@contextmanager
def a_world(seed: int) -> Iterator[World]:
    """A town with three phones that know its households, or are about to."""
    settled = settled_town()
    made = settled.world.made
    shutil.rmtree(settled.live)
    shutil.copytree(settled.kept, settled.live)
    made.town.clock.at = settled.at
    with quick(made.town.clock):
        world = _beginning(settled.world, World(made, Random(seed)))
        try:
            yield world
        finally:
            for phone in world.phones:
                phone.close()
            made.town.services.engine.dispose()


def _beginning(before: World, world: World) -> World:
    world.households += before.households
    world.oracle.made += [replace(made) for made in before.oracle.made]
    for known in before.phones:
        clock = StillClock(known.clock.wall)
        clock.mono, clock.made = known.clock.mono, known.clock.made
        phone = _phone(world, known.name, clock)
        phone.places = known.places
        phone.start()
        world.phones.append(phone)
    return world


def _phone(world: World, name: str, clock: StillClock) -> SimPhone:
    made = world.made
    engine = made.town.services.engine
    line = SeededLine(made.portal, made.app, chance=world.chance, engine=engine)
    return SimPhone(name, made.folder / name, line, clock, world.chance)


@cache
def settled_town() -> _Settled:
    """The town, made the first time that it is asked for."""
    # One server for all seeds: FastAPI remembers the routes of every app for ever.
    folder = TemporaryDirectory(prefix="doorstep-town-", dir=workshop())
    town = make_town(_live(folder) / "server")
    with quick(town.clock):
        for form in builtin_forms().values():
            town.services.register.publish_form(town.who.town, form)
        admin = town.account("admin", Role.TOWN_ADMIN)
        app = answering(town.services)
        world = World(Field(town, OneThread(), app, _live(folder), admin), Random(SEED))
        for number, (name, grids) in enumerate(PHONES, 1):
            world.made.workers[name] = town.worker(name, *grids)
            _enrol(world, name, number)
        for _ in range(HOUSEHOLDS):
            world.households.append(world.phones[0].clock.new_id())
            office.registers(world, world.households[-1])
        for phone in world.phones:
            if phone.name in SYNCED:
                phone.sync()
            phone.close()
        town.services.engine.dispose()
    settled = _Settled(folder, world, town.clock.at)
    shutil.copytree(settled.live, settled.kept)
    return settled


def _live(folder: TemporaryDirectory[str]) -> Path:
    return Path(folder.name) / "live"


def _enrol(world: World, name: str, number: int) -> None:
    key, town = PhoneKey(), world.made.town
    clock = StillClock(town.clock.at)
    clock.made = number * 1_000_000
    phone = _phone(world, name, clock)
    phone.enrolled(town.enrolled(world.made.workers[name], key), key)
    phone.start()
    world.phones.append(phone)
