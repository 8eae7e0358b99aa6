"""What befalls the server and its records: backups, restores, forgetting, and duties."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from mobile.errors import AppError
from mobile.store import parcels
from mobile.sync.carrying import carry_out
from server.commands.keeping import renew
from server.db.engine import reading
from server.office.assignments import assign, assignments, end_assignment
from server.register.carried import CarryOverRefused
from server.register.counter import counter
from server.register.forgetting import Keeping
from tests.simulator.phone import SimPhone
from tests.simulator.world import Backup

if TYPE_CHECKING:
    from tests.simulator.world import World

GRIDS = ("g1", "g2")
AT_ONCE = Keeping(keep_days=0, silent_days=0)
"""Forgets all that has left, whether or not any phone has heard of it: then it is answered 410."""


def backs_up(world: "World") -> str:
    """The database is copied while the server runs."""
    file = world.made.folder / "server-backup.db"
    with closing(sqlite3.connect(_database(world))) as here, closing(sqlite3.connect(file)) as to:
        here.backup(to)
    world.backup = Backup(file, dict(world.duties), world.forgotten)
    return "(the server) is backed up"


def is_put_back(world: "World") -> str | None:
    """The server has burnt; it goes on from its backup, in a new epoch."""
    if world.backup is None:
        return None
    services, database = world.made.town.services, _database(world)
    services.engine.dispose()
    for side in ("-wal", "-shm"):
        database.with_name(database.name + side).unlink(missing_ok=True)
    incoming = database.with_name("incoming.db")
    incoming.write_bytes(world.backup.file.read_bytes())
    Path(incoming).replace(database)
    renew(services)
    world.server_lives += 1
    world.number_anew()
    arrived = world.numbers()
    world.lost.append(range(world.last_number() + 1, _counted(world)))
    for made in world.oracle.made:
        # What phones made comes back from them; what the office wrote nobody has any more.
        made.lost = made.lost or (made.author == "office" and made.key not in arrived)
        known = made.key in arrived or not world.saw_what_was_lost(made.change)
        made.rightful = made.rightful and known and world.duties == world.backup.duties
    world.duties, world.forgotten = dict(world.backup.duties), world.backup.forgotten
    world.cursors.clear()
    world.merges.clear()
    world.unhealed |= {phone.name for phone in world.phones}
    return "(the server) goes on from its backup"


def forgets(world: "World") -> str | None:
    """Tombstones and exits are forgotten, also those that some phone has not heard of."""
    register, town = world.made.town.services.register, world.made.town.who.town
    done = register.forget(town, AT_ONCE)
    world.forgotten = done.upto
    return f"(the server) forgets {done}" if done.tombstones or done.exits else None


def is_given(world: "World", phone: SimPhone) -> str | None:
    """The phone's worker is given one more grid."""
    hers = world.duties[phone.worker]
    others = sorted(set(GRIDS) - hers)
    if not others:
        return None
    grid = world.chance.choice(others)
    with world.made.town.act() as act:
        assign(act, world.made.workers[phone.worker], world.made.grid(grid))
    world.duties[phone.worker] = hers | {grid}
    return f"has a new grid: {grid}"


def loses(world: "World", phone: SimPhone) -> str | None:
    """The phone's worker has one grid less."""
    hers = world.duties[phone.worker]
    if len(hers) < len(GRIDS):
        return None
    grid = world.chance.choice(sorted(hers))
    worker = world.made.workers[phone.worker]
    with world.made.town.act() as act:
        for duty in assignments(act.conn, act.who, worker):
            if duty.area_id == world.made.grid(grid) and duty.valid_to is None:
                end_assignment(act, duty.id)
    world.duties[phone.worker] = hers - {grid}
    return f"loses a grid: {grid}"


def exports(world: "World", phone: SimPhone) -> str | None:
    """A worker without a signal puts what is unsent into a file."""
    try:
        world.files.append(carry_out(phone.store.shelf))
    except AppError:  # there is nothing unsent, or its chain is broken
        return None
    return "exports what is unsent"


def takes_along(world: "World", phone: SimPhone) -> str | None:
    """A colleague takes somebody's file along, to bring it with the next sync."""
    if not world.files:
        return None
    parcels.keep(phone.store.shelf.database, world.chance.choice(world.files))
    return "takes a colleague's file along"


def imports(world: "World") -> str | None:
    """Somebody brings a file to the office, perhaps one that has arrived, perhaps twice."""
    if not world.files:
        return None
    file = world.chance.choice(world.files)
    told = [_brought(world, file) for _ in range(world.chance.choice((1, 2)))]
    return f"(the office) imports a file: {', then '.join(told)}"


def _brought(world: "World", file: bytes) -> str:
    register, town = world.made.town.services.register, world.made.town.who.town
    try:
        done = register.carried(town, file, world.made.admin.id)
    except CarryOverRefused as refused:
        return refused.code
    world.happened["a file was imported again"] += not done.taken
    return f"{done.taken} new, {done.known} known"


def _counted(world: "World") -> int:
    """The number that the town's counter stands at."""
    with reading(world.made.town.services.engine) as conn:
        return counter(conn, world.made.town.who.town).seq


def _database(world: "World") -> Path:
    path = world.made.town.services.engine.url.database
    assert path is not None
    return Path(path)
