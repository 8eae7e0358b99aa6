"""The functions of the expression language that are about numbers."""

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import TypeAlias

from shared.forms.casts import Value, texts, to_number, to_truth
from shared.forms.scope import Scope

Arguments: TypeAlias = tuple[Value, ...]


def total(scope: Scope, args: Arguments) -> Value:
    """All the numbers together; what has no answer yet does not count, as in ODK Collect."""
    return math.fsum(_numbers(scope, args))


def smallest(scope: Scope, args: Arguments) -> Value:
    """The smallest of the numbers that there are; none when there are none."""
    return min(_numbers(scope, args), default=math.nan)


def largest(scope: Scope, args: Arguments) -> Value:
    """The largest of the numbers that there are; none when there are none."""
    return max(_numbers(scope, args), default=math.nan)


def whole(scope: Scope, args: Arguments) -> Value:
    """The number without what is behind its point."""
    number = to_number(args[0], scope.zone)
    return float(math.trunc(number)) if math.isfinite(number) else math.nan


def rounded(scope: Scope, args: Arguments) -> Value:
    """Half a unit goes up, as in XPath; the second argument is the number of decimals."""
    number = to_number(args[0], scope.zone)
    digits = to_number(args[1], scope.zone) if len(args) > 1 else 0.0
    if not (math.isfinite(number) and abs(digits) <= _DIGITS_MAX):
        return math.nan
    unit = Decimal(1).scaleb(-int(digits))
    halves_up = Decimal(repr(number)) / unit + Decimal("0.5")
    return float(halves_up.to_integral_value(ROUND_FLOOR) * unit)


def size(scope: Scope, args: Arguments) -> Value:
    """The number without its sign."""
    return abs(to_number(args[0], scope.zone))


def power(scope: Scope, args: Arguments) -> Value:
    """One number to the power of the other."""
    base, power = (to_number(arg, scope.zone) for arg in args)
    try:
        raised = base**power
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return raised if isinstance(raised, float) else math.nan


def of_one_number(compute: Callable[[float], float]) -> Callable[[Scope, Arguments], Value]:
    """A function of one number; NaN where it has no value."""

    def called(scope: Scope, args: Arguments) -> Value:
        try:
            return float(compute(to_number(args[0], scope.zone)))
        except (ValueError, OverflowError):
            return math.nan

    return called


def checklist(scope: Scope, args: Arguments) -> Value:
    """Whether so many of the rest are true: at least the first, at most the second; -1: any."""
    least, most = (to_number(arg, scope.zone) for arg in args[:2])
    true = sum(1 for arg in args[2:] if to_truth(arg))
    return least <= true and (most < 0 or true <= most)


def weighted_checklist(scope: Scope, args: Arguments) -> Value:
    """The same, where each of the rest is followed by its weight."""
    least, most = (to_number(arg, scope.zone) for arg in args[:2])
    pairs = zip(args[2::2], args[3::2], strict=False)
    weight = sum(to_number(heavy, scope.zone) for arg, heavy in pairs if to_truth(arg))
    return least <= weight and (most < 0 or weight <= most)


def direction(scope: Scope, args: Arguments) -> Value:
    """The angle of a point from its two coordinates, the upward one first: atan2."""
    up, across = (to_number(arg, scope.zone) for arg in args)
    return math.atan2(up, across)


def circle(_: Scope, __: Arguments) -> Value:
    """The number pi."""
    return math.pi


_DIGITS_MAX = 15


def _numbers(scope: Scope, args: Arguments) -> Iterator[float]:
    numbers = (to_number(text, scope.zone) for text in texts(args))
    return (number for number in numbers if not math.isnan(number))
