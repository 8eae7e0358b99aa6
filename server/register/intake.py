"""Reading a push: the changes in it, each on its own, and whether they follow what we have."""

from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from server.register.author import Author
from server.register.refusals import Fork, Gap, NotUnderstood
from shared.changes import Change
from shared.wire import Push, chained

_change = msgspec.json.Decoder(Change)


class Arrived(Struct, frozen=True, gc=False):
    """One change as it came: its exact bytes, and what they say if they can be read."""

    n: int
    digest: str
    """The device's hash chain after it."""
    raw: bytes
    change: Change | None


def first_number(push: Push) -> int | None:
    """The number of the push's first change, as any of its changes tells; None if none does."""
    for place, raw in enumerate(push.changes):
        try:
            return _numbered.decode(raw).n - place
        except msgspec.DecodeError:
            continue
    return None


def read(push: Push, first: int) -> list[Arrived]:
    """The changes of a push, of which the first has that number. Raises NotUnderstood."""
    arrived = []
    digest = push.after
    try:
        for n, raw in enumerate(push.changes, first):
            content = bytes(raw)
            digest = chained(digest, content)
            arrived.append(Arrived(n, digest, content, _read(raw, n)))
    except ValueError as error:  # `after` is no hash
        raise NotUnderstood from error
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


def _read(raw: Raw, n: int) -> Change | None:
    try:
        change = _change.decode(raw)
    except msgspec.DecodeError:
        return None
    if change.n != n:
        raise NotUnderstood  # the numbers have a gap: nothing can be said about what follows
    return change
