"""Which dwellings a change of a record reaches: where it hangs, and where it hung before."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from server.db.bulk import among, table_of
from server.db.coverage_tables import MeasuredRow
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow, VisitRow

Changed = Mapping[str, Collection[str]]
"""Ids of changed records by their kind."""


class Reach(Struct, frozen=True):
    """Finds dwellings in one town, over one connection."""

    conn: Connection
    town: str

    def dwellings(self, changed: Changed) -> set[str]:
        """Those that these records belong to, or belonged to when they were measured last."""
        households = set(changed.get("household", ()))
        residents = set(changed.get("resident", ()))
        visits = set(changed.get("visit", ()))
        households |= self._of(ResidentRow, "household_id", residents)
        households |= self._of(VisitRow, "household_id", visits)
        households |= self._of(MeasuredRow, "parent_id", residents)
        households |= self._of(MeasuredRow, "merged_into", households)
        households = self._with_survivors(HouseholdRow, households)
        dwellings = set(changed.get("dwelling", ()))
        dwellings |= self._of(VisitRow, "dwelling_id", visits)
        dwellings |= self._of(HouseholdRow, "dwelling_id", households)
        dwellings |= self._of(MeasuredRow, "parent_id", households)
        return self._with_survivors(DwellingRow, dwellings)

    def names(self, table: type[SQLModel], records: Collection[str]) -> dict[str, str]:
        """These records and what was merged into them, each with the one that stands."""
        names = {record: record for record in records}
        last = dict(names)
        columns = table_of(table).c
        while last:
            found = self.conn.execute(
                select(columns.id, columns.alias_of).where(
                    columns.town_id == self.town, among(self.conn, columns.alias_of, last)
                )
            )
            last = {row[0]: names[row[1]] for row in found if row[0] not in names}
            names |= last
        return names

    def _with_survivors(self, table: type[SQLModel], records: set[str]) -> set[str]:
        found, last = set(records), set(records)
        while last:
            last = self._of(table, "alias_of", last) - found
            found |= last
        return found

    def _of(self, table: type[SQLModel], column: str, records: Collection[str]) -> set[str]:
        """What these records name in a column."""
        if not records:
            return set()
        columns = table_of(table).c
        key = columns.record_id if table is MeasuredRow else columns.id
        wanted = select(columns[column]).where(
            columns.town_id == self.town,
            among(self.conn, key, records),
            columns[column].is_not(None),
        )
        return {str(row[0]) for row in self.conn.execute(wanted)}


def parents(
    conn: Connection, town: str, kind: str, records: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """What households and residents hang on now, and what they were merged into."""
    table, parent = _HANGS[kind]
    columns = table_of(table).c
    wanted = select(columns.id, columns[parent], columns.alias_of).where(
        columns.town_id == town, among(conn, columns.id, records)
    )
    return {row[0]: (row[1], row[2]) for row in conn.execute(wanted)}


_HANGS: Mapping[str, tuple[type[SQLModel], str]] = MappingProxyType(
    {"household": (HouseholdRow, "dwelling_id"), "resident": (ResidentRow, "household_id")}
)
