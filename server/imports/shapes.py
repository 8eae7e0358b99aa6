"""What the columns of a table were said to mean, kept by the shape of its header for the next one.

It holds names of columns as one fingerprint and what each is taken for: no row of any table.
"""

from collections.abc import Sequence
from hashlib import sha256
from unicodedata import normalize

import msgspec
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.db.office_tables import ImportShapeRow

Columns = dict[str, int]
"""The column of each field."""


class Shapes(msgspec.Struct, frozen=True):
    """The shapes that a town's people put right, over one connection."""

    conn: Connection
    town: str

    def all(self) -> dict[str, Columns]:
        """What columns mean, by the fingerprint of their names."""
        rows = self.conn.execute(
            select(col(ImportShapeRow.fingerprint), col(ImportShapeRow.columns)).where(
                col(ImportShapeRow.town_id) == self.town
            )
        )
        return {mark: msgspec.json.decode(columns, type=Columns) for mark, columns in rows}

    def remember(self, names: Sequence[str], columns: Columns, by: tuple[str, int]) -> None:
        """Keeps what the columns mean. by: the account, and when."""
        self.forget(names)
        account, now = by
        self.conn.execute(
            insert(ImportShapeRow).values(
                town_id=self.town, fingerprint=fingerprint(names), set_by=account, set_at=now,
                columns=msgspec.json.encode(columns, order="sorted").decode(),
            )
        )  # fmt: skip

    def forget(self, names: Sequence[str]) -> None:
        """The columns mean again what their names say."""
        self.conn.execute(
            delete(ImportShapeRow).where(
                col(ImportShapeRow.town_id) == self.town,
                col(ImportShapeRow.fingerprint) == fingerprint(names),
            )
        )


def fingerprint(names: Sequence[str]) -> str:
    """Tells tables with the same columns in the same order, whatever blanks stand in the names."""
    plain = ("".join(normalize("NFKC", name).split()).casefold() for name in names)
    return sha256("\x1f".join(plain).rstrip("\x1f").encode()).hexdigest()
