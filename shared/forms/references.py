"""Which places of a form an expression reads: the edges of the dependency graph."""

from functools import lru_cache

from elementpath import XPathToken

from shared.forms.expressions import expression

TABLE = "instance()"
"""Where paths into tables start; they lead to no question."""
HERE = "[.]"
"""After a repeat's name in a path: this very instance, not any."""
ITSELF = "#"
"""After a path: whether it is there and how often, not what it holds."""
CACHED_MAX = 5_000

_COUNTING = frozenset({"count", "position"})
_INDEXED = "indexed-repeat"


@lru_cache(CACHED_MAX)
def references(text: str, at: str, *, in_table: bool = False) -> frozenset[str]:
    """The paths that the expression reads when it belongs to the question at path `at`.

    `in_table`: it is a choice filter, whose relative paths start at an entry of a table.

    Predicates are left out of a path ("/data/r[2]/name" is "/data/r/name") and followed
    themselves; "*" stays as the last step; marks of `at` (see `HERE`) stay where a relative path
    passes them. Raises ExpressionError.
    """
    found: set[str] = set()
    _collect(expression(text).tree, TABLE if in_table else at, at, found)
    return frozenset(path for path in found if not path.startswith(TABLE))


def plain(path: str) -> str:
    """The path without any mark."""
    return path.replace(HERE, "").removesuffix(ITSELF)


def _collect(token: XPathToken, base: str, current: str, found: set[str]) -> None:
    """Adds the paths of `token`, whose relative steps start at `base`, to `found`."""
    path = _followed(token, base, current, found)
    if path is not None:
        found.add(path)


def _followed(token: XPathToken, base: str, current: str, found: set[str]) -> str | None:
    """Where a path leads; None for what is no path, whose parts are then collected."""
    if _is_step(token):
        return _step(token, base)
    if token.symbol == "/":
        start = "" if len(token) < 2 else _followed(token[0], base, current, found)
        return start if not len(token) else _followed(token[-1], start or "", current, found)
    if token.symbol == "[":
        path = _followed(token[0], base, current, found)
        _collect(token[1], path or base, current, found)
        return path
    if token.symbol == ":":
        return _followed(token[1], base, current, found)
    if token.symbol == "current" and not len(token):
        return current
    for place, part in enumerate(token):
        inner: set[str] = set()
        _collect(part, base, current, inner)
        found |= {path + ITSELF for path in inner} if _counts(token, place) else inner
    return TABLE if token.symbol == "instance" else None


def _counts(token: XPathToken, place: int) -> bool:
    """Whether the call only asks if that argument's elements are there."""
    if token.symbol == _INDEXED:
        return place % 2 == 1
    plain_path = len(token) == 1 and not any(part.symbol == "[" for part in token.iter())
    return token.symbol in _COUNTING and plain_path


def _is_step(token: XPathToken) -> bool:
    return token.symbol in {"(name)", ".", ".."} or (token.symbol == "*" and not len(token))


def _step(token: XPathToken, base: str) -> str:
    if token.symbol == ".":
        return base
    if token.symbol == "..":
        return base.rpartition("/")[0]
    return f"{base}/{token.value}"
