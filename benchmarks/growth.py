"""What a change costs while the register grows, when edits stay in a grid."""

import os
import time
from random import Random

from benchmarks.client import BOOT, Client
from benchmarks.databases import SQLITE, Databases
from benchmarks.measuring import Cost, best
from benchmarks.people import household
from benchmarks.results import Figure, Section
from benchmarks.stand import Place, Stand
from server.clock import now_ms
from server.db.engine import reading
from server.office.devices import authenticate
from shared.changes import Change
from shared.clock import Reading
from shared.wire import Push

SIZES = (10_000, 100_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
LARGEST = "DOORSTEP_BENCH_RECORDS"
"""Names how far to go; else to a million, which takes some minutes."""
MILLION = 1_000_000
GRID_HOUSEHOLDS = 500
GRIDS = 100
EDITS = 500
SAMPLES = 20
TIMES_MAX = 2.0


def sections(databases: Databases, quick: bool) -> list[Section]:
    """On SQLite, in this process: the line to the phone costs the same at every size."""
    stand = Stand(databases.new_home(), databases.new(SQLITE))
    figures: list[Figure] = []
    first: Cost | None = None
    try:
        grown = _Growing(stand)
        for size in _sizes(quick=quick):
            grown.to(size)
            cost = grown.cost_of_an_edit()
            first = first or cost
            times = cost.wall / first.wall
            own = cost.client / first.client
            what = f"{cost.wall * 1e6:.0f} us, {times:.2f} times the first (own: {own:.2f})"
            figures.append(
                Figure(f"an edit among {size:,}", SQLITE, what, "<= 2 times", times <= TIMES_MAX)
            )
    finally:
        stand.close()
    return [Section("Growth", figures)]


def _sizes(*, quick: bool) -> list[int]:
    largest = int(os.environ.get(LARGEST, "") or MILLION)
    return list(SIZES[:2]) if quick else [size for size in SIZES if size <= largest]


class _Growing:
    """A town that is filled, one grid after the other."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._clients: dict[str, Client] = {}
        self._random = Random(1)
        self._created: dict[str, list[Change]] = {}
        self._seq = 0
        self._count = 0
        self._places = stand.new_places(grids=GRIDS, phones=1)

    def to(self, size: int) -> None:
        """Fills the grids evenly until the town has so many households."""
        while self._count < size:
            for place in self._places:
                some = min(GRID_HOUSEHOLDS, size - self._count)
                if some <= 0:
                    return
                self._push(place, some)

    def cost_of_an_edit(self) -> Cost:
        """Of the best of several pushes, each into one grid."""
        costs = []
        for place in self._random.sample(self._places[:20], SAMPLES):
            client = self._client(place)
            chosen = self._random.sample(self._created[place.grid], EDITS)
            edits = [
                client.edit(change.record, place.grid, self._seq, {"phone": f"137{n:08}"})
                for n, change in enumerate(chosen)
            ]
            wall, own = time.perf_counter(), time.process_time()
            self._send(client, edits)
            wall, own = time.perf_counter() - wall, time.process_time() - own
            costs.append(Cost(wall / EDITS, own / EDITS, 0))
        return best(costs)

    def _client(self, place: Place) -> Client:
        return self._clients.setdefault(place.grid, Client(place.phones[0]))

    def _push(self, place: Place, some: int) -> None:
        client = self._client(place)
        created = [client.create(place.grid, household(self._random)) for _ in range(some)]
        kept = self._created.setdefault(place.grid, [])
        kept += [] if len(kept) >= EDITS else created
        self._count += some
        self._send(client, created)

    def _send(self, client: Client, changes: list[Change]) -> None:
        identity = client.identity
        with reading(self._stand.engine) as conn:
            device = authenticate(conn, identity.token, now_ms())
        for sent in client.outbox(changes):
            push = Push(identity.device, sent.after, Reading(now_ms(), BOOT, 0), sent.changes)
            self._seq = self._stand.register.push(device, push).results[-1].seq
