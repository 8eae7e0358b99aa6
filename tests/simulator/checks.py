"""The invariants of the sync, checked at every step and when all is quiet."""

from collections.abc import Iterator
from typing import TypeAlias

from mobile.store import contact, mending
from mobile.sync.report import SyncState
from server.register.cursors import numbers_of
from server.register.replay import Verified
from shared.codec import pack
from shared.policies import Policy
from shared.records import Record
from shared.wire import checksum
from tests.simulator.oracle import Key, canonical, found_in
from tests.simulator.phone import SimPhone
from tests.simulator.world import World, numbers

ROUNDS = 8
Numbers: TypeAlias = dict[Key, int]
"""The town's number of each change."""


class Violation(AssertionError):
    """Something that must never happen has happened."""


def read_your_writes(world: World) -> None:
    """7: a worker's own answer stays on her screen until somebody who saw it replaced it."""
    given = {key: seqs[0] for key, seqs in numbers(world).items()}
    for phone in world.phones:
        for record in world.households:
            _own_answers_stand(world, phone, record, given)


def cursors_went_on(world: World) -> None:
    """11: what a phone has received it never asks for again."""
    town = world.made.town
    key = town.services.keys.cursor
    for phone in world.phones:
        cursor, before = contact.cursor(phone.store.shelf), world.cursors.get(phone.name, {})
        now = numbers_of(cursor, town.who.town, key)
        for grid, seq in before.items():
            _must(now.get(grid, 0) >= seq, f"11: the cursor of {phone.name} went back: {grid}")
        world.cursors[phone.name] = dict(now)


def quiet(world: World) -> None:
    """Lets everybody sync over a good line until there is nothing left to do."""
    for phone in world.phones:
        phone.line.calm()
        phone.crashes = 0.0
    for _ in range(ROUNDS):
        reports = [phone.sync() for phone in world.phones]
        for phone, report in zip(world.phones, reports, strict=True):
            _must(report.state is SyncState.DONE, f"8: {phone.name} cannot sync: {report}")
        if not any(report.sent or report.received for report in reports):
            return
    raise Violation("8: it never becomes quiet")


def everything(world: World) -> None:
    """All that must hold when all is quiet."""
    register, town = world.made.town.services.register, world.made.town.who.town
    found = numbers(world)
    _exactly_once(world, found)
    records = register.records(town, [key[2] for key in found])
    given = {key: seqs[0] for key, seqs in found.items()}
    for record in records.values():
        _no_lost_update(world, record, world.oracle.expected(record.id, given))
    _conflicts_are_queued(world, records, given)
    for phone in world.phones:
        _converged(world, phone, records)
        _shows_what_waits(world, phone, given)
    verified: Verified = register.verify(town)
    _must(not verified.register_differs, f"11: not the replay: {verified.register_differs}")
    _must(not verified.rest_differs, f"11: projections: {verified.rest_differs}")


def _must(holds: bool, says: str) -> None:
    if not holds:
        raise Violation(says)


def _own_answers_stand(world: World, phone: SimPhone, record: str, given: Numbers) -> None:
    view = phone.store.record(record)
    if view is None:
        return
    for unit, value in _last_own(world, phone, record):
        shown = (
            {canonical(v.value) for v in view.units[unit].values} if unit in view.units else set()
        )
        if value in shown:
            continue
        replaced = world.oracle.replaced_by(phone.name, record, unit, given)
        _must(
            any(seq <= view.version for seq in replaced),
            f"7: {phone.name} does not see her own {unit} of {record}: {value}, but {shown}",
        )


def _last_own(world: World, phone: SimPhone, record: str) -> Iterator[tuple[str, str]]:
    """Her last answer to each unit that is no set."""
    rules = world.oracle.rules["household"]
    last: dict[str, str] = {}
    for made in world.oracle.made:
        if made.author == phone.name and made.change.record == record:
            last |= {unit: canonical(value) for unit, value in made.change.units.items()}
    yield from ((u, v) for u, v in last.items() if rules.policy(u) is not Policy.UNION)


