"""`$filter`, judged on rows as their reader sees them: what is masked cannot be asked for.

The grammar is that of the library odata-query; what its tree means is said here, because the rows
are masked in memory and no database must see the question.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from server.exports.columns import Cell
from server.exports.odata.refusals import QueryRefused

FILTER_MAX = 2000
DEPTH_MAX = 40
Row: TypeAlias = Mapping[str, Cell]
Judge: TypeAlias = Callable[[Row], bool]
_Value: TypeAlias = Callable[[Row], object]


def read_filter(text: str, columns: frozenset[str]) -> Judge:
    """What a filter says of a row. Raises QueryRefused."""
    if len(text) > FILTER_MAX:
        raise QueryRefused("$filter")
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(text))
        meant = _Reader(columns).value(tree, 0)
    except (ODataException, ValueError, TypeError, RecursionError) as error:
        raise QueryRefused("$filter") from error
    return lambda row: meant(row) is True


class _Reader:
    """Turns a tree into a function of a row."""

    def __init__(self, columns: frozenset[str]) -> None:
        self._columns = columns

    def value(self, node: object, depth: int) -> _Value:
        """What the node is for a row. Raises QueryRefused."""
        if depth > DEPTH_MAX:
            raise QueryRefused("$filter")
        for kinds, read in self._known:
            if isinstance(node, kinds):
                return read(node, depth)
        raise QueryRefused("$filter", type(node).__name__)

    @property
    def _known(self) -> "tuple[tuple[type | tuple[type, ...], Callable[..., _Value]], ...]":
        return (
            (ast.Identifier, self._column),
            (ast.List, self._several),
            (ast.Compare, self._compared),
            (ast.BoolOp, self._both),
            (ast.UnaryOp, self._turned),
            (ast.Call, self._called),
            (_LITERALS, self._literal),
        )

    def _literal(self, node: ast._Literal, _: int) -> _Value:
        plain = None if isinstance(node, ast.Null) else node.py_val
        said = str(plain) if isinstance(node, ast.GUID) else plain
        return lambda _: said

    def _turned(self, node: ast.UnaryOp, depth: int) -> _Value:
        inner = self.value(node.operand, depth + 1)
        if isinstance(node.op, ast.USub):
            return lambda row: _minus(inner(row))
        return lambda row: _negated(inner(row))

    def _column(self, node: ast.Identifier, _: int) -> _Value:
        name = node.name
        if name not in self._columns:
            raise QueryRefused("$filter", name[:100])
        return lambda row: row[name]

    def _several(self, node: ast.List, depth: int) -> _Value:
        parts = [self.value(each, depth + 1) for each in node.val]
        return lambda row: [part(row) for part in parts]

    def _compared(self, node: ast.Compare, depth: int) -> _Value:
        left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
        compare = _COMPARE[type(node.comparator)]
        return lambda row: compare(left(row), right(row))

    def _both(self, node: ast.BoolOp, depth: int) -> _Value:
        left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
        if isinstance(node.op, ast.And):
            return lambda row: left(row) is True and right(row) is True
        return lambda row: left(row) is True or right(row) is True

    def _called(self, node: ast.Call, depth: int) -> _Value:
        known = _FUNCTIONS.get(node.func.name.lower())
        if known is None or len(node.args) != known[0]:
            raise QueryRefused("$filter", node.func.name)
        arguments = [self.value(each, depth + 1) for each in node.args]
        call = known[1]

        def said(row: Row) -> object:
            given = [argument(row) for argument in arguments]
            # As the standard has it: of what is not there nothing can be said.
            return None if any(each is None for each in given) else call(*given)

        return said


def _minus(value: object) -> object:
    return -value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _negated(value: object) -> object:
    return not value if isinstance(value, bool) else None


def _same_kind(one: object, other: object) -> tuple[object, object]:
    """A moment beside a date is taken for its day."""
    if isinstance(one, datetime) and isinstance(other, date) and not isinstance(other, datetime):
        return one.date(), other
    if isinstance(other, datetime) and isinstance(one, date) and not isinstance(one, datetime):
        return one, other.date()
    return one, other


def _ordered(compare: Callable[..., bool]) -> Callable[[object, object], bool]:
    def judged(one: object, other: object) -> bool:
        one, other = _same_kind(one, other)
        if one is None or other is None:
            return compare in (ge, le) and one is None and other is None
        try:
            return compare(one, other)
        except TypeError:
            return False

    return judged


def _equal(compare: Callable[..., bool]) -> Callable[[object, object], bool]:
    return lambda one, other: compare(*_same_kind(one, other))


def _among(one: object, several: object) -> bool:
    return isinstance(several, list) and one in several


def _text(function: Callable[..., object]) -> Callable[..., object]:
    def call(*given: object) -> object:
        return function(*(str(each) for each in given))

    return call


def _part(name: str) -> Callable[..., object]:
    def call(moment: object) -> object:
        return getattr(moment, name, None) if isinstance(moment, date) else None

    return call


_LITERALS = (
    ast.Null,
    ast.Integer,
    ast.Float,
    ast.Boolean,
    ast.String,
    ast.GUID,
    ast.Date,
    ast.DateTime,
)
_COMPARE: Mapping[type, Callable[[object, object], bool]] = {
    ast.Eq: _equal(eq),
    ast.NotEq: _equal(ne),
    ast.Lt: _ordered(lt),
    ast.LtE: _ordered(le),
    ast.Gt: _ordered(gt),
    ast.GtE: _ordered(ge),
    ast.In: _among,
}
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., object]]] = {
    "contains": (2, _text(lambda text, part: part in text)),
    "startswith": (2, _text(str.startswith)),
    "endswith": (2, _text(str.endswith)),
    "indexof": (2, _text(str.find)),
    "tolower": (1, _text(str.lower)),
    "toupper": (1, _text(str.upper)),
    "trim": (1, _text(str.strip)),
    "length": (1, _text(len)),
    "year": (1, _part("year")),
    "month": (1, _part("month")),
    "day": (1, _part("day")),
    "hour": (1, _part("hour")),
}
