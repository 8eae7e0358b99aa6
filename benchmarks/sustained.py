"""Field changes, one after the other for some seconds, by several phones at once."""

from collections.abc import Sequence
from random import Random
from threading import Thread

from benchmarks.client import Client, Sent
from benchmarks.databases import POSTGRESQL, SQLITE, Databases
from benchmarks.measuring import Cost, cost_of
from benchmarks.people import household
from benchmarks.results import Figure, Section
from benchmarks.stand import Stand, standing

WRITERS = 4
HOUSEHOLDS = 2_000
"""Of each writer; each is edited once a round."""
ROUNDS = 5
TARGET = 10_000


def sections(databases: Databases, quick: bool) -> list[Section]:
    """One section, both databases."""
    rounds = 1 if quick else ROUNDS
    figures = []
    for kind in (SQLITE, POSTGRESQL):
        with standing(databases.new_home(), databases.new(kind)) as stand:
            servers = [pid for pid in (stand.pid, databases.postgres_pid) if pid]
            cost, changes = _edited(stand, servers, rounds)
        per_second = changes / cost.wall
        own = changes / max(cost.server, 1e-9)
        figures.append(
            Figure(
                f"{changes:,} one-field edits by {WRITERS} phones at once",
                kind,
                f"{per_second:,.0f}/s ({own:,.0f} per second of the server's processor)",
                f">= {TARGET:,}/s",
                per_second >= TARGET,
                cost,
            )
        )
    return [Section("Field changes, sustained", figures)]


def _edited(stand: Stand, servers: list[int], rounds: int) -> tuple[Cost, int]:
    place = stand.new_place(phones=WRITERS)
    clients = [Client(identity) for identity in place.phones]
    work = [_outbox(client, place.grid, rounds) for client in clients]
    cost = cost_of(lambda: _all_at_once(clients, work), servers)
    return cost, WRITERS * HOUSEHOLDS * rounds


def _outbox(client: Client, grid: str, rounds: int) -> list[Sent]:
    """Pushes of edits of households that are in; every edit is of another answer."""
    random = Random(1)
    created = [client.create(grid, household(random)) for _ in range(HOUSEHOLDS)]
    base = client.push(client.outbox(created))[-1].seq
    edits = [
        client.edit(change.record, grid, base, {f"town_question_{turn}": f"{turn}"})
        for turn in range(rounds)
        for change in created
    ]
    return client.outbox(edits)


def _all_at_once(clients: Sequence[Client], work: Sequence[list[Sent]]) -> None:
    threads = [
        Thread(target=client.push, args=(pushes,))
        for client, pushes in zip(clients, work, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
