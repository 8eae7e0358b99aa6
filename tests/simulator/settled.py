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
from tests.simulator.phone import Copied, SimPhone
from tests.simulator.quick import OneThread, quick, workshop
from tests.simulator.world import Backup, World

HOUSEHOLDS = 3
PHONES = (("A", ("g1",)), ("B", ("g1",)), ("C", ("g1", "g2")))
EVERY = "ABC"
HOW_OFTEN_NEW = 0.25
"""How often phone C has its first sync still before it."""
DATABASE = "doorstep.db"
BEFORE = 1_700_000_000_000
"""When the areas of the town were made, ms: before all else."""
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
def a_world(seed: int, phones: int = len(PHONES)) -> Iterator[World]:
    """A town with so many phones: one of them may have its first sync still before it.

    With all of them, it is phone C that has; else chance decides which there are.
    """
    settled, chance = settled_town(), Random(seed)
    names = sorted(chance.sample([*EVERY], phones))
    new = {"C"} if phones == len(PHONES) or chance.random() < HOW_OFTEN_NEW else set()
    made = settled.world.made
    made.town.services.engine.dispose()  # somebody may have looked at the world before
    shutil.rmtree(settled.live)
    shutil.copytree(settled.kept / "server", settled.live / "server")
    for name in names:
        kept = f"{name}-new" if name in new else name
        shutil.copytree(settled.kept / kept, settled.live / name)
    made.town.clock.at = settled.at
    with quick(made.town.clock):
        world = _beginning(settled.world, World(made, chance), names)
        world.backup = Backup(settled.kept / "server" / DATABASE, dict(world.duties), 0)
        try:
            yield world
        finally:
            for phone in world.phones:
                phone.close()
                world.happened += phone.line.happened
            made.town.services.engine.dispose()


def _beginning(before: World, world: World, names: list[str]) -> World:
    world.households += before.households
    world.duties |= before.duties
    world.oracle.made += [replace(made) for made in before.oracle.made]
    for known in before.phones:
        if known.name not in names:
            continue
        clock = StillClock(known.clock.wall)
        clock.mono, clock.made = known.clock.mono, known.clock.made
        phone = _phone(world, known.name, clock)
        phone.places = phone.copied_places = known.places
        phone.copied = Copied(known.name, -1, 0)
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
    with quick(lambda: BEFORE):  # also the ids of its areas: rows are read in their order
        town = make_town(_live(folder) / "server")
    with quick(town.clock):
        for form in builtin_forms().values():
            town.services.register.publish_form(town.who.town, form)
        admin = town.account("admin", Role.TOWN_ADMIN)
        app = answering(town.services)
        world = World(Field(town, OneThread(), app, _live(folder), admin), Random(SEED))
        for number, (name, grids) in enumerate(PHONES, 1):
            world.made.workers[name] = town.worker(name, *grids)
            world.duties[name] = frozenset(grids)
            _enrol(world, name, number)
        for _ in range(HOUSEHOLDS):
            world.households.append(world.phones[0].clock.new_id())
            office.registers(world, world.households[-1])
        settled = _Settled(folder, world, town.clock.at)
        for phone in world.phones:
            phone.back_up()
            phone.close()
            shutil.copytree(settled.live / phone.name, settled.kept / f"{phone.name}-new")
            phone.start()
            phone.sync()
            phone.back_up()
            phone.close()
        town.services.engine.dispose()
    shutil.copytree(settled.live, settled.kept, dirs_exist_ok=True)
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
