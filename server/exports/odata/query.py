"""The query options of a feed, read and bounded."""

import re
from collections.abc import Mapping

from msgspec import Struct

from server.exports.odata.filters import Judge, read_filter
from server.exports.odata.refusals import QueryRefused

PAGE = 1000
"""Rows of one answer."""
NUMBER_MAX = 10**9
ORDERS_MAX = 5
_SIZE = re.compile(r"(?:odata\.)?maxpagesize=(\d{1,6})")
_TOKEN = re.compile(r"(\d{1,9})~([0-9a-f-]{0,36})")
_KNOWN = frozenset(
    {"$top", "$skip", "$count", "$filter", "$select", "$orderby", "$skiptoken", "$format"}
)


class Order(Struct, frozen=True):
    """A column to sort by."""

    name: str
    down: bool


class Query(Struct, frozen=True):
    """What is asked of one entity set."""

    keep: Judge | None
    select: tuple[str, ...]
    """Empty for all."""
    order: tuple[Order, ...]
    top: int | None
    skip: int
    count: bool
    page: int
    after: str = ""
    """Go on after this id."""
    given: int = 0
    """So many rows were given in the answers before."""


def read_query(options: Mapping[str, str], columns: frozenset[str], prefer: str = "") -> Query:
    """The options as they are meant. Raises QueryRefused."""
    unknown = [name for name in options if name.startswith("$") and name not in _KNOWN]
    if unknown:
        raise QueryRefused(unknown[0])
    if options.get("$format", "json").split(";")[0] not in ("json", "application/json"):
        raise QueryRefused("$format")
    given, after = _token(options.get("$skiptoken", ""))
    size = _SIZE.search(prefer)
    filter_ = options.get("$filter", "").strip()
    return Query(
        keep=read_filter(filter_, columns) if filter_ else None,
        select=_select(options.get("$select", ""), columns),
        order=_order(options.get("$orderby", ""), columns),
        top=_number(options, "$top"),
        skip=_number(options, "$skip") or 0,
        count=_truth(options.get("$count", "false")),
        page=max(1, min(PAGE, int(size[1]))) if size else PAGE,
        after=after,
        given=given,
    )


def token_of(given: int, after: str) -> str:
    """What the next question carries."""
    return f"{given}~{after}"


def _token(text: str) -> tuple[int, str]:
    if not text:
        return 0, ""
    found = _TOKEN.fullmatch(text)
    if found is None:
        raise QueryRefused("$skiptoken")
    return int(found[1]), found[2]


def _number(options: Mapping[str, str], name: str) -> int | None:
    text = options.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) > NUMBER_MAX:
        raise QueryRefused(name)
    return int(text)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise QueryRefused("$count")
    return text.lower() == "true"


def _select(text: str, columns: frozenset[str]) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    strange = [name for name in names if name != "*" and name not in columns]
    if strange:
        raise QueryRefused("$select", strange[0][:100])
    return () if "*" in names else tuple(names)


def _order(text: str, columns: frozenset[str]) -> tuple[Order, ...]:
    parts = [part.split() for part in text.split(",") if part.strip()]
    if len(parts) > ORDERS_MAX:
        raise QueryRefused("$orderby")
    for part in parts:
        if part[0] not in columns or (len(part) > 1 and part[1:] not in (["asc"], ["desc"])):
            raise QueryRefused("$orderby", part[0][:100])
    return tuple(Order(part[0], part[1:] == ["desc"]) for part in parts)
