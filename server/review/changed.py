"""Records in the order in which they changed: for whatever goes on where it stopped."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select
from sqlmodel import col

from server.db.register_tables import JournalRow


def changed_after(
    conn: Connection, town: str, version: int, limit: int
) -> Sequence[Row[str, str, int]]:
    """What changed next after that change number, as (id, kind, version): by the journal.

    A record comes as often as it changed: its rows lie in that order and nobody has to sort them.
    """
    return conn.execute(
        select(
            col(JournalRow.record_id).label("id"),
            col(JournalRow.record_kind).label("kind"),
            col(JournalRow.seq).label("version"),
        )
        .where(col(JournalRow.town_id) == town, col(JournalRow.seq) > version)
        .order_by(col(JournalRow.seq))
        .limit(limit)
    ).all()
