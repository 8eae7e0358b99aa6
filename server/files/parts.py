"""A file's content as sealed rows."""

from msgspec import Struct
from sqlalchemy import Connection, delete, select
from sqlmodel import col

from server.db.bulk import insert_rows
from server.db.file_tables import FilePartRow
from server.register.sealing import Seal

_COLUMNS = ("town_id", "content_id", "number", "sealed")


class Parts(Struct, frozen=True):
    """One town's contents, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def add(self, content_id: str, number: int, part: bytes) -> None:
        """One more part; each is bound to its content and its place."""
        sealed = self.seal.close(part, "file_part", self.town, content_id, number)
        insert_rows(self.conn, FilePartRow, _COLUMNS, [(self.town, content_id, number, sealed)])

    def content(self, content_id: str) -> bytes:
        """All parts as one. Raises SealBroken."""
        rows = self.conn.execute(
            select(col(FilePartRow.number), col(FilePartRow.sealed))
            .where(col(FilePartRow.town_id) == self.town, col(FilePartRow.content_id) == content_id)
            .order_by(col(FilePartRow.number))
        )
        return b"".join(
            self.seal.open(row.sealed, "file_part", self.town, content_id, row.number)
            for row in rows
        )

    def drop(self, content_ids: list[str]) -> None:
        """Forgets contents."""
        self.conn.execute(
            delete(FilePartRow).where(
                col(FilePartRow.town_id) == self.town, col(FilePartRow.content_id).in_(content_ids)
            )
        )
