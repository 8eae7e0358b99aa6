"""A new phone takes a large grid for the first time."""

from random import Random

from benchmarks.client import Client
from benchmarks.databases import POSTGRESQL, SQLITE, Databases
from benchmarks.measuring import Cost, best, cost_of
from benchmarks.people import household
from benchmarks.results import Figure, Section, seconds
from benchmarks.stand import standing

HOUSEHOLDS = 100_000
AT_ONCE = 10_000
RUNS = 3
SECONDS, MEGABYTES = 5.0, 20


def sections(databases: Databases, quick: bool) -> list[Section]:
    """One section, both databases."""
    count = HOUSEHOLDS // 10 if quick else HOUSEHOLDS
    figures = []
    for kind in (SQLITE, POSTGRESQL):
        cost, size = _measured(databases, kind, count)
        figures.append(
            Figure(
                f"first sync of {count:,} households",
                kind,
                f"{seconds(cost.wall)}, {size / 1e6:.1f} MB",
                f"<= {SECONDS:.0f} s, <= {MEGABYTES} MB",
                cost.wall <= SECONDS and size <= MEGABYTES * 1e6 if not quick else None,
                cost,
            )
        )
    return [Section("First sync", figures)]


def _measured(databases: Databases, kind: str, count: int) -> tuple[Cost, int]:
    with standing(databases.new_home(), databases.new(kind)) as stand:
        place = stand.new_place(phones=2)
        writer, random = Client(place.phones[0]), Random(1)
        for _ in range(count // AT_ONCE or 1):
            some = [
                writer.create(place.grid, household(random)) for _ in range(min(count, AT_ONCE))
            ]
            writer.push(writer.outbox(some))
        servers = [pid for pid in (stand.pid, databases.postgres_pid) if pid]
        costs, size = [], 0
        for _ in range(RUNS):
            reader = Client(place.phones[1])
            costs.append(cost_of(lambda reader=reader: reader.snapshot(place.grid), servers))  # type: ignore[misc]
            size = reader.bytes_in
        return best(costs), size
