"""A crowd of phones, each with its own work, in processes of their own."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from random import Random
from threading import Thread

import httpx
from msgspec import Struct

from benchmarks.client import Client, Sent
from mobile.store.kept import Identity
from mobile.sync.report import SyncState
from mobile.sync.trouble import Trouble

PROCESSES = 4
GIVE_UP_S = 600.0
PAUSE_S = 1.0


class Plan(Struct, frozen=True):
    """What one phone will do: come at a time, send edits of these records, and take its grid."""

    identity: Identity
    arrives: float
    """Seconds after the start."""
    grid: str
    base: int
    records: list[str]


class Went(Struct):
    """How it went."""

    done: float = 0.0
    """Seconds from its arrival to its end."""
    ended: float = 0.0
    """Seconds from the start to its end."""
    sent: int = 0
    received: int = 0
    statuses: dict[int, int] = {}
    unplanned: int = 0
    """503 without Retry-After, and every other 5xx."""
    cut: int = 0
    """Requests that got no answer."""


def crowd(plans: list[Plan]) -> list[Went]:
    """Lets all of them come; how each went."""
    context = get_context("spawn")  # a phone knows nothing of the benchmark's own memory
    shares = [plans[number::PROCESSES] for number in range(PROCESSES)]
    ready: Barrier = context.Barrier(PROCESSES + 1)
    queue: Queue[list[Went]] = context.Queue()
    processes = [context.Process(target=_some, args=(share, ready, queue)) for share in shares]
    for process in processes:
        process.start()
    ready.wait(GIVE_UP_S)
    went = [each for _ in processes for each in queue.get(timeout=GIVE_UP_S)]
    for process in processes:
        process.join()
    return went


def _some(plans: list[Plan], ready: Barrier, queue: "Queue[list[Went]]") -> None:
    phones = [_Phone(plan) for plan in plans]
    ready.wait(GIVE_UP_S)
    start = time.time()
    threads = [Thread(target=phone.come, args=(start,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put([phone.went for phone in phones])


class _Phone:
    """One phone: it sends again what was not answered, as the app does."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.went = Went()
        self._client = Client(plan.identity)
        self._statuses: Counter[int] = Counter()
        self._client.http.event_hooks["response"].append(self._note)
        edits = [
            self._client.edit(record, plan.grid, plan.base, {"phone": f"137{n:08}"})
            for n, record in enumerate(plan.records)
        ]
        self._outbox: list[Sent] = self._client.outbox(edits)
        self._random = Random(plan.identity.device)

    def come(self, start: float) -> None:
        """Arrives at its time, and stays until all is done."""
        time.sleep(max(0.0, start + self.plan.arrives - time.time()))
        arrived = time.time()
        for push in self._outbox:
            self.went.sent += len(self._until_done(lambda push=push: self._client.push([push])))  # type: ignore[misc]
        self.went.received = len(self._until_done(self._client.pull))
        self.went.done = time.time() - arrived
        self.went.ended = time.time() - start
        self.went.statuses = dict(self._statuses)
        self._client.http.close()

    def _until_done(self, ask: Callable[[], Sequence[object]]) -> Sequence[object]:
        deadline = time.time() + GIVE_UP_S / 2
        while time.time() < deadline:
            try:
                return ask()
            except Trouble as trouble:
                if trouble.state is SyncState.OFFLINE:
                    self.went.cut += 1
                time.sleep((trouble.retry_after or PAUSE_S) * (1 + self._random.random()))
        return []

    def _note(self, answer: httpx.Response) -> None:
        self._statuses[answer.status_code] += 1
        deliberate = answer.status_code == 503 and "retry-after" in answer.headers
        if answer.status_code >= 500 and not deliberate:
            self.went.unplanned += 1
