"""The messages between devices and the server (docs/protocol.md).

Unknown fields are ignored and missing ones have defaults, so that old and new versions of the
app and the server understand each other.
"""

from hashlib import sha256
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from shared.clock import Reading
from shared.codec import PackedRecord
from shared.files import FileLimits

PROTOCOL = 1
CHANGES_MAX = 500
"""Changes in one push. Served to devices, not guessed by them."""
BODY_MAX = 512 * 1024
"""Bytes of one push body, before compression."""
PAGE_MAX = 2000
"""Records on one page of a pull or snapshot."""
BEGUN_MAX, BEGUN_NAMES_MAX = 50, 100
"""Unfinished forms that a device tells of, and answered questions of each."""
OFFLINE_DAYS = 14
FIRST_DIGEST = "0" * 64
"""The hash chain's value before a device's first change."""
LINKS_MAX = 1000
"""How much of its hash chain a device tells when it asks for a new id."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON may raise that somebody else has sent."""


class Words(Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why a request or a change was not taken, in words a worker can act on."""

    code: str
    words: Words
    last_n: int | None = None
    """With `gap` and `fork`: the last change that the server has of this device."""
    digest: str | None = None
    """With `gap`: the chain's value after `last_n`."""


class Limits(Struct, frozen=True):
    """What the server takes, in one push and of files, and how long a device may be alone."""

    changes: int = CHANGES_MAX
    bytes: int = BODY_MAX
    files: FileLimits = FileLimits()
    offline_days: int = OFFLINE_DAYS
    """After so many days without the office a device opens only once it has asked."""


class Begun(Struct, frozen=True, omit_defaults=True):
    """A form that is being filled in: which one, and what was answered; no answer, no record."""

    kind: str
    form: str
    """The version that it was begun with, and goes on under."""
    answered: list[str] = []
    """The names of questions and repeats."""


class Report(Struct, frozen=True, omit_defaults=True):
    """What the device says of itself at each contact, for the admin's list of devices."""

    app: str = ""
    unsent: int = 0
    oldest_unsent: int | None = None
    """When the oldest unsent change was made, ms, device clock."""
    free_bytes: int | None = None
    drafts: list[Begun] = []
    """At most `BEGUN_MAX`, so that an admin learns whom a new version of a form would concern."""


class Push(Struct, frozen=True, omit_defaults=True):
    """Changes of one device, whole saves, in the order of `n`.

    `after` is the hash chain's value before the first change; see `chained`.
    """

    device: str
    after: str
    clock: Reading
    changes: list[Raw]
    offsets: dict[str, int] = {}
    """By boot, the clock offset that the device had learnt, ms."""
    report: Report = Report()


class Result(Struct, frozen=True, omit_defaults=True):
    """What became of one change."""

    n: int
    outcome: str
    """applied, merged, conflict, held or rejected."""
    seq: int = 0
    """The town's change number; 0 while held or when rejected."""
    units: tuple[str, ...] = ()
    """The units in conflict, or the refused ones."""
    problem: Problem | None = None
    into: str = ""
    """The record that the change reached too: its own was merged into that one."""


class PushReply(Struct, frozen=True):
    """One result per change of the push, whether it was applied now or earlier."""

    last_n: int
    digest: str
    results: list[Result]
    now: int
    """The server's time, ms since the epoch."""
    limits: Limits = Limits()


class Pull(Struct, frozen=True, omit_defaults=True):
    """Asks for what changed since the cursor."""

    cursor: str | None = None
    """Of several grids' snapshots, their cursors separated by commas: the server unites them."""
    limit: int = PAGE_MAX
    clock: Reading | None = None
    report: Report = Report()
    short: bool = False
    """Records may come with `v` (shared/codec.py): less to send and to read."""


Outline: TypeAlias = tuple[tuple[tuple[tuple[float, float], ...], ...], ...]
"""Polygons of rings of points (longitude, latitude): the coordinates of a MultiPolygon."""


class Area(Struct, frozen=True, omit_defaults=True):
    """A grid that the worker may hold."""

    id: str
    name: str
    code: str
    parents: tuple[str, ...] = ()
    """The names above it, from the town down."""
    boundary: Outline = ()
    """Its outline with few points, where the office has uploaded one. Told at every pull."""
    light: bool = False
    """The worker only reports there: of its records come the own reports and what became of
    them. There is no checksum of such a grid."""


class Gone(Struct, frozen=True):
    """A record that left a grid: drop it, unless it has been received in another grid."""

    id: str
    grid: str


class Page(Struct, frozen=True, omit_defaults=True):
    """Records of the worker's grids, whole, each once at its newest version, in version order."""

    cursor: str
    more: bool
    now: int
    records: list[PackedRecord] = []
    gone: list[Gone] = []
    grids: list[Area] = []
    forms: dict[str, str] = {}
    """The current version of the form of each kind."""
    people: dict[str, str] = {}
    """Names of the workers and admins that the records speak of."""
    checksums: dict[str, int] = {}
    """On the last page: `checksum` of each grid at the cursor."""
    answers: list[Result] = []
    """On the last page: results of earlier changes of this device with which the office has dealt
    since the cursor. They may come more than once."""
    former_answers: dict[str, list[Result]] = {}
    """The same of what this device made under earlier ids, by these."""
    forgotten: int = 0
    """Tombstones up to this version are to be dropped: they count in no checksum any more."""


class SnapshotPage(Struct, frozen=True, omit_defaults=True):
    """A range of one grid's records in the order of their ids; ask on from `next`.

    The first page's `seq` is where pulling starts once the last page is in.
    """

    grid: str
    seq: int
    total: int
    records: list[PackedRecord] = []
    next: str | None = None
    cursor: str | None = None
    """On the last page, given the first page's `seq`: the cursor to pull this grid from."""
    people: dict[str, str] = {}
    """Names of the workers and admins that the records speak of."""


class PartSum(Struct, frozen=True):
    """How many records lie in a part of a grid, and the sum of their checksums."""

    upto: str
    """The last id of the part; "" stands for the end of the grid."""
    records: int
    checksum: int


class Sums(Struct, frozen=True):
    """A range of one grid's ids, cut into parts that follow each other up to the range's end."""

    grid: str
    seq: int
    """The town's change number at that moment."""
    parts: list[PartSum]


class CarriedReply(Struct, frozen=True):
    """A colleague's carry-over file has arrived."""

    taken: int
    """How many of its changes were new."""


class Enrol(Struct, frozen=True, omit_defaults=True):
    """Spends a one-time enrolment code."""

    code: str
    public_key: str
    """Ed25519, 32 bytes, base64."""
    platform: str = ""
    app: str = ""
    town: str = ""
    """Empty where the server has only one."""


class Link(Struct, frozen=True):
    """The hash chain of a device after one of its changes."""

    n: int
    digest: str


class Incarnate(Struct, frozen=True, omit_defaults=True):
    """Asks for a new device id."""

    chain: list[Link] = []
    """Of the changes that the device still has under its old id, the newest `LINKS_MAX`."""


class Enrolled(Struct, frozen=True):
    """A device's identity. The token is told once and kept hashed by the server."""

    device: str
    token: str
    worker: str
    worker_name: str
    town: str
    town_name: str
    fingerprint: str
    """Six words of the device's key; the admin sees the same."""
    grids: list[Area]
    now: int
    limits: Limits = Limits()
    last_n: int | None = None
    """Of an incarnation: the last change of the device that it continues that the server has, too.
    Where the device said nothing of its chain: the server's last one."""
    digest: str = ""
    """With `last_n`: the hash chain after it, as the server has it."""
    town_key: str = ""
    """X25519, 32 bytes, base64: what travels by hand is sealed to it (shared/carry.py)."""
    recovery_key: str = ""
    """X25519, 32 bytes, base64: an account's key is sealed to it, too (shared/rescue.py)."""


def chained(digest: str, change: bytes) -> str:
    """The hash chain after one more change, given its JSON exactly as it is sent."""
    return sha256(bytes.fromhex(digest) + change).hexdigest()


def checksum(id: str, version: int) -> int:
    """A record's part of its grid's checksum: add them up modulo 2**64."""
    return int.from_bytes(sha256(f"{id}:{version}".encode()).digest()[:8], "big")


encode = msgspec.json.encode
"""JSON of any message."""
