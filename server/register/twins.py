"""Changes that a phone has brought already, under another of its ids.

A phone whose file was copied may be two: each goes on under an id of its own, and both send what
was unsent when the copy was made. Such a change is known wherever it goes by its save, its kind,
its record, its time and what it says; the second one is answered with what became of the first.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs
from sqlalchemy import Connection
from sqlmodel import col

from server.db.bulk import among, insert_rows
from server.db.register_tables import JournalRow, QuarantineRow, TwinRow
from server.register.aliases import is_echo
from server.register.answered import results_of
from server.register.author import Author
from server.register.entries import Bookkeeper
from server.register.intake import Arrived
from server.register.quarantine import HELD, Quarantine
from shared.changes import Answer, Change
from shared.merge import same
from shared.wire import Result

_COLUMNS = ("town_id", "device_id", "n", "of_device", "of_n", "digest")


class Twins(Struct, frozen=True):
    """One town's, over one connection."""

    conn: Connection
    quarantine: Quarantine

    def take(self, author: Author, arrived: Sequence[Arrived]) -> dict[int, Result]:
        """Notes those of the changes that are in under another id; what became of them, by number.

        Their records must be locked, so that nobody brings one meanwhile.
        """
        known = [*self._known(author, [each.change for each in arrived if each.change is not None])]
        twins: dict[int, _Known] = {}
        rows = []
        for each in arrived:
            twin = None if each.change is None else _twin_of(each.change, known)
            if twin is not None:
                known.remove(twin)
                twins[each.n] = twin
                rows.append((author.town, author.device, each.n, *twin.place, each.digest))
        insert_rows(self.conn, TwinRow, _COLUMNS, rows)
        places = [twin.place for twin in twins.values()]
        firsts = results_of(self.conn, author.town, self.quarantine, places)
        return {n: structs.replace(firsts[twin.place], n=n) for n, twin in twins.items()}

    def _known(self, author: Author, changes: Sequence[Change]) -> Iterator["_Known"]:
        """What this worker's other devices brought of the same saves to the same records."""
        records = {change.record for change in changes}
        book = Bookkeeper(author.town, self.quarantine.seal)
        for line in book.lines(
            self.conn,
            among(self.conn, col(JournalRow.record_id), records),
            among(self.conn, col(JournalRow.save_id), {change.save for change in changes}),
            col(JournalRow.worker_id) == author.worker,
            col(JournalRow.device_id) != author.device,
        ):
            if not is_echo(line.device_id):
                yield _Known((line.device_id, line.n), book.change(line))
        for kept in self.quarantine.listed(  # what was refused is judged again
            among(self.conn, col(QuarantineRow.record_id), records),
            col(QuarantineRow.state) == HELD,
            col(QuarantineRow.worker_id) == author.worker,
            col(QuarantineRow.device_id) != author.device,
            offset=0,
            limit=None,
        ):
            yield _Known((kept.device, kept.n), kept.change)


class _Known(Struct, frozen=True):
    place: tuple[str, int]
    """Its device and number."""
    change: Change


def _twin_of(change: Change, known: Sequence[_Known]) -> _Known | None:
    """The first that is the same change. Of one that was refused in part the rest was taken."""
    return next(
        (
            each
            for each in known
            if _name(each.change) == _name(change) and _says(change.units, each.change.units)
        ),
        None,
    )


def _name(change: Change) -> tuple[str, str, str, int]:
    return change.save, change.kind, change.record, change.at


def _says(units: Mapping[str, Answer], taken: Mapping[str, Answer]) -> bool:
    return all(unit in units and same(units[unit], value) for unit, value in taken.items())
