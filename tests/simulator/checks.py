"""The invariants of the sync, checked at every step and when all is quiet."""

from collections.abc import Iterator

from mobile.store import contact, mending
from mobile.sync.report import SyncState
from server.register.cursors import numbers_of
from server.register.replay import Verified
from shared.changes import ChangeKind
from shared.codec import pack
from shared.policies import Policy
from shared.records import Record
from shared.wire import checksum
from tests.simulator.answered import all_are_asked, answers_arrived, not_asked_again
from tests.simulator.judged import CLAIMED, ECHO, Judged, canonical, found_in
from tests.simulator.oracle import Made
from tests.simulator.phone import SimPhone
from tests.simulator.violation import must
from tests.simulator.world import World

ROUNDS = 10


def read_your_writes(world: World, phone: SimPhone) -> None:
    """7: a worker's own answer stays on her screen until somebody who saw it replaced it.

    Not while the phone shows what a server had that has lost it since.
    """
    if phone.name in world.unhealed:
        return
    not_asked_again(world, phone)
    mine = {made.change.record for made in world.oracle.made if made.author == phone.name}
    judged = world.judged() if mine else None
    for record in (*world.households, *world.questions):
        if judged is not None and record in mine:
            _own_answers_stand(world, phone, record, judged)


def cursor_went_on(world: World, phone: SimPhone) -> None:
    """11: what a phone has received it never asks for again, until it must take all of it again."""
    town = world.made.town
    cursor, before = contact.cursor(phone.store.shelf), world.cursors.get(phone.name, {})
    now = numbers_of(cursor, town.who.town, town.services.keys.cursor)
    for grid in before.keys() & now.keys():
        went_on = now[grid] >= before[grid]
        must(went_on, f"11: the cursor of {phone.name} went back: {grid}")
    world.cursors[phone.name] = dict(now)


def quiet(world: World) -> None:
    """Lets everybody sync over a good line until nobody has written since anybody's last sync."""
    for phone in world.phones:
        phone.line.calm()
        phone.crashes = 0.0
    heard: dict[str, int] = {}
    for _ in range(ROUNDS):
        for phone in world.phones:
            if heard.get(phone.name) != world.last_number():
                report = phone.sync()
                must(report.state is SyncState.DONE, f"8: {phone.name} cannot sync: {report}")
                heard[phone.name] = world.last_number()
        if set(heard.values()) == {world.last_number()}:
            break
    idle = world.phones[0].sync()
    asked_again = idle.sent > idle.held  # what waits for its record is asked about each time
    must(not (asked_again or idle.received), f"8: it never becomes quiet: {idle}")


def everything(world: World) -> None:
    """All that must hold when all is quiet."""
    register, town = world.made.town.services.register, world.made.town.who.town
    judged = world.judged()
    _exactly_once(world, judged)
    records = register.records(town, [record for _, _, record, _ in world.numbers()])
    for record in records.values():
        _no_lost_update(record, judged)
    _conflicts_are_queued(world, records, judged)
    for phone in world.phones:
        _converged(world, phone, records)
        _shows_what_waits(world, phone, judged)
        all_are_asked(world, phone, judged)
    answers_arrived(world, judged)
    verified: Verified = register.verify(town)
    must(not verified.register_differs, f"11: not the replay: {verified.register_differs}")
    must(not verified.rest_differs, f"11: projections: {verified.rest_differs}")


def _own_answers_stand(world: World, phone: SimPhone, record: str, judged: Judged) -> None:
    view = phone.store.record(record)
    if view is None or view.id != record:
        return
    for unit, value in _last_own(world, phone, record):
        shown = (
            {canonical(v.value) for v in view.units[unit].values} if unit in view.units else set()
        )
        if value in shown:
            continue
        replaced = judged.replaced_by(phone.name, record, unit)
        must(
            any(seq <= view.version for seq in replaced),
            f"7: {phone.name} does not see her own {unit} of {record}: {value}, but {shown}",
        )


def _last_own(world: World, phone: SimPhone, record: str) -> Iterator[tuple[str, str]]:
    """Her last answer to each unit that is no set, unless it may have been refused."""
    last: dict[str, Made] = {}
    for made in world.oracle.made:
        if made.author == phone.name and made.change.record == record:
            last |= dict.fromkeys(made.change.units, made)
    for unit, made in last.items():
        rules = world.oracle.rules[made.change.record_kind]
        if rules.policy(unit) is not Policy.UNION and made.rightful:
            yield unit, canonical(made.change.units[unit])


def _exactly_once(world: World, judged: Judged) -> None:
    """4: every change is in the journal once, and every echo; only what must not be is not."""
    found = world.numbers()
    made_once = {made.key for made in world.oracle.made}
    for key in found.keys() - judged.echoes:
        must(key in made_once, f"4: {key} is in the journal, but nobody made it so often")
    for made in world.oracle.made:
        arrived = made.key in found
        if made.change.record in world.refused:
            must(not arrived, f"8: nonsense was taken: {made.change}")
        elif not made.lost and not arrived and not _has_no_record(world, made.change.record):
            must(
                _was_refused(world, made),
                f"2: a change of {made.author} never arrived: {made.change}",
            )
    echoes = {key for key in found if key[0].startswith(ECHO)}
    must(echoes == judged.echoes, f"echoes: {echoes}, but there should be {judged.echoes}")


