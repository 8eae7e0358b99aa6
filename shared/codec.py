"""How a record is written down: in the register, on the wire and under a device's seal.

A record's writes stand once in a table and candidates point at them by place. A unit of one value
that the first write of the table alone has set is only its value: most units of most records are
(docs/decisions/0130-short-records.md). Units of class S go into a second part, so that the register
can seal it apart from the rest.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct, structs

from shared.answers import elements_of
from shared.changes import GRID, NOTE, Answer, Change
from shared.folded import FoldedParts, FoldedUnits, Units, writes_in
from shared.records import Candidate, Record, Write, final, finally_numbered

NO_SECRETS: frozenset[str] = frozenset()

CandidateParts = tuple[Answer, tuple[int, ...]]
"""A value and the places of its writes in the table."""

UnitParts = dict[str, tuple[CandidateParts, ...]]
AnyParts: TypeAlias = Mapping[str, tuple[Raw, ...] | tuple[CandidateParts, ...]]
Values: TypeAlias = dict[str, Answer]


class Body(Struct, frozen=True, omit_defaults=True):
    """The open part of a record: its table of writes and its units, to be written."""

    w: Sequence[Write]
    v: Values = {}
    """The units of one value that the first write of the table alone has set."""
    u: AnyParts = {}
    """All others."""


class FoldedBody(Struct, frozen=True):
    """The same as it is read, the candidates not opened."""

    w: tuple[Write, ...]
    v: Values = {}
    u: FoldedParts = {}


class _Unread(Struct, frozen=True):
    """The same, nothing in it opened."""

    w: Raw
    v: dict[str, Raw] = {}
    u: dict[str, Raw] = {}


class PackedRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record as it travels and as a device stores it under its seal."""

    id: str
    kind: str
    version: int
    form: str
    w: tuple[Write, ...]
    v: Values = {}
    """Units of one value that the first write of `w` alone has set; only for who asked for it."""
    u: UnitParts = {}
    s: UnitParts = {}
    """Units of class S."""


class Stored(Struct, frozen=True):
    """A record's row: the envelope and the two encoded parts.

    `secret` is None when the record has no class S unit.
    """

    id: str
    kind: str
    version: int
    form: str
    body: bytes
    secret: bytes | None = None


def pack(record: Record, secret_units: frozenset[str] = NO_SECRETS, first: int = 0) -> Stored:
    """The record's writes and units as JSON, class S units apart.

    first: what provisional change numbers become, see `records.numbered`; this is the cheap way.
    """
    table = _Table(first)
    known = table.known
    values: Values = {}
    in_body: UnitParts = {}
    in_secret: UnitParts = {}
    for name, candidates in record.units.items():
        only = candidates[0]
        if len(candidates) > 1:
            parts = tuple([(each.value, table.places(each.writes)) for each in candidates])
        else:  # nearly always, and cheaper so
            places = known.get(id(only.writes)) or table.places(only.writes)
            if places == _FIRST and name not in secret_units:
                values[name] = only.value
                continue
            parts = ((only.value, places),)
        (in_secret if name in secret_units else in_body)[name] = parts
    return _stored(record, first, Body(table.writes, values, in_body), in_secret)


def repack(record: Record, secret_units: frozenset[str], first: int) -> Stored:
    """The same for a record that was stored before: what has not changed is not made again.

    It may keep some writes that no longer count, no more of them than of those that do once there
    are more than a few, and its units may stand in another order.
    """
    if isinstance(record.units, FoldedUnits):
        amended = _amended(record, record.units, secret_units, first)
        if amended is not None:
            return amended
    return pack(record, secret_units, first)


def pack_created(
    change: Change, write: Write, sets: frozenset[str], secret_units: frozenset[str]
) -> Stored:
    """What a new record of one change is packed to, without making the record.

    sets: the units that are sets, whose elements are candidates each. Most of what a register
    takes is new, and all units of a new record have the same write.
    """
    values: Values = {GRID: [None, change.grid], **change.units}
    values.pop(NOTE, None)  # it stands in the journal only
    in_body: UnitParts = {}
    in_secret: UnitParts = {}
    for name in sorted(sets & values.keys()):
        elements = elements_of(values.pop(name))
        if elements:
            part = in_secret if name in secret_units else in_body
            part[name] = tuple([(element, _FIRST) for element in elements])
    for name in sorted(secret_units & values.keys()):
        in_secret[name] = ((values.pop(name), _FIRST),)
    return Stored(
        id=change.record,
        kind=change.record_kind,
        version=write.seq,
        form=change.form,
        body=_encoder.encode(Body((write,), values, in_body)),
        secret=_encoder.encode(in_secret) if in_secret else None,
    )


def unpack(stored: Stored) -> Record:
    """The record back from its row. Raises msgspec.DecodeError when a part is not whole."""
    body = _body.decode(stored.body)
    parts = body.u | _parts.decode(stored.secret) if stored.secret else body.u
    return _record(stored, FoldedUnits(body.w, body.v, parts))


