"""Where a change would put its record: into another one, or below another one."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import structs

from server.register.aliases import DEPTH_MAX, alias_fault
from server.register.judge import Accepted, Judge, Rejected
from server.register.published import Published
from server.register.reasons import reason
from shared.changes import ALIAS, Change, ChangeKind
from shared.merge import settled
from shared.records import Record

RecordOf = Callable[[str], Record | None]


def placed(judge: Judge, verdict: Accepted, at: int, record_of: RecordOf) -> Accepted | Rejected:
    """The verdict on a change that names other records, given these as they are."""
    change = verdict.change
    if ALIAS in change.units:
        if alias_fault(change, record_of):
            return Rejected(reason("bad_alias"))
        survivor = record_of(str(change.units[ALIAS]))
        if survivor is not None and not judge.scope.covers(survivor.grid, at):
            return Rejected(reason("out_of_area"))
    if change.kind is not ChangeKind.SET or record_of(change.record) is None:
        return verdict  # a new record is never turned away for what it lies under
    return _below(verdict, judge.current, record_of)


def names_others(change: Change, current: Mapping[str, Published]) -> bool:
    """Whether a change says of which other record its own is a part."""
    if change.kind is not ChangeKind.SET:  # most of what is ever taken is new
        return False
    form = current.get(change.record_kind)
    refers = form is not None and not form.references.isdisjoint(change.units)
    return refers or ALIAS in change.units


def named_by(change: Change, current: Mapping[str, Published]) -> Iterator[object]:
    """What a change of a record that is there names as parent or survivor."""
    form = current.get(change.record_kind)
    if ALIAS in change.units:
        yield change.units[ALIAS]
    if form is not None and change.kind is ChangeKind.SET:
        yield from (change.units[unit] for unit in form.references & change.units.keys())


def parents_of(record: Record, current: Mapping[str, Published]) -> Iterator[str]:
    """The records that a record refers to, and the one that it was merged into."""
    form = current.get(record.kind)
    if record.alias_of is not None:
        yield record.alias_of
    for unit in form.references if form is not None else ():
        value = settled(record, unit, form.rules).value if form is not None else None
        if isinstance(value, str):
            yield value


def _below(
    verdict: Accepted, current: Mapping[str, Published], record_of: RecordOf
) -> Accepted | Rejected:
    """The verdict without the units that would put the record where it cannot lie."""
    change = verdict.change
    codes = {}
    for unit in sorted(current[change.record_kind].references & change.units.keys()):
        parent = record_of(str(change.units[unit]))
        if parent is not None and parent.deleted:
            codes[unit] = "parent_deleted"
        elif parent is not None and _leads_to(parent, change.record, current, record_of):
            codes[unit] = "parent_cycle"
    if not codes:
        return verdict
    bad = (*verdict.refused, *codes)
    problem = verdict.problem or reason(next(iter(codes.values())))
    good = {unit: value for unit, value in change.units.items() if unit not in codes}
    if not good:
        return Rejected(problem, bad)
    return Accepted(structs.replace(change, units=good), bad, problem)


def _leads_to(
    parent: Record, record: str, current: Mapping[str, Published], record_of: RecordOf
) -> bool:
    """Whether the way up from a parent comes to the record itself."""
    level, seen = [parent], {parent.id}
    if parent.id == record:
        return True
    for _ in range(DEPTH_MAX):
        above = {name for each in level for name in parents_of(each, current)} - seen
        if record in above:
            return True
        seen |= above
        level = [found for name in above if (found := record_of(name)) is not None]
    return False