def _has_no_record(world: World, record: str) -> bool:
    """Whether changes of it wait for ever: its create was lost on the way, or is refused."""
    found = world.numbers()
    creates = [
        made
        for made in world.oracle.made
        if made.change.record == record and made.change.kind is ChangeKind.CREATE
    ]
    return all(
        made.key not in found and (made.lost or _was_refused(world, made)) for made in creates
    )


def _was_refused(world: World, made: Made) -> bool:
    """Whether somebody who may have had no right to it was told so."""
    author = [phone for phone in world.phones if phone.name == made.author]
    told = {
        (sent.save, sent.kind, sent.record) for phone in author for sent in phone.store.trouble()
    }
    return not made.rightful and (not author or made.told in told)


def _no_lost_update(record: Record, judged: Judged) -> None:
    """2: the candidates are exactly the maximal writes."""
    found, expected = found_in(record), judged.expected(record.id)
    for unit in expected.keys() | found.keys():
        must(
            found.get(unit) == expected.get(unit),
            f"2: {unit} of {record.kind} {record.id}: the register has {found.get(unit)}, "
            f"but the maximal writes are {expected.get(unit)}",
        )


def _conflicts_are_queued(world: World, records: dict[str, Record], judged: Judged) -> None:
    """3: two values under review are an open conflict, and nothing else is one."""
    register, admin = world.made.town.services.register, world.made.admin
    open_ones = register.open_conflicts(admin.town, admin.grids, limit=10_000)
    queued = {(each.record, each.unit) for each in open_ones if not each.claim}
    contested = {
        (record.id, unit)
        for record in records.values()
        for unit in judged.waiting(record.id, record.kind)
    }
    must(queued == contested, f"3: queued {queued}, contested {contested}")
    for record in records.values():
        deleted = judged.deleted(record.id)
        must(record.deleted is deleted, f"3: {record.id} should be deleted: {deleted}")
        into = judged.merged_into(record.id)
        must(record.alias_of == into, f"3: {record.id} should be merged into {into}")
    claimed = {each.record for each in open_ones if each.claim and each.unit == CLAIMED}
    second = judged.second_claims()
    must(second in (None, claimed), f"3: claimed twice {second}, queued {claimed}")
    world.happened["a number claimed twice"] += bool(claimed)


def _converged(world: World, phone: SimPhone, records: dict[str, Record]) -> None:
    """1, 6, 8, 11: the shadow is the register in scope, nothing else is here, all is sent."""
    shelf, grids = phone.store.shelf, {area.id for area in phone.store.areas()}
    hers = {world.made.grid(name) for name in world.duties[phone.worker]}
    must(grids == hers, f"6: {phone.name} holds {grids}, but hers are {hers}")
    there = {
        record.id: record
        for record in records.values()
        if record.grid in grids and not (record.deleted and record.version <= world.forgotten)
    }
    with shelf.database.reading() as conn:
        ids = [p if isinstance(p, str) else p.id for p in shelf.shadow.all(conn)]
        here = {record: shelf.shadow.get(conn, record) for record in ids}
    must(here.keys() <= there.keys(), f"6: {phone.name} still has {here.keys() - there.keys()}")
    must(there.keys() <= here.keys(), f"1: {phone.name} lacks {there.keys() - here.keys()}")
    for record_id, shadow in here.items():
        assert shadow is not None
        same = pack(shadow) == pack(there[record_id])
        must(same, f"1: {phone.name} has another {record_id}: {shadow} not {there[record_id]}")
    counts = phone.store.counts()
    must(counts.unsent == 0, f"8: {phone.name} still has unsent work")
    overlaid = [record for record in shelf.overlaid() if not _has_no_record(world, record)]
    must(not overlaid, f"8: {phone.name} still has an overlay")
    sums = {
        grid: sum(checksum(r.id, r.version) for r in there.values() if r.grid == grid) % (1 << 64)
        for grid in grids
    }
    must(mending.differing(shelf, sums) == [], f"11: the checksum of {phone.name} differs")
    must(contact.cursor(shelf) is not None, f"11: {phone.name} has no cursor")


def _shows_what_waits(world: World, phone: SimPhone, judged: Judged) -> None:
    """3: a worker sees which of her households wait for the office."""
    shown = {conflict.record for conflict in phone.store.conflicts()}
    for record in filter(phone.has, world.households):
        waits = bool(judged.waiting(record, "household"))
        if not judged.deleted(record):
            must((record in shown) is waits, f"3: {phone.name} shows {record} otherwise")
