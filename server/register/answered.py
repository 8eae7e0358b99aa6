"""What was answered to a device before: a repeated change gets the same result again."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.bulk import among
from server.db.register_tables import JournalRow, QuarantineRow, TwinRow
from server.office.people import DeviceIdentity
from server.register.aliases import DEPTH_MAX, ECHO, echoing, is_echo
from server.register.author import Author
from server.register.quarantine import HELD, PARTLY, REJECTED, RELEASED, Kept, Quarantine
from shared.wire import FIRST_DIGEST, LINKS_MAX, Link, Result


def stored_digest(conn: Connection, author: Author, n: int) -> str | None:
    """The device's hash chain after its change number `n`, if that is in."""
    if n > author.last_n:
        return None
    for table in (JournalRow, QuarantineRow, TwinRow):
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


def last_agreed(
    conn: Connection, device: DeviceIdentity, chain: Iterable[Link], last_n: int
) -> tuple[int, str]:
    """The last of these places up to which the server has the device's own chain; 0 without one.

    A copy of the device may have gone on under the same numbers, and a server that was put back
    to an older state then has the copy's where it once had the device's.
    """
    said = {link.n: link.digest for link in chain if 0 < link.n <= last_n}
    wanted = sorted(said, reverse=True)[:LINKS_MAX]
    agreed = (0, FIRST_DIGEST)
    for table in (JournalRow, QuarantineRow, TwinRow):
        for row in conn.execute(
            select(col(table.n), col(table.digest)).where(
                col(table.town_id) == device.town,
                col(table.device_id) == device.id,
                col(table.n).in_(wanted),
            )
        ):
            if said[row.n] == row.digest:
                agreed = max(agreed, (row.n, row.digest))
    return agreed


def stored_results(
    conn: Connection, author: Author, quarantine: Quarantine, numbers: tuple[int, int]
) -> dict[int, Result]:
    """The results of a device's changes from the first to the last of these numbers.

    A change that was held and taken later has its later result.
    """
    kept = {each.n: each for each in quarantine.of_device(author.device, *numbers)}
    results = {n: kept_result(each) for n, each in kept.items() if each.state not in _TAKEN}
    for row in _journalled(conn, author, numbers):
        units = tuple(row.units.split())
        if is_echo(row.device_id):
            results[row.n] = structs.replace(
                results[row.n], outcome=row.outcome, units=units, into=row.record_id
            )
            continue
        told = kept.get(row.n)
        problem = told.problem if told is not None and told.state != RELEASED else None
        results[row.n] = Result(row.n, row.outcome, row.seq, units, problem)
    if author.continues:
        results |= _results_of_twins(conn, author, quarantine, numbers)
    return results


def later_results(
    conn: Connection, town: str, quarantine: Quarantine, changes: Iterable[tuple[str, int]]
) -> dict[str, list[Result]]:
    """The results of these changes by device, each device's in the order of their numbers."""
    found = results_of(conn, town, quarantine, changes)
    by_device: dict[str, list[Result]] = {}
    for device, n in sorted(found):
        by_device.setdefault(device, []).append(found[device, n])
    return by_device


def results_of(
    conn: Connection, town: str, quarantine: Quarantine, changes: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], Result]:
    """The results of changes that are in, each by its device and number."""
    by_device: dict[str, list[int]] = {}
    for device, n in sorted(changes):
        by_device.setdefault(device, []).append(n)
    found: dict[tuple[str, int], Result] = {}
    for device, numbers in by_device.items():
        author = Author(town, device, "", "", 0, "")
        results = stored_results(conn, author, quarantine, (numbers[0], numbers[-1]))
        found |= {(device, n): results[n] for n in numbers}
    return found


def kept_result(kept: Kept) -> Result:
    """What its author is told of a change that was not taken."""
    outcome = HELD if kept.state == HELD else REJECTED
    return Result(kept.n, outcome, 0, kept.units, kept.problem)


def _journalled(conn: Connection, author: Author, numbers: tuple[int, int]) -> Iterator["_Line"]:
    """What stands in the journal of these changes; what reached a surviving record comes after."""
    own = _lines(conn, author.town, [author.device], numbers)
    yield from own
    records = dict.fromkeys(line.record_id for line in own)
    echoes = [
        ECHO * further + echoing(author.device, record)
        for record in records
        for further in range(DEPTH_MAX)
    ]
    yield from _lines(conn, author.town, echoes, numbers)


def _lines(
    conn: Connection, town: str, devices: Sequence[str], numbers: tuple[int, int]
) -> list["_Line"]:
    rows = conn.execute(
        select(
            col(JournalRow.n),
            col(JournalRow.outcome),
            col(JournalRow.seq),
            col(JournalRow.units),
            col(JournalRow.device_id),
            col(JournalRow.record_id),
        )
        .where(
            col(JournalRow.town_id) == town,
            among(conn, col(JournalRow.device_id), devices),
            col(JournalRow.n).between(*numbers),
        )
        .order_by(col(JournalRow.seq))
    )
    return [_Line(*row) for row in rows]


def _results_of_twins(
    conn: Connection, author: Author, quarantine: Quarantine, numbers: tuple[int, int]
) -> dict[int, Result]:
    """Those of the changes that are also others: what became of these."""
    rows = conn.execute(
        select(col(TwinRow.n), col(TwinRow.of_device), col(TwinRow.of_n)).where(
            col(TwinRow.town_id) == author.town,
            col(TwinRow.device_id) == author.device,
            col(TwinRow.n).between(*numbers),
        )
    ).all()
    firsts = results_of(conn, author.town, quarantine, [(row.of_device, row.of_n) for row in rows])
    return {n: structs.replace(firsts[device, of], n=n) for n, device, of in rows}


class _Line(Struct, frozen=True):
    n: int
    outcome: str
    seq: int
    units: str
    device_id: str
    record_id: str


_TAKEN = (RELEASED, PARTLY)
