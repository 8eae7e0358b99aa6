"""The JSON of pages, put together from stored bytes without reading them again."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from shared.codec import Stored, on_the_wire, spelt_out
from shared.wire import Area, Gone, Result


class PageEnvelope(Struct, frozen=True, omit_defaults=True):
    """A `Page` without its records."""

    cursor: str
    more: bool
    now: int
    gone: list[Gone] = []
    grids: list[Area] = []
    forms: dict[str, str] = {}
    people: dict[str, str] = {}
    checksums: dict[str, int] = {}
    forgotten: int = 0
    answers: list[Result] = []
    former_answers: dict[str, list[Result]] = {}


class SnapshotEnvelope(Struct, frozen=True, omit_defaults=True):
    """A `SnapshotPage` without its records."""

    grid: str
    seq: int
    total: int
    next: str | None = None
    cursor: str | None = None
    people: dict[str, str] = {}


def with_records(
    envelope: PageEnvelope | SnapshotEnvelope, records: Iterable[Stored], *, short: bool
) -> bytes:
    """A whole page. short: whether its records may come with `v`."""
    head = msgspec.json.encode(envelope)[:-1]
    sent = records if short else map(spelt_out, records)
    return head + b',"records":[' + b",".join(map(on_the_wire, sent)) + b"]}"


def authors(records: Iterable[Stored]) -> set[str]:
    """Who wrote what is in the records."""
    return {write.worker for stored in records for write in _writes.decode(stored.body).w}


class _OfWrite(Struct, frozen=True, array_like=True, gc=False):
    """As much of a `Write` as tells its author."""

    seq: int
    device: str
    n: int
    base: int
    worker: str


class _Writes(Struct, frozen=True, gc=False):
    w: list[_OfWrite]


_writes = msgspec.json.Decoder(_Writes)
