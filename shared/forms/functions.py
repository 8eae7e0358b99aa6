"""The functions that expressions may call, one Python function each.

To add one: write it, enter it in `FUNCTIONS` with the number of arguments that it takes, add a
test. A function gets the scope and its evaluated arguments.
"""

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import TypeAlias

from msgspec import Struct

from shared.forms import text_functions
from shared.forms.calendar_text import format_moment
from shared.forms.casts import Value, moment_of, texts, to_number, to_text, to_truth
from shared.forms.scope import Scope

Arguments: TypeAlias = tuple[Value, ...]

ANY_NUMBER = 99


class Function(Struct, frozen=True):
    """A function of the expression language."""

    call: Callable[[Scope, Arguments], Value]
    least: int = 0
    most: int = 0
    """How many arguments it takes."""


def _if(_: Scope, args: Arguments) -> Value:
    return args[1] if to_truth(args[0]) else args[2]


def _coalesce(_: Scope, args: Arguments) -> Value:
    return next((arg for arg in args if to_text(arg) != ""), "")


def _once(scope: Scope, args: Arguments) -> Value:
    return scope.current.text or args[0]


def _selected(_: Scope, args: Arguments) -> Value:
    return to_text(args[1]).strip() in to_text(args[0]).split()


def _selected_at(scope: Scope, args: Arguments) -> Value:
    chosen = to_text(args[0]).split()
    place = to_number(args[1], scope.zone)
    inside = 0 <= place < len(chosen)
    return chosen[int(place)] if inside else ""


def _count_selected(_: Scope, args: Arguments) -> Value:
    return float(len(to_text(args[0]).split()))


def _choice_name(scope: Scope, args: Arguments) -> Value:
    """The label of a choice code, in the reader's language; several codes are joined."""
    question = scope.world.question_at(to_text(args[1]).strip())
    if question is None:
        return ""
    form, language = scope.world.form, scope.world.moment.language
    choices = (form.choice(question, code) for code in to_text(args[0]).split())
    return ", ".join(form.words(choice.label, language) for choice in choices if choice)


def _count(_: Scope, args: Arguments) -> Value:
    return float(len(args[0])) if isinstance(args[0], tuple) else math.nan


def _count_non_empty(_: Scope, args: Arguments) -> Value:
    return float(sum(1 for text in texts(args) if text != ""))


def _sum(scope: Scope, args: Arguments) -> Value:
    return math.fsum(_numbers(scope, args))


def _min(scope: Scope, args: Arguments) -> Value:
    return _extreme(min, list(_numbers(scope, args)))


def _max(scope: Scope, args: Arguments) -> Value:
    return _extreme(max, list(_numbers(scope, args)))


def _position(scope: Scope, args: Arguments) -> Value:
    if not args:
        return float(scope.position)
    if not isinstance(args[0], tuple) or not args[0]:
        return math.nan
    element = args[0][0]
    siblings = element.parent.named(element.name) if element.parent else [element]
    return float(siblings.index(element) + 1)


def _current(scope: Scope, _: Arguments) -> Value:
    return (scope.current,)


def _instance(scope: Scope, args: Arguments) -> Value:
    table = scope.world.tables.get(to_text(args[0]))
    return () if table is None else (table,)


def _not(_: Scope, args: Arguments) -> Value:
    return not to_truth(args[0])


def _boolean(_: Scope, args: Arguments) -> Value:
    return to_truth(args[0])


def _boolean_from_string(_: Scope, args: Arguments) -> Value:
    return to_text(args[0]).strip().lower() in {"1", "true"}


def _string(scope: Scope, args: Arguments) -> Value:
    return to_text(args[0]) if args else scope.here.value


def _number(scope: Scope, args: Arguments) -> Value:
    return to_number(args[0] if args else scope.here.value, scope.zone)


def _int(scope: Scope, args: Arguments) -> Value:
    number = to_number(args[0], scope.zone)
    return float(math.trunc(number)) if math.isfinite(number) else math.nan


def _round(scope: Scope, args: Arguments) -> Value:
    """Half a unit goes up, as in XPath; the second argument is the number of decimals."""
    number = to_number(args[0], scope.zone)
    digits = to_number(args[1], scope.zone) if len(args) > 1 else 0.0
    if not (math.isfinite(number) and abs(digits) <= _DIGITS_MAX):
        return math.nan
    unit = Decimal(1).scaleb(-int(digits))
    halves_up = Decimal(repr(number)) / unit + Decimal("0.5")
    return float(halves_up.to_integral_value(ROUND_FLOOR) * unit)


