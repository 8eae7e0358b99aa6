"""The functions of the expression language that are about instances, tables and chance."""

import math
from hashlib import sha256
from uuid import UUID

from shared.forms.casts import Value, to_number, to_text
from shared.forms.instance import Element
from shared.forms.scope import Scope

UUID_CHARS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
UUID_LENGTH_MAX = 128


def indexed_repeat(scope: Scope, args: tuple[Value, ...]) -> Value:
    """An answer in the n-th instance of a repeat, and of a repeat in that one, and so on."""
    found = args[0] if isinstance(args[0], tuple) else ()
    within: Element | None = None
    for repeat, index in zip(args[1::2], args[2::2], strict=False):
        rows = repeat if isinstance(repeat, tuple) else ()
        rows = tuple(row for row in rows if within is None or _is_in(row, within))
        place = to_number(index, scope.zone)
        if not 1 <= place <= len(rows):
            return ()
        within = rows[int(place) - 1]
    return tuple(node for node in found if within is not None and _is_in(node, within))


def pulldata(scope: Scope, args: tuple[Value, ...]) -> Value:
    """What a column of a table says in the first row that has `key` in another column."""
    table, wanted, column, key = (to_text(arg) for arg in args)
    row = scope.world.tables.row(table, column, key)
    found = [] if row is None else row.named(wanted)
    return found[0].text if found else ""


def position(scope: Scope, args: tuple[Value, ...]) -> Value:
    """Which one of its kind an instance is; without an argument, in the step being evaluated."""
    if not args:
        return float(scope.position)
    if not isinstance(args[0], tuple) or not args[0]:
        return math.nan
    element = args[0][0]
    siblings = element.parent.named(element.name) if element.parent else [element]
    return float(siblings.index(element) + 1) if element in siblings else math.nan


def last(scope: Scope, _: tuple[Value, ...]) -> Value:
    """How many elements the step being evaluated has."""
    return float(scope.size)


def random(scope: Scope, _: tuple[Value, ...]) -> Value:
    """A number from 0 to 1, the same for one question of one record as often as it is asked."""
    return int.from_bytes(_chance(scope)[:6]) / 2**48


def uuid(scope: Scope, args: tuple[Value, ...]) -> Value:
    """A random id, or that many random letters and digits; the same for one question."""
    chance = _chance(scope)
    if not args:
        return str(UUID(bytes=chance[:16], version=4))
    length = to_number(args[0], scope.zone)
    wanted = int(min(length, UUID_LENGTH_MAX)) if length > 0 else 0
    stream = b"".join(sha256(chance + bytes([turn])).digest() for turn in range(4))
    return "".join(UUID_CHARS[byte % len(UUID_CHARS)] for byte in stream[:wanted])


def _chance(scope: Scope) -> bytes:
    return sha256(f"{scope.world.moment.seed} {_address(scope.current)}".encode()).digest()


def _address(element: Element) -> str:
    if element.parent is None:
        return ""
    siblings = element.parent.children.get(element.name, [])
    place = siblings.index(element) + 1 if element in siblings else 0
    return f"{_address(element.parent)}/{element.name}[{place}]"


def _is_in(element: Element, ancestor: Element) -> bool:
    at: Element | None = element
    while at is not None and at is not ancestor:
        at = at.parent
    return at is ancestor
