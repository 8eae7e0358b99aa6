"""Reads SQL as a database does that is spread by town: each table must be narrowed to one town."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from server.db.distribution import TOWN
from server.db.tables import METADATA

_SOURCES = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(.+?)"
    r"(?=\s+(?:WHERE|SET|ON|JOIN|LEFT|ORDER|GROUP|HAVING|LIMIT|VALUES|UNION|RETURNING|FROM|FOR)\b|\(|\)|$)",
    re.IGNORECASE | re.DOTALL,
)
_GIVEN = re.compile(rf"\b{TOWN} = (?:\?|%\(\w+\)s|%s|:\w+)")
_SOURCE = re.compile(r"^(\w+)(?:\s+(?:AS\s+)?(\w+))?$", re.IGNORECASE)


@contextmanager
def listened(engine: Engine) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    said: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def strays(statements: list[str]) -> list[str]:
    """Those statements that touch a table without saying of which town."""
    return sorted({statement for statement in statements if _unbound(statement)})


def tables_in(statement: str) -> list[tuple[str, str]]:
    """The tables that a statement reads or writes, each with the name it has there."""
    found = []
    for sources in _SOURCES.findall(statement):
        for source in sources.split(","):
            named = _SOURCE.match(source.strip())
            if named and named[1] in METADATA.tables:
                found.append((named[1], named[2] or named[1]))
    return found


def _unbound(statement: str) -> bool:
    tables = tables_in(statement)
    if tables and not statement.startswith("INSERT") and not _GIVEN.search(statement):
        return True  # one of them must be compared with the town itself
    plain = len({alias for _, alias in tables}) == 1 and re.search(rf"\b{TOWN}\b", statement)
    return not plain and any(
        re.search(rf"\b{alias}\.{TOWN}\b", statement) is None for _, alias in tables
    )
