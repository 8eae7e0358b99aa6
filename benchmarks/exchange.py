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
RUNS = 3
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
    count = HOUSEHOLDS // 10 if quick else HOUSEHOLDS
    figures: list[Figure] = []
    for kind, least in measured(databases, quick=quick).items():
        figures += _figures(kind, least, count)
    return [Section("One phone and the server", figures)]


def measured(databases: Databases, *, quick: bool) -> dict[str, Measured]:
    """The best of several runs, by database."""
    count = HOUSEHOLDS // 10 if quick else HOUSEHOLDS
    found = {}
    for kind in (SQLITE, POSTGRESQL):
        url = databases.new(kind)
        with standing(databases.new_home(), url) as stand:
            servers = [pid for pid in (stand.pid, databases.postgres_pid) if pid]
            _measured(stand, servers, count // 10)  # so that nothing is done for the first time
            runs = [_measured(stand, servers, count) for _ in range(2 if quick else RUNS)]
        found[kind] = Measured(
            push=best([run.push for run in runs]),
            pull=best([run.pull for run in runs]),
            push_edits=best([run.push_edits for run in runs]),
            pull_edits=best([run.pull_edits for run in runs]),
            nothing=best([run.nothing for run in runs]),
        )
    return found


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
    empty = cost_of(lambda: [reader.pull() for _ in range(EMPTY_PULLS)], servers)
    nothing = _each(empty, EMPTY_PULLS)
    return Measured(push, pull, push_edits, pull_edits, nothing)


def _figures(kind: str, least: Measured, count: int) -> list[Figure]:
    edits = min(EDITS, count)
    rows = (
        (f"push {count:,} new households of 40 answers", least.push, NEW_TARGET[kind]),
        (f"pull {count:,} into an empty client", least.pull, PULL_TARGET),
        (f"push {edits:,} one-field edits", least.push_edits, EDIT_TARGET),
        (f"pull {edits:,} edited records", least.pull_edits, PULL_EDITS_TARGET),
    )
    figures = []
    for what, cost, target in rows:
        met = cost.wall <= target if count == HOUSEHOLDS else None
        figures.append(Figure(what, kind, seconds(cost.wall), f"<= {target} s", met, cost))
    cost, what = least.nothing, "sync with nothing to do, at the server"
    met = cost.server <= NOTHING_TARGET
    told = "1 round trip, <= 3 ms"
    return [*figures, Figure(what, kind, seconds(cost.server), told, met, cost)]


def _each(cost: Cost, times: int) -> Cost:
    return Cost(cost.wall / times, cost.client / times, cost.server / times)