def _abs(scope: Scope, args: Arguments) -> Value:
    return abs(to_number(args[0], scope.zone))


def _today(scope: Scope, _: Arguments) -> Value:
    return scope.world.moment.now.date().isoformat()


def _now(scope: Scope, _: Arguments) -> Value:
    return scope.world.moment.now.isoformat(timespec="milliseconds")


def _date(scope: Scope, args: Arguments) -> Value:
    moment = moment_of(args[0], scope.zone)
    return "" if moment is None else moment.date().isoformat()


def _date_time(scope: Scope, args: Arguments) -> Value:
    moment = moment_of(args[0], scope.zone)
    return "" if moment is None else moment.replace(tzinfo=scope.zone).isoformat()


def _format_date(scope: Scope, args: Arguments) -> Value:
    moment = moment_of(args[0], scope.zone)
    if moment is None:
        return ""
    return format_moment(moment, to_text(args[1]), scope.world.moment.language)


def _decimal_date_time(scope: Scope, args: Arguments) -> Value:
    return to_number(args[0], scope.zone)


def _version(scope: Scope, _: Arguments) -> Value:
    return scope.world.form.version


def _true(_: Scope, __: Arguments) -> Value:
    return True


def _false(_: Scope, __: Arguments) -> Value:
    return False


FUNCTIONS: dict[str, Function] = {
    "abs": Function(_abs, 1, 1),
    "boolean": Function(_boolean, 1, 1),
    "boolean-from-string": Function(_boolean_from_string, 1, 1),
    "coalesce": Function(_coalesce, 1, ANY_NUMBER),
    "concat": Function(text_functions.concat, 1, ANY_NUMBER),
    "contains": Function(text_functions.contains, 2, 2),
    "count": Function(_count, 1, 1),
    "count-non-empty": Function(_count_non_empty, 1, 1),
    "count-selected": Function(_count_selected, 1, 1),
    "current": Function(_current),
    "date": Function(_date, 1, 1),
    "date-time": Function(_date_time, 1, 1),
    "decimal-date-time": Function(_decimal_date_time, 1, 1),
    "ends-with": Function(text_functions.ends_with, 2, 2),
    "false": Function(_false),
    "format-date": Function(_format_date, 2, 2),
    "format-date-time": Function(_format_date, 2, 2),
    "if": Function(_if, 3, 3),
    "instance": Function(_instance, 1, 1),
    "int": Function(_int, 1, 1),
    "join": Function(text_functions.join, 1, ANY_NUMBER),
    "jr:choice-name": Function(_choice_name, 2, 2),
    "max": Function(_max, 1, ANY_NUMBER),
    "min": Function(_min, 1, ANY_NUMBER),
    "normalize-space": Function(text_functions.normalize_space, 0, 1),
    "not": Function(_not, 1, 1),
    "now": Function(_now),
    "number": Function(_number, 0, 1),
    "once": Function(_once, 1, 1),
    "position": Function(_position, 0, 1),
    "regex": Function(text_functions.regex, 2, 2),
    "round": Function(_round, 1, 2),
    "selected": Function(_selected, 2, 2),
    "selected-at": Function(_selected_at, 2, 2),
    "starts-with": Function(text_functions.starts_with, 2, 2),
    "string": Function(_string, 0, 1),
    "string-length": Function(text_functions.string_length, 0, 1),
    "substr": Function(text_functions.substr, 2, 3),
    "substring-after": Function(text_functions.substring_after, 2, 2),
    "substring-before": Function(text_functions.substring_before, 2, 2),
    "sum": Function(_sum, 1, 1),
    "today": Function(_today),
    "translate": Function(text_functions.translate, 3, 3),
    "true": Function(_true),
    "version": Function(_version),
}
"""Every function by the name that forms call it."""

_DIGITS_MAX = 15


def _numbers(scope: Scope, args: Arguments) -> Iterable[float]:
    return (to_number(text, scope.zone) for text in texts(args))


def _extreme(choose: Callable[[list[float]], float], numbers: list[float]) -> float:
    if not numbers or any(math.isnan(number) for number in numbers):
        return math.nan
    return choose(numbers)
