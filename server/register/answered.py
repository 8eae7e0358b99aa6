"""What was answered to a device before: a repeated change gets the same result again."""

from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.register_tables import JournalRow, QuarantineRow
from server.register.author import Author
from server.register.quarantine import HELD, PARTLY, REJECTED, Quarantine
from shared.wire import Result


def stored_digest(conn: Connection, author: Author, n: int) -> str | None:
    """The device's hash chain after its change number `n`, if that is in."""
    if n > author.last_n:
        return None
    for table in (JournalRow, QuarantineRow):
        found = conn.execute(
            select(col(table.digest)).where(
                col(table.town_id) == author.town,
                col(table.device_id) == author.device,
                col(table.n) == n,
            )
        ).scalar()
        if found is not None:
            return str(found)
    return None


def stored_results(
    conn: Connection, author: Author, quarantine: Quarantine, numbers: tuple[int, int]
) -> dict[int, Result]:
    """The results of a device's changes from the first to the last of these numbers.

    A change that was held and taken later has its later result.
    """
    kept = {each.n: each for each in quarantine.of_device(author.device, *numbers)}
    results = {
        n: Result(n, each.state, 0, each.units, each.problem)
        for n, each in kept.items()
        if each.state in (HELD, REJECTED)
    }
    rows = conn.execute(
        select(
            col(JournalRow.n), col(JournalRow.outcome), col(JournalRow.seq), col(JournalRow.units)
        ).where(
            col(JournalRow.town_id) == author.town,
            col(JournalRow.device_id) == author.device,
            col(JournalRow.n).between(*numbers),
        )
    )
    for n, outcome, seq, units in rows:
        problem = kept[n].problem if n in kept and kept[n].state == PARTLY else None
        results[n] = Result(n, outcome, seq, tuple(units.split()), problem)
    return results