def opened(packed: PackedRecord) -> Record:
    """The record that travelled as `packed`."""
    first = packed.w[:1]
    units: Units = {name: (Candidate(value, first),) for name, value in packed.v.items()}
    parts = packed.u | packed.s if packed.s else packed.u
    return _record(packed, {**units, **_units_of(packed.w, parts)})


def packed(record: Record, secret_units: frozenset[str] = NO_SECRETS) -> PackedRecord:
    """The record as it travels."""
    return _packed.decode(on_the_wire(pack(record, secret_units)))


def on_the_wire(stored: Stored) -> bytes:
    """A `PackedRecord`'s JSON put together from stored parts, without parsing them."""
    envelope = {
        "id": stored.id,
        "kind": stored.kind,
        "version": stored.version,
        "form": stored.form,
    }
    secret = b',"s":' + stored.secret if stored.secret else b""
    return _encoder.encode(envelope)[:-1] + b"," + stored.body[1:-1] + secret + b"}"


def spelt_out(stored: Stored) -> Stored:
    """The same with every unit as a list of candidates, for those who read no `v`."""
    body = _unread.decode(stored.body)
    units = {**{name: ((value, _FIRST),) for name, value in body.v.items()}, **body.u}
    return structs.replace(stored, body=_encoder.encode({"w": body.w, "u": units}))


AMENDED_WRITES_MAX = 8
"""So many writes an amended record may keep, whether they count or not."""
_FIRST = (0,)
_encoder = msgspec.json.Encoder()
_body = msgspec.json.Decoder(FoldedBody)
_parts = msgspec.json.Decoder(FoldedParts)
_packed = msgspec.json.Decoder(PackedRecord)

_unread = msgspec.json.Decoder(_Unread)


def _amended(
    record: Record, units: FoldedUnits, secret_units: frozenset[str], first: int
) -> Stored | None:
    """The record with its unchanged units as they were stored; None when it must be made anew."""
    table = _Table(first, units.writes)
    parts: dict[str, tuple[Raw, ...] | tuple[CandidateParts, ...]] = dict(units.folded)
    for name, candidates in units.changed.items():
        parts[name] = tuple([(each.value, table.places(each.writes)) for each in candidates])
    if len(table.writes) > AMENDED_WRITES_MAX:
        count = len({other.seq for other in writes_in(units)})
        if len(table.writes) > 2 * count:
            return None
    values = units.plain
    newly = secret_units & values.keys()
    if newly:  # the form calls them so since it was stored
        values = {name: value for name, value in values.items() if name not in newly}
        parts |= {name: ((units.plain[name], _FIRST),) for name in newly}
    in_secret = {name: parts.pop(name) for name in secret_units if name in parts}
    return _stored(record, first, Body(table.writes, values, parts), in_secret)


def _stored(record: Record, first: int, body: Body, in_secret: AnyParts) -> Stored:
    return Stored(
        id=record.id,
        kind=record.kind,
        version=final(record.version, first),
        form=record.form,
        body=_encoder.encode(body),
        secret=_encoder.encode(in_secret) if in_secret else None,
    )


class _Table:
    """A record's writes, each once, with their final numbers."""

    def __init__(self, first: int, writes: tuple[Write, ...] = ()) -> None:
        self.writes: list[Write] = list(writes)
        self.known: dict[int, tuple[int, ...]] = {}
        """The units of one change share their tuple of writes: places by the tuple's identity."""
        self._first = first
        self._at = {write.seq: place for place, write in enumerate(writes)}

    def places(self, writes: tuple[Write, ...]) -> tuple[int, ...]:
        """Where these writes stand in the table."""
        places = tuple([self._place(write) for write in writes])
        self.known[id(writes)] = places
        return places

    def _place(self, write: Write) -> int:
        if write.seq not in self._at:
            self._at[write.seq] = len(self.writes)
            self.writes.append(finally_numbered(write, self._first))
        return self._at[write.seq]


def _units_of(table: tuple[Write, ...], parts: UnitParts) -> dict[str, tuple[Candidate, ...]]:
    known: dict[tuple[int, ...], tuple[Write, ...]] = {}

    def writes_at(at: tuple[int, ...]) -> tuple[Write, ...]:
        known[at] = tuple([table[place] for place in at])
        return known[at]

    units: dict[str, tuple[Candidate, ...]] = {}
    for name, candidates in parts.items():
        if len(candidates) == 1:  # nearly always, and cheaper so
            value, at = candidates[0]
            units[name] = (Candidate(value, known.get(at) or writes_at(at)),)
        else:
            units[name] = tuple([Candidate(value, writes_at(at)) for value, at in candidates])
    return units


def _record(envelope: Stored | PackedRecord, units: Units) -> Record:
    return Record(
        id=envelope.id,
        kind=envelope.kind,
        version=envelope.version,
        form=envelope.form,
        units=units,
    )
