"""Push, pull, edits and nothing to do, between one phone and a server, over HTTP."""

from random import Random

from msgspec import Struct

from benchmarks.client import Client
from benchmarks.databases import POSTGRESQL, SQLITE, Databases
from benchmarks.measuring import Cost, best, cost_of
from benchmarks.people import household
from benchmarks.results import Figure, Section, seconds
from benchmarks.stand import Stand, standing

HOUSEHOLDS = 10_000
EDITS = 1_000
EMPTY_PULLS = 200
RUNS = 5
NEW_TARGET = {SQLITE: 1.0, POSTGRESQL: 1.5}
PULL_TARGET, EDIT_TARGET, PULL_EDITS_TARGET, NOTHING_TARGET = 0.6, 0.15, 0.1, 0.003


class Measured(Struct, frozen=True):
    """One run."""

    push: Cost
    pull: Cost
    push_edits: Cost
    pull_edits: Cost
    nothing: Cost


def sections(databases: Databases, quick: bool) -> list[Section]:
    """One section, both databases."""
    figures: list[Figure] = []
    count = HOUSEHOLDS // 10 if quick else HOUSEHOLDS
    for kind in (SQLITE, POSTGRESQL):
        url = databases.new(kind)
        with standing(databases.folder / f"exchange-{kind}", url) as stand:
            servers = [pid for pid in (stand.pid, databases.postgres_pid) if pid]
            _measured(stand, servers, count // 10)  # so that nothing is done for the first time
            runs = [_measured(stand, servers, count) for _ in range(2 if quick else RUNS)]
        figures += _figures(kind, runs, count)
    return [Section("One phone and the server", figures)]


def _measured(stand: Stand, servers: list[int], count: int) -> Measured:
    place = stand.new_place(phones=2)
    writer, reader = (Client(identity) for identity in place.phones)
    random = Random(1)
    created = [writer.create(place.grid, household(random)) for _ in range(count)]
    pushes = writer.outbox(created)
    push = cost_of(lambda: writer.push(pushes), servers)
    pull = cost_of(reader.pull, servers)
    writer.pull()
    edits = [
        writer.edit(change.record, place.grid, count, {"phone": f"137{number:08}"})
        for number, change in enumerate(random.sample(created, min(EDITS, count)))
    ]
    edited = writer.outbox(edits)
    push_edits = cost_of(lambda: writer.push(edited), servers)
    pull_edits = cost_of(reader.pull, servers)
    assert len(reader.pull()) == 0
    nothing = cost_of(lambda: [reader.pull() for _ in range(EMPTY_PULLS)], servers)
    return Measured(push, pull, push_edits, pull_edits, nothing)


def _figures(kind: str, runs: list[Measured], count: int) -> list[Figure]:
    edits = min(EDITS, count)
    whole = count == HOUSEHOLDS
    rows = (
        (f"push {count:,} new households of 40 answers", [r.push for r in runs], NEW_TARGET[kind]),
        (f"pull {count:,} into an empty client", [r.pull for r in runs], PULL_TARGET),
        (f"push {edits:,} one-field edits", [r.push_edits for r in runs], EDIT_TARGET),
        (f"pull {edits:,} edited records", [r.pull_edits for r in runs], PULL_EDITS_TARGET),
    )
    figures = []
    for what, costs, target in rows:
        cost = best(costs)
        met = cost.wall <= target if whole else None
        figures.append(Figure(what, kind, seconds(cost.wall), f"<= {target} s", met, cost))
    each = _each(best([run.nothing for run in runs]), EMPTY_PULLS)
    figures.append(
        Figure(
            "sync with nothing to do, at the server",
            kind,
            seconds(each.server),
            "1 round trip, <= 3 ms",
            each.server <= NOTHING_TARGET,
            each,
        )
    )
    return figures


def _each(cost: Cost, times: int) -> Cost:
    return Cost(cost.wall / times, cost.client / times, cost.server / times)
