"""How fast the register takes and gives: `python -m benchmarks.push [database address]`.

The register alone, without HTTP: new households and edits in pushes of 500, then pulls.
"""

import gc
import sys
import tempfile
from random import Random

import msgspec
from msgspec import Raw, Struct

from benchmarks.people import household
from benchmarks.stopwatch import Stopwatch
from benchmarks.town import DEVICE, GRID, WORKER, make_town
from server.clock import new_id, now_ms
from server.register.pages import Range
from server.register.register import Register
from shared.changes import Change, ChangeKind
from shared.clock import Reading
from shared.wire import FIRST_DIGEST, Pull, Push, PushReply, chained, encode

HOUSEHOLDS = 10_000
EDITS = 5_000
PULLS = 500
AT_ONCE = 500


def main(url: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = make_town(url or f"sqlite:///{folder}/bench.db")
        changes = push_households(register, HOUSEHOLDS)
        edits = [
            _edit(n, change, HOUSEHOLDS) for n, change in enumerate(changes[:EDITS], HOUSEHOLDS + 1)
        ]
        watch = Stopwatch()
        _push_all(register, edits, HOUSEHOLDS + 1)
        watch.say("one-field edits", len(edits))
        _pull(register)


def push_households(register: Register, count: int) -> list[Change]:
    """Push new households of 40 answers each; returns their changes."""
    random = Random(1)
    changes = [_create(n, household(random)) for n in range(1, count + 1)]
    gc.freeze()  # what only the benchmark keeps must not slow the server's collector
    watch = Stopwatch()
    _push_all(register, changes, 1)
    watch.say("new households", count)
    return changes


def _pull(register: Register) -> None:
    cursor: str | None = None
    watch, pages, size = Stopwatch(), 0, 0
    while True:
        answer = register.page(DEVICE, Pull(cursor, short=True))
        page = msgspec.json.decode(answer, type=Reached)
        cursor, pages, size = page.cursor, pages + 1, size + len(answer)
        if not page.more:
            break
    watch.say(f"pulled, {size // 1_000_000} MB", HOUSEHOLDS)
    watch = Stopwatch()
    for _ in range(PULLS):
        register.page(DEVICE, Pull(cursor))
    watch.say("pulls with nothing to do", PULLS)
    watch, after, seq = Stopwatch(), "", 0
    while True:
        answer = register.snapshot(DEVICE, Range(GRID, after, seq=seq, short=True))
        part = msgspec.json.decode(answer, type=Part)
        if part.next is None:
            break
        after, seq = part.next, part.seq
    watch.say("snapshot", HOUSEHOLDS)


class Reached(Struct):
    """Of a `Page`, what tells how to go on."""

    cursor: str
    more: bool


class Part(Struct):
    """Of a `SnapshotPage`, what tells how to go on."""

    seq: int
    next: str | None = None


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


if __name__ == "__main__":
    main(*sys.argv[1:])
