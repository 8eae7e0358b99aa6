"""Names of the people that records and journals speak of: workers, and accounts of the console."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import CompoundSelect, Connection, bindparam, select, union_all
from sqlmodel import col

from server.db.bulk import listed, one_of
from server.db.office_tables import AccountRow, WorkerRow
from server.office.people import OPERATOR

OPERATOR_NAME = "系统操作员 (operator)"
"""Whoever works on the server's own machine has no account."""


def names_of(conn: Connection, town: str, people: Collection[str]) -> dict[str, str]:
    """The names of those of the people that are known, by id."""
    names = {OPERATOR: OPERATOR_NAME} if OPERATOR in people else {}
    if not people:
        return names
    asked = {"town": town, "people": listed(conn, people)}
    names.update({row.id: row.name for row in conn.execute(_known(conn.dialect.name), asked)})
    return names


@cache
def _known(dialect: str) -> CompoundSelect[str, str]:
    # Asked by every pull that brings something: made once.
    return union_all(
        *(
            select(col(table.id), col(table.name)).where(
                col(table.town_id) == bindparam("town"), one_of(dialect, col(table.id), "people")
            )
            for table in (WorkerRow, AccountRow)
        )
    )
