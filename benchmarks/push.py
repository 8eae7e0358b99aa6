"""How fast new households are taken: `python -m benchmarks.push [database address]`.

The register alone, without HTTP: what `Register.push` costs, in pushes of 500.
"""

import gc
import sys
import tempfile
import time
from random import Random

from msgspec import Raw

from benchmarks.people import household
from benchmarks.town import DEVICE, GRID, WORKER, make_town
from server.clock import new_id, now_ms
from server.register.register import Register
from shared.changes import Change, ChangeKind
from shared.clock import Reading
from shared.wire import FIRST_DIGEST, Push, PushReply, chained, encode

HOUSEHOLDS = 10_000
AT_ONCE = 500


def main(url: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = make_town(url or f"sqlite:///{folder}/bench.db")
        random = Random(1)
        changes = [_create(n, household(random)) for n in range(1, HOUSEHOLDS + 1)]
        gc.freeze()  # what only the benchmark keeps must not slow the server's collector
        begun = Stopwatch()
        last = _push_all(register, changes, 1)
        _say("new households", HOUSEHOLDS, begun)
        edits = [_edit(n, change, last) for n, change in enumerate(changes[:5000], HOUSEHOLDS + 1)]
        begun = Stopwatch()
        _push_all(register, edits, HOUSEHOLDS + 1)
        _say("one-field edits", len(edits), begun)


def _create(n: int, units: dict[str, object]) -> Change:
    return Change(
        n=n, save=new_id(), kind=ChangeKind.CREATE, record=new_id(), record_kind="household",
        grid=GRID, worker=WORKER, at=now_ms(), boot="b", units=units, form="1",
    )  # fmt: skip


def _edit(n: int, created: Change, base: int) -> Change:
    return Change(
        n=n, save=new_id(), kind=ChangeKind.SET, record=created.record, record_kind="household",
        grid=GRID, worker=WORKER, at=now_ms(), boot="b", base=base, form="1",
        units={"phone": f"137{n:08}"}, old={"phone": created.units["phone"]},
    )  # fmt: skip


_chains: dict[int, str] = {1: FIRST_DIGEST}


def _push_all(register: Register, changes: list[Change], first: int) -> int:
    digest = _chains[first]
    seq = 0
    for start in range(0, len(changes), AT_ONCE):
        raws = [encode(change) for change in changes[start : start + AT_ONCE]]
        clock = Reading(now_ms(), "b", 0)
        push = Push(DEVICE.id, digest, clock, [Raw(raw) for raw in raws])
        reply: PushReply = register.push(DEVICE, push)
        for raw in raws:
            digest = chained(digest, raw)
        seq = reply.results[-1].seq
    _chains[first + len(changes)] = digest
    return seq


class Stopwatch:
    """Wall time, and this process's own: on a busy machine only the second says much."""

    def __init__(self) -> None:
        self._wall, self._own = time.perf_counter(), time.process_time()

    def __str__(self) -> str:
        wall, own = time.perf_counter() - self._wall, time.process_time() - self._own
        return f"{wall:6.2f} s wall  {own:6.2f} s own"


def _say(what: str, count: int, watch: Stopwatch) -> None:
    print(f"{what:20} {count:7}  {watch}")


if __name__ == "__main__":
    main(*sys.argv[1:])
