"""Households that are found to be one, and those that were not after all."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from server.register.deeds import Merging
from server.register.refusals import NotDecided, NothingToTake
from shared.records import Record
from tests.simulator import office
from tests.simulator.judged import canonical, found_in
from tests.simulator.violation import Violation
from tests.simulator.world import Before

if TYPE_CHECKING:
    from tests.simulator.world import World


def merges(world: "World") -> str | None:
    """Two households are found to be one."""
    known = [world.made.record(record) for record in world.households]
    alive = [one for one in known if one is not None and not one.deleted and one.alias_of is None]
    if len(alive) < 2:
        return None
    merged, survivor = world.chance.sample(alive, 2)
    take = ("head_name",) if world.chance.random() < 0.3 else ()
    merging = Merging(
        merged=merged.id,
        base=merged.version,
        survivor=survivor.id,
        survivor_base=survivor.version,
        take=take,
    )
    deeds = world.made.town.services.register.deeds
    try:
        committed = deeds.merge(world.made.admin, merging)
    except (NotDecided, NothingToTake):  # then without it
        committed = deeds.merge(world.made.admin, replace(merging, take=()))
    office.tell_written(world, {each.id: each.version for each in (merged, survivor)})
    world.merges[merged.id] = Before(survivor.id, _standing_of(survivor), max(committed.seqs))
    return f"(the office) merges {world.name_of(merged.id)} into {world.name_of(survivor.id)}"


def parts(world: "World") -> str | None:
    """Two households were not one after all."""
    merged = [
        record
        for each in world.households
        if (record := world.made.record(each)) is not None and record.alias_of is not None
    ]
    if not merged:
        return None
    record = world.chance.choice(merged)
    survivor = world.made.record(record.alias_of or "")
    assert survivor is not None
    deeds = world.made.town.services.register.deeds
    deeds.unmerge(world.made.admin, record.id, record.version)
    office.tell_written(world, {each.id: each.version for each in (record, survivor)})
    _check_parting(world, record, survivor)
    return f"(the office) parts {world.name_of(record.id)} from {world.name_of(survivor.id)}"


def _check_parting(world: "World", record: Record, survivor: Record) -> None:
    """Where nobody wrote in between, the survivor is again what it was before the merge."""
    before = world.merges.pop(record.id, None)
    if before is None or before.survivor != survivor.id:
        return
    if max(record.version, survivor.version) > before.merged_at:
        return
    world.happened["an untouched merge taken back"] += 1
    after = world.made.record(survivor.id)
    now = None if after is None else _standing_of(after)
    if now != before.standing:
        raise Violation(f"parting: {survivor.id} was {before.standing}, and is now {now}")


def _standing_of(record: Record) -> dict[str, str]:
    """By unit, the values that stand, as one text."""
    return {
        unit: canonical(sorted(values))
        for unit, values in found_in(record).items()
        if set(values) != {canonical(None)}
    }
