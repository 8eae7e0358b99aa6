"""The functions that expressions may call, one Python function each.

To add one: write it, enter it in `FUNCTIONS` with the number of arguments that it takes, add a
test. A function gets the scope and its evaluated arguments.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from shared.forms import geo_functions, node_functions, number_functions, text_functions
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
    question = scope.world.question_at(_absolute(scope, to_text(args[1]).strip()))
    if question is None:
        return ""
    form, language = scope.world.form, scope.world.moment.language
    codes = to_text(args[0]).split()
    if scope.world.tables.offers(question.choice_list):
        rows = (scope.world.tables.row(question.choice_list, "name", code) for code in codes)
        return ", ".join(row.named("label")[0].text for row in rows if row)
    choices = (form.choice(question, code) for code in codes)
    return ", ".join(form.words(choice.label, language) for choice in choices if choice)


def _absolute(scope: Scope, path: str) -> str:
    """The path of a question that is named from the question which asks for it."""
    if path.startswith("/"):
        return path
    steps = scope.current.path.split("/")
    for step in path.split("/"):
        steps = steps[:-1] if step == ".." else steps if step == "." else [*steps, step]
    return "/".join(steps)


def _count(_: Scope, args: Arguments) -> Value:
    return float(len(args[0])) if isinstance(args[0], tuple) else math.nan


def _count_non_empty(_: Scope, args: Arguments) -> Value:
    return float(sum(1 for text in texts(args) if text != ""))


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


def _decimal_time(scope: Scope, args: Arguments) -> Value:
    """The part of the day that has passed, from 0 to 1."""
    days = to_number(args[0], scope.zone)
    return days - math.floor(days) if math.isfinite(days) else math.nan


def _version(scope: Scope, _: Arguments) -> Value:
    return scope.world.form.version


def _true(_: Scope, __: Arguments) -> Value:
    return True


def _false(_: Scope, __: Arguments) -> Value:
    return False


FUNCTIONS: dict[str, Function] = {
    "abs": Function(number_functions.size, 1, 1),
    "acos": Function(number_functions.of_one_number(math.acos), 1, 1),
    "area": Function(geo_functions.area, 1, 1),
    "asin": Function(number_functions.of_one_number(math.asin), 1, 1),
    "atan": Function(number_functions.of_one_number(math.atan), 1, 1),
    "atan2": Function(number_functions.direction, 2, 2),
    "base64-decode": Function(text_functions.base64_decode, 1, 1),
    "base64-encode": Function(text_functions.base64_encode, 1, 1),
    "boolean": Function(_boolean, 1, 1),
    "boolean-from-string": Function(_boolean_from_string, 1, 1),
    "ceiling": Function(number_functions.of_one_number(math.ceil), 1, 1),
    "checklist": Function(number_functions.checklist, 2, ANY_NUMBER),
    "coalesce": Function(_coalesce, 1, ANY_NUMBER),
    "concat": Function(text_functions.concat, 1, ANY_NUMBER),
    "contains": Function(text_functions.contains, 2, 2),
    "cos": Function(number_functions.of_one_number(math.cos), 1, 1),
    "count": Function(_count, 1, 1),
    "count-non-empty": Function(_count_non_empty, 1, 1),
    "count-selected": Function(_count_selected, 1, 1),
    "current": Function(_current),
    "date": Function(_date, 1, 1),
    "date-time": Function(_date_time, 1, 1),
    "decimal-date-time": Function(_decimal_date_time, 1, 1),
    "decimal-time": Function(_decimal_time, 1, 1),
    "digest": Function(text_functions.digest, 2, 3),
    "distance": Function(geo_functions.distance, 1, ANY_NUMBER),
    "ends-with": Function(text_functions.ends_with, 2, 2),
    "exp": Function(number_functions.of_one_number(math.exp), 1, 1),
    "exp10": Function(number_functions.of_one_number(lambda power: 10.0**power), 1, 1),
    "false": Function(_false),
    "floor": Function(number_functions.of_one_number(math.floor), 1, 1),
    "format-date": Function(_format_date, 2, 2),
    "format-date-time": Function(_format_date, 2, 2),
    "geofence": Function(geo_functions.geofence, 2, 2),
    "if": Function(_if, 3, 3),
    "indexed-repeat": Function(node_functions.indexed_repeat, 3, ANY_NUMBER),
    "instance": Function(_instance, 1, 1),
    "int": Function(number_functions.whole, 1, 1),
    "join": Function(text_functions.join, 1, ANY_NUMBER),
    "jr:choice-name": Function(_choice_name, 2, 2),
    "last": Function(node_functions.last),
    "log": Function(number_functions.of_one_number(math.log), 1, 1),
    "log10": Function(number_functions.of_one_number(math.log10), 1, 1),
    "max": Function(number_functions.largest, 1, ANY_NUMBER),
    "min": Function(number_functions.smallest, 1, ANY_NUMBER),
    "normalize-space": Function(text_functions.normalize_space, 0, 1),
    "not": Function(_not, 1, 1),
    "now": Function(_now),
    "number": Function(_number, 0, 1),
    "once": Function(_once, 1, 1),
    "pi": Function(number_functions.circle),
    "position": Function(node_functions.position, 0, 1),
    "pow": Function(number_functions.power, 2, 2),
    "pulldata": Function(node_functions.pulldata, 4, 4),
    "random": Function(node_functions.random),
    "regex": Function(text_functions.regex, 2, 2),
    "round": Function(number_functions.rounded, 1, 2),
    "selected": Function(_selected, 2, 2),
    "selected-at": Function(_selected_at, 2, 2),
    "sin": Function(number_functions.of_one_number(math.sin), 1, 1),
    "sqrt": Function(number_functions.of_one_number(math.sqrt), 1, 1),
    "starts-with": Function(text_functions.starts_with, 2, 2),
    "string": Function(_string, 0, 1),
    "string-length": Function(text_functions.string_length, 0, 1),
    "substr": Function(text_functions.substr, 2, 3),
    "substring": Function(text_functions.substring, 2, 3),
    "substring-after": Function(text_functions.substring_after, 2, 2),
    "substring-before": Function(text_functions.substring_before, 2, 2),
    "sum": Function(number_functions.total, 1, 1),
    "tan": Function(number_functions.of_one_number(math.tan), 1, 1),
    "today": Function(_today),
    "translate": Function(text_functions.translate, 3, 3),
    "true": Function(_true),
    "uuid": Function(node_functions.uuid, 0, 1),
    "version": Function(_version),
    "weighted-checklist": Function(number_functions.weighted_checklist, 4, ANY_NUMBER),
}
"""Every function by the name that forms call it."""
