"""What an expression means: its token tree turned into a function, and the paths it refers to."""

import math
from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import TypeAlias

from elementpath import XPathToken
from msgspec import Struct

from shared.forms.casts import Value, to_number, to_truth
from shared.forms.functions import FUNCTIONS
from shared.forms.grammar import ExpressionError, parse
from shared.forms.instance import Element
from shared.forms.scope import Scope

Evaluate: TypeAlias = Callable[[Scope], Value]

CACHED_MAX = 5_000
PREDICATES_MAX = 3
"""Conditions inside conditions: each looks at every element anew."""


class Expression(Struct, frozen=True):
    """An expression ready to be evaluated."""

    text: str
    evaluate: Evaluate
    tree: XPathToken


@lru_cache(CACHED_MAX)
def expression(text: str) -> Expression:
    """The expression with that text, read once. Raises ExpressionError."""
    tree = parse(text)
    try:
        if _depth(tree) > PREDICATES_MAX:
            raise ExpressionError("conditions in brackets are nested too deeply")
        return Expression(text, _meaning(tree), tree)
    except RecursionError as error:
        raise ExpressionError("the expression is nested too deeply") from error


def _depth(token: XPathToken) -> int:
    """How deep conditions in brackets stand in each other."""
    return (token.symbol == "[") + max((_depth(part) for part in token), default=0)


def _meaning(token: XPathToken) -> Evaluate:
    symbol = token.symbol
    if symbol in {"(string)", "(integer)", "(decimal)", "(float)"}:
        return _constant(token)
    if symbol in _STEPS and not (symbol == "*" and len(token)):
        return _STEPS[symbol](token)
    if symbol in _OPERATORS:
        return _operator(token)
    if symbol == ":" or symbol in FUNCTIONS:
        return _call(token)
    raise ExpressionError(f"'{token.source}' is not something that a form can use")


def _constant(token: XPathToken) -> Evaluate:
    raw = token.value
    value: Value = raw if isinstance(raw, str) else float(str(raw))
    return lambda _: value


def _operator(token: XPathToken) -> Evaluate:
    symbol = token.symbol
    operands = [_meaning(operand) for operand in token]
    if len(operands) == 1:
        sign, operand = (-1.0 if symbol == "-" else 1.0), operands[0]
        return lambda scope: sign * to_number(operand(scope), scope.zone)
    left, right = operands
    if symbol == "|":
        return lambda scope: _united(left(scope), right(scope))
    if symbol == "and":
        return lambda scope: to_truth(left(scope)) and to_truth(right(scope))
    if symbol == "or":
        return lambda scope: to_truth(left(scope)) or to_truth(right(scope))
    if symbol in _COMPARISONS:
        return lambda scope: _compared(symbol, left(scope), right(scope), scope.zone)
    compute = _ARITHMETIC[symbol]
    return lambda scope: compute(
        to_number(left(scope), scope.zone), to_number(right(scope), scope.zone)
    )


def _united(left: Value, right: Value) -> Value:
    """The elements of both, each once."""
    elements = [one for side in (left, right) if isinstance(side, tuple) for one in side]
    return tuple(dict.fromkeys(elements))


def _compared(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    """Elements are compared one by one: one pair that holds is enough."""
    if isinstance(left, bool) or isinstance(right, bool):
        left, right = to_truth(left), to_truth(right)
    return any(_holds(symbol, a, b, zone) for a in _items(left) for b in _items(right))


def _holds(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    if symbol in {"=", "!="} and isinstance(left, str) and isinstance(right, str):
        return (left == right) is (symbol == "=")
    return _COMPARISONS[symbol](to_number(left, zone), to_number(right, zone))


def _items(value: Value) -> Sequence[Value]:
    return [element.value for element in value] if isinstance(value, tuple) else (value,)


def _divided(dividend: float, divisor: float) -> float:
    if divisor != 0:
        return dividend / divisor
    return math.nan if dividend == 0 else math.copysign(math.inf, dividend)


def _remainder(dividend: float, divisor: float) -> float:
    """With the sign of the dividend, as XPath has it."""
    broken = divisor == 0 or math.isinf(dividend) or math.isnan(dividend + divisor)
    return math.nan if broken else math.fmod(dividend, divisor)


def _call(token: XPathToken) -> Evaluate:
    """A function call; `jr:choice-name(...)` is a ":" between a prefix and the call."""
    call = token[1] if token.symbol == ":" else token
    name = f"{token[0].value}:{call.symbol}" if token.symbol == ":" else call.symbol
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f"there is no function '{name}'")
    if not function.least <= len(call) <= function.most:
        raise ExpressionError(f"{name}() does not take {len(call)} arguments")
    arguments = [_meaning(argument) for argument in call]
    return lambda scope: function.call(scope, tuple(argument(scope) for argument in arguments))


def _named(token: XPathToken) -> Evaluate:
    name = str(token.value)
    return lambda scope: tuple(scope.here.named(name))


def _self(_: XPathToken) -> Evaluate:
    return lambda scope: (scope.here,)


def _parent(_: XPathToken) -> Evaluate:
    return lambda scope: () if scope.here.parent is None else (scope.here.parent,)


def _path(token: XPathToken) -> Evaluate:
    names = _plain_names(token)
    if names is not None:
        return lambda scope: _walked(scope.world.root, names)
    right = _meaning(token[-1])
    if len(token) == 1:
        return lambda scope: right(scope.at(scope.world.root))
    left = _meaning(token[0])
    return lambda scope: _stepped(scope, left(scope), right)


def _plain_names(token: XPathToken) -> list[str] | None:
    """The names of a path like /data/a/b, None for any other: nearly all paths are plain."""
    if token.symbol != "/":
        return None
    before = [] if len(token) < 2 else _plain_names(token[0])
    if before is None or (len(token) and token[-1].symbol != "(name)"):
        return None
    return [*before, *(str(step.value) for step in token[-1:])]


def _walked(root: Element, names: list[str]) -> Value:
    elements = [root]
    for name in names:
        elements = [
            child
            for element in elements
            for child in element.children.get(name, ())
            if child.relevant
        ]
    return tuple(elements)


def _stepped(scope: Scope, start: Value, step: Evaluate) -> Value:
    """The elements that `step` leads to from each element of `start`, each once."""
    found: dict[Element, None] = {}
    for element in start if isinstance(start, tuple) else ():
        reached = step(scope.at(element))
        if isinstance(reached, tuple):
            found.update(dict.fromkeys(reached))
    return tuple(found)


def _filtered(token: XPathToken) -> Evaluate:
    left, predicate = _meaning(token[0]), _meaning(token[1])

    def kept(scope: Scope) -> Value:
        start = left(scope)
        elements = start if isinstance(start, tuple) else ()
        return tuple(
            element
            for place, element in enumerate(elements, start=1)
            if _chosen(predicate(scope.at(element, place, len(elements))), place)
        )

    return kept


def _chosen(value: Value, place: int) -> bool:
    """Whether a predicate keeps an element: a number is a place, anything else a truth."""
    if isinstance(value, float):
        return value == place
    return to_truth(value)


def _inner(token: XPathToken) -> Evaluate:
    return _meaning(token[0])


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": _divided,
    "mod": _remainder,
}
_OPERATORS = _COMPARISONS.keys() | _ARITHMETIC.keys() | {"and", "or", "|"}
_STEPS: dict[str, Callable[[XPathToken], Evaluate]] = {
    "(name)": _named,
    "*": _named,
    ".": _self,
    "..": _parent,
    "/": _path,
    "[": _filtered,
    "(": _inner,
}
