"""What an operator watches: requests, their time, and what waits. Numbers only."""

import os
from collections.abc import Iterator, Mapping
from threading import Lock

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, func, select
from sqlmodel import col

from server.api.admission import Admission
from server.clock import Clock
from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.db.register_tables import ConflictRow, QuarantineRow
from server.files.shelf import counted
from server.office.devices import PHONE
from server.office.people import DeviceStatus
from server.office.towns import towns
from server.review.measures import RATE_DAYS, Latency, latency, measures

SEVERAL_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes of one server add up their counts; `doorstep serve` sets it."""
SECONDS = "doorstep_request_seconds"
READ_EVERY_MS = 30_000
"""So long what was read of the towns is told again: whoever scrapes more often asks no database."""
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

    def __init__(self, engine: Engine, doors: Mapping[str, Admission], clock: Clock) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "doorstep_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            SECONDS,
            "Time from the request's first byte to the reply's last.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._waiting = _Waiting(engine, doors, clock)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def page(self) -> bytes:
        """All numbers in Prometheus' text format."""
        now = CollectorRegistry()
        now.register(self._waiting)
        return generate_latest(self._own()) + generate_latest(now)

    def latency(self, route: str) -> Latency:
        """How long the requests of a route took, since the server began."""
        counts = [
            (float(sample.labels["le"]), sample.value)
            for metric in self._own().collect()
            for sample in metric.samples
            if sample.name == f"{SECONDS}_bucket" and sample.labels["route"] == route
        ]
        return latency(sorted(counts))

    def _own(self) -> CollectorRegistry:
        """The counts of requests: of this process, or of all where there are several."""
        if SEVERAL_PROCESSES not in os.environ:
            return self._registry
        own = CollectorRegistry()
        MultiProcessCollector(own)  # type: ignore[no-untyped-call]  # the library's
        return own


class _Waiting(Collector):
    def __init__(self, engine: Engine, doors: Mapping[str, Admission], clock: Clock) -> None:
        self._engine = engine
        self._doors = doors
        self._clock = clock
        self._lock = Lock()
        self._read: tuple[Metric, ...] = ()
        self._read_at = 0

    def collect(self) -> Iterator[Metric]:
        inside = GaugeMetricFamily(
            "doorstep_requests_inside",
            "Requests that this process is working on or that wait in it.",
            labels=("door",),
        )
        for name, door in self._doors.items():
            inside.add_metric((name,), door.open)
        yield inside
        yield from self._of_towns()

    def _of_towns(self) -> tuple[Metric, ...]:
        """What was read of the towns less than `READ_EVERY_MS` ago, and when that was."""
        with self._lock:  # of several who ask at once, one reads
            now = self._clock()
            if not self._read or not 0 <= now - self._read_at < READ_EVERY_MS:
                with reading(self._engine) as conn:
                    self._read = (*_read_towns(conn, now), _moment(now))
                self._read_at = now
            return self._read


def _moment(now: int) -> Metric:
    return GaugeMetricFamily(
        "doorstep_read_timestamp_seconds",
        "When the numbers of the towns were read, which are told for "
        f"{READ_EVERY_MS // 1000} seconds.",
        value=now / 1000,
    )


def _read_towns(conn: Connection, now: int) -> Iterator[Metric]:
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
    files, coming = _FileGauges(), _ComingGauges()
    for town in towns(conn):
        name = (town.town_id,)
        conflicts.add_metric(name, _count_conflicts(conn, town.town_id))
        held.add_metric(name, _count_held(conn, town.town_id))
        files.add(conn, town.town_id)
        coming.add(conn, town.town_id, now)
        number, since = _devices(conn, town.town_id)
        devices.add_metric(name, number)
        oldest.add_metric(name, _seconds(since if number else None, now))
    yield from (conflicts, held, devices, oldest, *files.gauges.values(), *coming.gauges())


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


class _ComingGauges:
    """How data comes in, and how long it waits for a person."""

    def __init__(self) -> None:
        self._share = GaugeMetricFamily(
            "doorstep_conflict_share",
            f"Conflicts per change that came within {RATE_DAYS} days.",
            labels=("town",),
        )
        self._unsent = GaugeMetricFamily(
            "doorstep_devices_unsent",
            "Active phones that last said they have something unsent.",
            labels=("town",),
        )
        self._oldest = GaugeMetricFamily(
            "doorstep_oldest_unsent_seconds",
            "How long ago the oldest unsent change of any phone was written, as it last said.",
            labels=("town",),
        )
        self._number = GaugeMetricFamily(
            "doorstep_waiting", "What waits in the inbox for a person.", labels=("town", "kind")
        )
        self._age = GaugeMetricFamily(
            "doorstep_waiting_oldest_seconds",
            "How long the oldest of these waits.",
            labels=("town", "kind"),
        )

    def add(self, conn: Connection, town: str, now: int) -> None:
        """Adds a town's numbers."""
        found = measures(conn, town, now)
        self._share.add_metric((town,), found.conflict_share)
        self._unsent.add_metric((town,), found.unsent_devices)
        self._oldest.add_metric((town,), _seconds(found.oldest_unsent, now))
        for waits in found.waiting:
            self._number.add_metric((town, waits.kind.value), waits.number)
            self._age.add_metric((town, waits.kind.value), _seconds(waits.oldest, now))

    def gauges(self) -> tuple[Metric, ...]:
        """All of them."""
        return self._share, self._unsent, self._oldest, self._number, self._age


def _seconds(since: int | None, now: int) -> float:
    return 0.0 if since is None else max(0.0, (now - since) / 1000)


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
