"""Names of the people that records and journals speak of: workers, and accounts of the console."""

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.bulk import chunks
from server.db.office_tables import AccountRow, WorkerRow
from server.office.people import OPERATOR

OPERATOR_NAME = "系统操作员 (operator)"
"""Whoever works on the server's own machine has no account."""


def names_of(conn: Connection, town: str, people: Collection[str]) -> dict[str, str]:
    """The names of those of the people that are known, by id."""
    names = {OPERATOR: OPERATOR_NAME} if OPERATOR in people else {}
    for some in chunks(people):
        for table in (WorkerRow, AccountRow):
            rows = conn.execute(
                select(col(table.id), col(table.name)).where(
                    col(table.town_id) == town, col(table.id).in_(some)
                )
            )
            names.update({row.id: row.name for row in rows})
    return names
