"""From what a step asks for to the changes that are really changes. Pure."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from mobile.store.kept import Chain
from mobile.store.values import Edit
from shared.changes import Answer, Change, ChangeKind, Units
from shared.clock import Reading
from shared.merge import Rules, same, shown
from shared.policies import Policy
from shared.records import Record, is_missing
from shared.wire import chained, encode


class Making(Struct, frozen=True, kw_only=True):
    """What all changes of one save have in common."""

    save: str
    worker: str
    clock: Reading


class Numbered(Struct, frozen=True):
    """A change as it will be sent, byte for byte, and the hash chain after it."""

    change: Change
    raw: bytes
    digest: str


def changes_of(edit: Edit, record: Record | None, rules: Rules, making: Making) -> list[Change]:
    """The changes that the edit makes of the record as it is shown; none if nothing differs."""
    return [
        Change(
            n=0,
            save=making.save,
            kind=kind,
            record=edit.record,
            record_kind=edit.record_kind,
            grid=edit.grid,
            worker=making.worker,
            at=making.clock.wall,
            boot=making.clock.boot,
            mono=making.clock.mono,
            base=edit.base or 0,
            units=dict(units),
            old={name: edit.old[name] for name in units if edit.old.get(name) is not None},
            form=edit.form,
            visit=edit.visit,
        )
        for kind, units in _parts(edit, record, rules)
    ]


def numbered(changes: Sequence[Change], chain: Chain) -> tuple[list[Numbered], Chain]:
    """The changes with the numbers that follow the chain's, and the chain after them."""
    fixed = []
    for unnumbered in changes:
        change = msgspec.structs.replace(unnumbered, n=chain.n + 1)
        raw = encode(change)
        chain = Chain(chain.device, change.n, chained(chain.digest, raw))
        fixed.append(Numbered(change, raw, chain.digest))
    return fixed, chain


def _parts(edit: Edit, record: Record | None, rules: Rules) -> list[tuple[ChangeKind, Units]]:
    if edit.kind is ChangeKind.CREATE:
        return [(edit.kind, {name: v for name, v in edit.units.items() if v is not None})]
    if edit.kind in (ChangeKind.SET, ChangeKind.ADD, ChangeKind.REMOVE):
        now = {} if record is None else shown(record, rules)
        parts = (
            _set_parts(edit, now, rules) if edit.kind is ChangeKind.SET else _by_element(edit, now)
        )
        return [(kind, units) for kind, units in parts if units]
    return [(edit.kind, edit.units)]


def _set_parts(
    edit: Edit, now: Mapping[str, Answer], rules: Rules
) -> list[tuple[ChangeKind, Units]]:
    """A set-valued unit becomes its additions and removals: another's additions then stay."""
    values, added, removed = {}, {}, {}
    for name, value in edit.units.items():
        before = edit.old[name] if name in edit.old else now.get(name)
        if same(before, value):
            continue
        if rules.policy(name) is not Policy.UNION:
            values[name] = value
            continue
        old, new = _elements(before), _elements(value)
        added[name] = [element for element in new if not _in(element, old)]
        removed[name] = [element for element in old if not _in(element, new)]
    return [
        (ChangeKind.SET, values),
        (ChangeKind.ADD, {name: elements for name, elements in added.items() if elements}),
        (ChangeKind.REMOVE, {name: elements for name, elements in removed.items() if elements}),
    ]


def _by_element(edit: Edit, now: Mapping[str, Answer]) -> list[tuple[ChangeKind, Units]]:
    """Adding what is there already, or removing what is not, changes nothing."""
    wanted = edit.kind is ChangeKind.REMOVE
    units = {
        name: [v for v in _elements(value) if _in(v, _elements(now.get(name))) is wanted]
        for name, value in edit.units.items()
    }
    return [(edit.kind, {name: elements for name, elements in units.items() if elements})]


def _elements(value: Answer) -> list[Answer]:
    if value is None:
        return []
    if isinstance(value, list | tuple) and not is_missing(value):
        return list(value)
    return [value]


def _in(value: Answer, values: list[Answer]) -> bool:
    return any(same(value, other) for other in values)
