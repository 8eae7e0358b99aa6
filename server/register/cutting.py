"""Reading a push that is no JSON as a whole: one change that cannot be read must not stop the rest.

A lone surrogate, a NaN or a thousand brackets in one change make the whole body unreadable. Its
changes are told apart by brackets and commas then; those that cannot be read are answered so.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec
from msgspec import Raw

from server.register.intake import TEXT
from server.register.refusals import NotUnderstood
from shared.wire import UNREADABLE, Push

_TOKEN = re.compile(TEXT + rb"|[\[\]{},]", re.DOTALL)
_BLANK = b" \t\r\n"
_push = msgspec.json.Decoder(Push)


def push_in(body: bytes) -> Push:
    """The push in a body. Raises NotUnderstood."""
    try:
        return _push.decode(body)
    except UNREADABLE:
        return _cut(body)


def _cut(body: bytes) -> Push:
    marks = list(_marks(body))
    if len(marks) < 2:
        raise NotUnderstood
    begin, end = marks[0], marks[-1]
    try:
        push = _push.decode(body[: begin + 1] + body[end:])
    except UNREADABLE as error:
        raise NotUnderstood from error
    changes = [body[one + 1 : other].strip(_BLANK) for one, other in pairwise(marks)]
    if push.changes or not all(changes):
        raise NotUnderstood
    return msgspec.structs.replace(push, changes=[Raw(change) for change in changes])


def _marks(body: bytes) -> Iterator[int]:
    """Where the list of changes begins, the commas in it, and where it ends."""
    depth, named, within = 0, 0, False
    for token in _TOKEN.finditer(body):
        mark, at = token[0], token.start()
        if mark == b'"changes"' and depth == 1:
            named = token.end()
        elif mark in (b"[", b"{"):
            depth += 1
            begins = mark == b"[" and depth == 2 and named > 0
            if begins and body[named:at].strip(_BLANK) == b":":
                within = True
                yield at
        elif mark in (b"]", b"}"):
            depth -= 1
            if within and depth == 1:
                yield at
                return
        elif mark == b"," and within and depth == 2:
            yield at
