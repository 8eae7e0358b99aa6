"""What an operator watches: requests, their time, and what waits. Numbers only."""

import os
import time
from collections.abc import Iterator, Mapping

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, func, select
from sqlmodel import col

from server.api.admission import Admission
from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.db.register_tables import ConflictRow, QuarantineRow
from server.files.shelf import counted
from server.office.devices import PHONE
from server.office.people import DeviceStatus
from server.office.towns import towns

SEVERAL_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes of one server add up their counts; `doorstep serve` sets it."""
_OF_FILES = {
    "files": "Photos, recordings and documents.",
    "file_bytes": "Their bytes, before sealing.",
    "files_unused": "Files that no record names.",
    "uploads_open": "Uploads that are not finished.",
    "files_missing": "Files that a record names and that have not come.",
}
"""In the order of `FileCounts`."""
_BUCKETS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


class Metrics:
    """The counts of one process, and the numbers read from the database when asked."""

    def __init__(self, engine: Engine, doors: Mapping[str, Admission]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "doorstep_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "doorstep_request_seconds",
            "Time from the request's first byte to the reply's last.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._waiting = _Waiting(engine, doors)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def page(self) -> bytes:
        """All numbers in Prometheus' text format."""
        own = self._registry
        if SEVERAL_PROCESSES in os.environ:
            own = CollectorRegistry()
            MultiProcessCollector(own)  # type: ignore[no-untyped-call]  # the library's
        now = CollectorRegistry()
        now.register(self._waiting)
        return generate_latest(own) + generate_latest(now)


class _Waiting(Collector):
    def __init__(self, engine: Engine, doors: Mapping[str, Admission]) -> None:
        self._engine = engine
        self._doors = doors

    def collect(self) -> Iterator[Metric]:
        inside = GaugeMetricFamily(
            "doorstep_requests_inside",
            "Requests that this process is working on or that wait in it.",
            labels=("door",),
        )
        for name, door in self._doors.items():
            inside.add_metric((name,), door.open)
        yield inside
        with reading(self._engine) as conn:
            yield from _of_towns(conn)


def _of_towns(conn: Connection) -> Iterator[Metric]:
    conflicts = GaugeMetricFamily(
        "doorstep_conflicts_open", "Conflicts that wait for a person.", labels=("town",)
    )
    held = GaugeMetricFamily(
        "doorstep_changes_held", "Changes that wait for their record.", labels=("town",)
    )
    devices = GaugeMetricFamily(
        "doorstep_devices_active", "Devices that may sync.", labels=("town",)
    )
    oldest = GaugeMetricFamily(
        "doorstep_oldest_contact_seconds",
        "Time since the active device that was silent longest was heard of.",
        labels=("town",),
    )
    files = _FileGauges()
    for town in towns(conn):
        name = (town.town_id,)
        conflicts.add_metric(name, _count_conflicts(conn, town.town_id))
        held.add_metric(name, _count_held(conn, town.town_id))
        files.add(conn, town.town_id)
        number, since = _devices(conn, town.town_id)
        devices.add_metric(name, number)
        oldest.add_metric(name, max(0.0, time.time() - since / 1000) if number else 0)
    yield from (conflicts, held, devices, oldest, *files.gauges.values())


class _FileGauges:
    def __init__(self) -> None:
        self.gauges = {
            name: GaugeMetricFamily(f"doorstep_{name}", words, labels=("town",))
            for name, words in _OF_FILES.items()
        }

    def add(self, conn: Connection, town: str) -> None:
        """Adds a town's numbers."""
        counts = counted(conn, town)
        for name, number in zip(_OF_FILES, msgspec.structs.astuple(counts), strict=True):
            self.gauges[name].add_metric((town,), number)


def _count_conflicts(conn: Connection, town: str) -> int:
    return conn.execute(
        select(func.count()).where(
            col(ConflictRow.town_id) == town, col(ConflictRow.state) == "open"
        )
    ).scalar_one()


def _count_held(conn: Connection, town: str) -> int:
    return conn.execute(
        select(func.count()).where(
            col(QuarantineRow.town_id) == town, col(QuarantineRow.state) == "held"
        )
    ).scalar_one()


def _devices(conn: Connection, town: str) -> tuple[int, int]:
    """How many, and when the longest silent one was heard of."""
    heard = func.coalesce(col(DeviceRow.last_contact), col(DeviceRow.created_at))
    row = conn.execute(
        select(func.count(), func.min(heard)).where(
            col(DeviceRow.town_id) == town,
            col(DeviceRow.kind) == PHONE,
            col(DeviceRow.status) == DeviceStatus.ACTIVE.value,
        )
    ).one()
    return row[0], row[1] or 0
