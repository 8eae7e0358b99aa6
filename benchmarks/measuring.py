"""Telling what something cost: wall time, and the processor time of each side.

On a machine that others use at the same time, processor time says more than wall time, and the
best of several runs more than their mean.
"""

import gc
import os
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from msgspec import Struct

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_TIMES = slice(11, 15)
"""User and system time of a process and of its ended children, after its name in `stat`."""


_TURNS = 1_000_000


class Cost(Struct, frozen=True):
    """Seconds that something took."""

    wall: float
    client: float
    """Processor time of this process."""
    server: float
    """Processor time of the server and its database; 0 where the system does not tell."""


def cost_of(work: Callable[[], object], servers: Collection[int] = ()) -> Cost:
    """Does it once. servers: the processes, with their children, that work for it."""
    gc.collect()
    gc.freeze()  # what only the benchmark keeps must not slow a collection
    before, own, wall = cpu_of(servers), time.process_time(), time.perf_counter()
    work()
    cost = Cost(
        time.perf_counter() - wall, time.process_time() - own, max(0.0, cpu_of(servers) - before)
    )
    gc.unfreeze()
    return cost


def best(costs: list[Cost]) -> Cost:
    """The least of each: other people's work can only add."""
    return Cost(
        min(cost.wall for cost in costs),
        min(cost.client for cost in costs),
        min(cost.server for cost in costs),
    )


def cpu_of(pids: Collection[int]) -> float:
    """The processor time that processes and all below them have used so far, in seconds."""
    return sum(_own_cpu(pid) for pid in set(_family(pids)))


def memory_of(pids: Collection[int]) -> int:
    """The largest memory that processes and all below them have held, in MB, added up."""
    return sum(_peak_kb(pid) for pid in set(_family(pids))) // 1024


def load() -> str:
    """How busy the machine is."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"


def pace() -> float:
    """Seconds that a million turns of a plain loop take now: the best of three."""
    return min(cost_of(_turns).wall for _ in range(3))


def _turns() -> int:
    return sum(turn * turn for turn in range(_TURNS))


def _family(pids: Collection[int]) -> Iterator[int]:
    for pid in pids:
        yield pid
        yield from _family(_children(pid))


def _children(pid: int) -> list[int]:
    try:
        tasks = [*(_PROC / str(pid) / "task").iterdir()]
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _own_cpu(pid: int) -> float:
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[_TIMES])) / _TICKS


def _peak_kb(pid: int) -> int:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line), 0)
