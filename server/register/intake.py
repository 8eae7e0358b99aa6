"""Reading a push: the changes in it, each on its own, and whether they follow what we have."""

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from server.register.author import Author
from server.register.refusals import Fork, Gap, NotUnderstood
from shared.changes import Change
from shared.wire import UNREADABLE, Push, chained

DEPTH_MAX = 100
"""Of lists and objects in each other: no answer is so deep, and readers go by recursion."""
_change = msgspec.json.Decoder(Change)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
TEXT = rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)'
"""A text in JSON, to the end of all if it has none: so none is looked through twice."""
_MARK = re.compile(TEXT + rb"|[\[\]{}]", re.DOTALL)


class Arrived(Struct, frozen=True, gc=False):
    """One change as it came: its exact bytes, and what they say if they can be read."""

    n: int
    digest: str
    """The device's hash chain after it."""
    raw: bytes
    change: Change | None


class UnreadableError(ValueError):
    """The bytes are no change."""


def change_in(content: bytes) -> Change:
    """The change that these bytes are. Raises UnreadableError."""
    if _is_too_deep(content):
        raise UnreadableError
    try:
        content.decode()  # all of it: what no field names is not looked at, but is kept
        return _change.decode(content)
    except UNREADABLE as error:
        raise UnreadableError from error


def first_number(push: Push) -> int | None:
    """The number of the push's first change, as any of its changes tells; None if none does.

    Raises NotUnderstood when that is no number that a first change can have.
    """
    for place, raw in enumerate(push.changes):
        try:
            first = _numbered.decode(raw).n - place
        except UNREADABLE:
            continue
        if first < 1:
            raise NotUnderstood
        return first
    return None


def read(push: Push, first: int) -> list[Arrived]:
    """The changes of a push, of which the first has that number. Raises NotUnderstood."""
    if not _DIGEST.fullmatch(push.after):
        raise NotUnderstood
    arrived = []
    digest = push.after
    for n, raw in enumerate(push.changes, first):
        content = bytes(raw)
        digest = chained(digest, content)
        arrived.append(Arrived(n, digest, content, _read(content, n)))
    return arrived


def check_chain(author: Author, arrived: Sequence[Arrived], push: Push, stored: str | None) -> None:
    """Whether the changes continue, or repeat, what this device sent before.

    stored: the digest that we have for the last of them, if that is an old one.
    Raises Gap or Fork.
    """
    first, last = arrived[0], arrived[-1]
    if first.n > author.last_n + 1:
        raise Gap(author.last_n, author.digest)
    if first.n == author.last_n + 1:
        fits = push.after == author.digest
    elif last.n >= author.last_n:
        fits = arrived[author.last_n - first.n].digest == author.digest
    else:
        fits = last.digest == stored
    if not fits:
        raise Fork(author.last_n)


class _Numbered(Struct, frozen=True):
    n: int


_numbered = msgspec.json.Decoder(_Numbered)


def _read(content: bytes, n: int) -> Change | None:
    try:
        change = change_in(content)
    except UnreadableError:
        return None
    if change.n != n:
        raise NotUnderstood  # the numbers have a gap: nothing can be said about what follows
    return change


def _is_too_deep(content: bytes) -> bool:
    if content.count(b"[") + content.count(b"{") <= DEPTH_MAX:
        return False  # nearly always
    depth = 0
    for mark in _MARK.findall(content):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(mark, 0)
        if depth > DEPTH_MAX:
            return True
    return False
