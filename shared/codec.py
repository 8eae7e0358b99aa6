"""How a record is written down: in the register, on the wire and under a device's seal.

A record's writes stand once in a table and candidates point at them by place. Units of class S
go into a second part, so that the register can seal it apart from the rest.
"""

from collections.abc import Collection, Iterable

import msgspec
from msgspec import Struct

from shared.changes import Answer
from shared.records import Candidate, Record, Write

NO_SECRETS: frozenset[str] = frozenset()

CandidateParts = tuple[Answer, tuple[int, ...]]
"""A value and the places of its writes in the table."""

UnitParts = dict[str, list[CandidateParts]]


class Body(Struct, frozen=True):
    """The open part of a record: its table of writes and its units."""

    w: tuple[Write, ...]
    u: UnitParts


class PackedRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record as it travels and as a device stores it under its seal."""

    id: str
    kind: str
    version: int
    form: str
    w: tuple[Write, ...]
    u: UnitParts
    s: UnitParts = {}
    """Units of class S."""


class Packed(Struct, frozen=True):
    """The two encoded parts of a record; `secret` is None when it has no class S unit."""

    body: bytes
    secret: bytes | None


def pack(record: Record, secret_units: Collection[str] = NO_SECRETS) -> Packed:
    """The record's writes and units as JSON, class S units apart."""
    places: dict[int, int] = {}
    table: list[Write] = []
    opened: UnitParts = {}
    secret: UnitParts = {}
    for name, candidates in record.units.items():
        part = secret if name in secret_units else opened
        part[name] = [(c.value, tuple(_places(c.writes, places, table))) for c in candidates]
    body = _encoder.encode(Body(tuple(table), opened))
    return Packed(body, _encoder.encode(secret) if secret else None)


def unpack(
    id: str, kind: str, version: int, form: str, body: bytes | str, secret: bytes | None = None
) -> Record:
    """The record back from its two parts. Raises msgspec.DecodeError when they are not whole."""
    parts = _body.decode(body)
    sealed = _units.decode(secret) if secret else {}
    return _record(id, kind, version, form, parts.w, (parts.u, sealed))


def opened(packed: PackedRecord) -> Record:
    """The record that travelled as `packed`."""
    parts = (packed.u, packed.s)
    return _record(packed.id, packed.kind, packed.version, packed.form, packed.w, parts)


def packed(record: Record, secret_units: Collection[str] = NO_SECRETS) -> PackedRecord:
    """The record as it travels."""
    parts = pack(record, secret_units)
    body = _body.decode(parts.body)
    return PackedRecord(
        id=record.id,
        kind=record.kind,
        version=record.version,
        form=record.form,
        w=body.w,
        u=body.u,
        s=_units.decode(parts.secret) if parts.secret else {},
    )


def on_the_wire(
    id: str, kind: str, version: int, form: str, body: bytes, secret: bytes | None
) -> bytes:
    """A `PackedRecord`'s JSON put together from stored parts, without parsing them."""
    head = _encoder.encode({"id": id, "kind": kind, "version": version, "form": form})
    tail = b',"s":' + secret if secret else b""
    return head[:-1] + b"," + body[1:-1] + tail + b"}"


_encoder = msgspec.json.Encoder()
_body = msgspec.json.Decoder(Body)
_units = msgspec.json.Decoder(UnitParts)


def _places(
    writes: Iterable[Write], places: dict[int, int], table: list[Write]
) -> Iterable[int]:
    for write in writes:
        if write.seq not in places:
            places[write.seq] = len(table)
            table.append(write)
        yield places[write.seq]


def _record(
    id: str, kind: str, version: int, form: str, table: tuple[Write, ...], parts: tuple[UnitParts, ...]
) -> Record:
    units = {
        name: tuple(Candidate(value, tuple(table[i] for i in at)) for value, at in candidates)
        for part in parts
        for name, candidates in part.items()
    }
    return Record(id=id, kind=kind, version=version, form=form, units=units)
