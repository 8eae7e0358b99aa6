"""What a change costs while the register grows, when edits stay in a grid."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    smallest, *sizes = _sizes(quick=quick)
    figures: list[Figure] = []
    with _growing(databases) as small, _growing(databases) as large:
        small.to(smallest)
        for size in sizes:
            large.to(size)
            figures.append(_figure(size, smallest, *_in_turns(large, small)))
    note = (
        f"Each beside an edit in a town of {smallest:,}, push by push in turns: a run is so long "
        "that the machine is not equally fast from its beginning to its end."
    )
    return [Section("Growth", figures, [note])]


def _figure(size: int, smallest: int, large: Cost, small: Cost) -> Figure:
    times, own = large.wall / small.wall, large.client / small.client
    what = (
        f"{large.wall * 1e6:.0f} us, among {smallest:,} {small.wall * 1e6:.0f} us: "
        f"{times:.2f} times (processor time: {own:.2f})"
    )
    return Figure(f"an edit among {size:,}", SQLITE, what, "<= 2 times", times <= TIMES_MAX)


def _in_turns(large: "_Growing", small: "_Growing") -> tuple[Cost, Cost]:
    """The best of several pushes of each, one after the other."""
    both = [(large.cost_of_an_edit(), small.cost_of_an_edit()) for _ in range(SAMPLES)]
    return best([one for one, _ in both]), best([one for _, one in both])


@contextmanager
def _growing(databases: Databases) -> Iterator["_Growing"]:
    stand = Stand(databases.new_home(), databases.new(SQLITE))
    try:
        yield _Growing(stand)
    finally:
        stand.close()


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
        """Of one push into one grid."""
        place = self._random.choice(self._places[:20])
        client = self._client(place)
        chosen = self._random.sample(self._created[place.grid], EDITS)
        edits = [
            client.edit(change.record, place.grid, self._seq, {"phone": f"137{n:08}"})
            for n, change in enumerate(chosen)
        ]
        wall, own = time.perf_counter(), time.process_time()
        self._send(client, edits)
        wall, own = time.perf_counter() - wall, time.process_time() - own
        return Cost(wall / EDITS, own / EDITS, 0)

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
