"""The functions of the expression language that are about texts."""

import base64
import hashlib
import math
from binascii import Error

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


def substring(scope: Scope, args: tuple[Value, ...]) -> Value:
    """XPath's own: counts from 1, and the third argument is how many characters."""
    first, *rest = (to_number(arg, scope.zone) for arg in args[1:])
    start = _half_up(first)
    end = start + _half_up(rest[0]) if rest else math.inf
    text = to_text(args[0])
    return "".join(char for place, char in enumerate(text, start=1) if start <= place < end)


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


def digest(_: Scope, args: tuple[Value, ...]) -> Value:
    """The text's checksum by the named method, as base64 or hex; nothing for another method."""
    method = _METHODS.get(to_text(args[1]).strip().upper())
    if method is None:
        return ""
    made = hashlib.new(method, to_text(args[0]).encode(), usedforsecurity=False)
    in_hex = len(args) > 2 and to_text(args[2]).strip().lower() == "hex"
    return made.hexdigest() if in_hex else base64.b64encode(made.digest()).decode()


def base64_encode(_: Scope, args: tuple[Value, ...]) -> Value:
    """The text in letters and digits that every machine can carry."""
    return base64.b64encode(to_text(args[0]).encode()).decode()


def base64_decode(_: Scope, args: tuple[Value, ...]) -> Value:
    """The text that was so written; nothing if it was not."""
    try:
        return base64.b64decode(to_text(args[0]), validate=True).decode()
    except (Error, ValueError):
        return ""


_METHODS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384"}
_METHODS["SHA-512"] = "sha512"


def _half_up(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number