def _exactly_once(world: World, found: dict[Key, list[int]]) -> None:
    """4: every change is in the journal once; only nonsense is not."""
    for key, seqs in found.items():
        _must(len(seqs) == 1, f"4: {key} is in the journal {len(seqs)} times")
    for made in world.oracle.made:
        arrived = made.key in found
        if made.change.record in world.refused:
            _must(not arrived, f"8: nonsense was taken: {made.change}")
        elif not made.lost:
            _must(arrived, f"2: a change of {made.author} never arrived: {made.change}")


def _no_lost_update(
    world: World, record: Record, expected: dict[str, dict[str, frozenset[int]]]
) -> None:
    """2: the candidates are exactly the maximal writes."""
    found = found_in(record)
    for unit in expected.keys() | found.keys():
        _must(
            found.get(unit) == expected.get(unit),
            f"2: {unit} of {record.kind} {record.id}: the register has {found.get(unit)}, "
            f"but the maximal writes are {expected.get(unit)}",
        )


def _conflicts_are_queued(world: World, records: dict[str, Record], given: Numbers) -> None:
    """3: two values under review are an open conflict, and nothing else is one."""
    register, admin = world.made.town.services.register, world.made.admin
    open_ones = register.open_conflicts(admin.town, admin.grids, limit=10_000)
    queued = {(each.record, each.unit) for each in open_ones}
    contested = {
        (record.id, unit)
        for record in records.values()
        for unit in world.oracle.waiting(record.id, record.kind, given)
    }
    _must(queued == contested, f"3: queued {queued}, contested {contested}")
    for record in records.values():
        deleted = world.oracle.deleted(record.id, given)
        _must(record.deleted is deleted, f"3: {record.id} should be deleted: {deleted}")


def _converged(world: World, phone: SimPhone, records: dict[str, Record]) -> None:
    """1, 6, 8, 11: the shadow is the register in scope, nothing else is here, all is sent."""
    shelf, grids = phone.store.shelf, {area.id for area in phone.store.areas()}
    there = {record.id: record for record in records.values() if record.grid in grids}
    with shelf.database.reading() as conn:
        ids = [p if isinstance(p, str) else p.id for p in shelf.shadow.all(conn)]
        here = {record: shelf.shadow.get(conn, record) for record in ids}
    _must(here.keys() <= there.keys(), f"6: {phone.name} still has {here.keys() - there.keys()}")
    _must(there.keys() <= here.keys(), f"1: {phone.name} lacks {there.keys() - here.keys()}")
    for record_id, shadow in here.items():
        assert shadow is not None
        same = pack(shadow) == pack(there[record_id])
        _must(same, f"1: {phone.name} has another {record_id}: {shadow} not {there[record_id]}")
    counts = phone.store.counts()
    _must(counts.unsent == 0, f"8: {phone.name} still has unsent work")
    _must(not list(shelf.overlaid()), f"8: {phone.name} still has an overlay")
    sums = {
        grid: sum(checksum(r.id, r.version) for r in there.values() if r.grid == grid) % (1 << 64)
        for grid in grids
    }
    _must(mending.differing(shelf, sums) == [], f"11: the checksum of {phone.name} differs")
    _must(contact.cursor(shelf) is not None, f"11: {phone.name} has no cursor")


def _shows_what_waits(world: World, phone: SimPhone, given: Numbers) -> None:
    """3: a worker sees which of her households wait for the office."""
    shown = {conflict.record for conflict in phone.store.conflicts()}
    for record in filter(phone.has, world.households):
        waits = bool(world.oracle.waiting(record, "household", given))
        if not world.oracle.deleted(record, given):
            _must((record in shown) is waits, f"3: {phone.name} shows {record} otherwise")
