"""The functions of the expression language that are about texts."""

import math

from shared.forms.casts import Value, texts, to_number, to_text
from shared.forms.patterns import matches
from shared.forms.scope import Scope


def concat(_: Scope, args: tuple[Value, ...]) -> Value:
    """All the texts one after the other."""
    return "".join(texts(args))


def join(_: Scope, args: tuple[Value, ...]) -> Value:
    """The texts with the first between them."""
    return to_text(args[0]).join(texts(args[1:]))


def substr(scope: Scope, args: tuple[Value, ...]) -> Value:
    """Counts from 0; the end is left out; negative places count from the end."""
    text = to_text(args[0])
    places = [to_number(arg, scope.zone) for arg in args[1:]]
    if any(math.isnan(place) for place in places):
        return ""
    start, end = int(places[0]), int(places[1]) if len(places) > 1 else len(text)
    return text[start:end]


def substring_before(_: Scope, args: tuple[Value, ...]) -> Value:
    """What stands before the mark; nothing if it is not there."""
    before, found, _after = to_text(args[0]).partition(to_text(args[1]) or "\0")
    return before if found else ""


def substring_after(_: Scope, args: tuple[Value, ...]) -> Value:
    """What stands after the mark; all for an empty mark."""
    mark = to_text(args[1])
    return to_text(args[0]).partition(mark)[2] if mark else to_text(args[0])


def contains(_: Scope, args: tuple[Value, ...]) -> Value:
    """Whether the second text is in the first."""
    return to_text(args[1]) in to_text(args[0])


def starts_with(_: Scope, args: tuple[Value, ...]) -> Value:
    """Whether the first text begins with the second."""
    return to_text(args[0]).startswith(to_text(args[1]))


def ends_with(_: Scope, args: tuple[Value, ...]) -> Value:
    """Whether the first text ends with the second."""
    return to_text(args[0]).endswith(to_text(args[1]))


def string_length(scope: Scope, args: tuple[Value, ...]) -> Value:
    """How many characters the text has."""
    return float(len(to_text(args[0]) if args else scope.here.value))


def normalize_space(scope: Scope, args: tuple[Value, ...]) -> Value:
    """The text with single spaces, none at its ends."""
    return " ".join((to_text(args[0]) if args else scope.here.value).split())


def translate(_: Scope, args: tuple[Value, ...]) -> Value:
    """Replaces each character of the second text by the third's at its place, or drops it."""
    text, old, new = (to_text(arg) for arg in args)
    table: dict[str, str] = {}
    for place, char in enumerate(old):
        table.setdefault(char, new[place : place + 1])
    return "".join(table.get(char, char) for char in text)


def regex(_: Scope, args: tuple[Value, ...]) -> Value:
    """Whether the whole text matches the pattern; a pattern that cannot be used matches nothing."""
    return matches(to_text(args[1]), to_text(args[0]))
