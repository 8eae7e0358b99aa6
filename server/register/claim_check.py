"""Comparing the claims that are kept with those that the records make."""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from server.db.bulk import table_of
from server.db.register_tables import ClaimRow
from server.register.claiming import Claim, second_claims
from server.register.claims import ClaimTable
from server.register.published import Published
from shared.records import Record


class ClaimCheck:
    """Checks one town. Changes nothing."""

    def __init__(self, table: ClaimTable, current: Mapping[str, Published]) -> None:
        self._table = table
        self._claimants = table.claimants(current)
        self._count = 0

    def check(self, records: Iterable[Record]) -> list[str]:
        """Which of these records claim what is not kept, or the other way round."""
        expected: set[Claim] = set()
        ids = set()
        for record in records:
            ids.add(record.id)
            if record.kind in self._claimants:
                expected |= set(self._claimants[record.kind].of_record(record))
        self._count += len(expected)
        kept = {
            each for each in self._table.stored([c.mark for c in expected]) if each.record in ids
        }
        return sorted(f"claim:{claim.record}" for claim in expected ^ kept)

    def check_whole(self) -> list[str]:
        """What can only be said once every record was seen."""
        table = table_of(ClaimRow)
        rows = self._table.conn.execute(
            select(func.count()).select_from(table).where(table.c.town_id == self._table.town)
        ).scalar_one()
        differs = [] if rows == self._count else ["claim:*"]
        second = {(claim.record, claim.unit) for claim in second_claims(self._table.repeated())}
        wrong = second ^ self._table.waiting().keys()
        return differs + sorted(f"conflict:{record}" for record, _ in wrong)
