"""What the routes of the sync API work with."""

from dataclasses import dataclass, field

from server.api.admission import Admission
from server.api.contacts import ContactBook
from server.api.metrics import Metrics
from server.files.opening import uploads_of
from server.files.uploads import Uploads
from server.limits import Rate, Throttle
from server.services import Services
from shared.wire import BODY_MAX, Limits


@dataclass(frozen=True)
class ApiLimits:
    """What one process takes. Devices are told `shared.wire.Limits`, which is well below."""

    open_max: int = 64
    """Pushes, and as many pulls, that are inside at once; the next one is answered 503."""
    working_max: int = 4
    """Of those, how many use the database at once."""
    files_working_max: int = 2
    """Of requests for files: the last part of one is checked with all of it in memory."""
    body_max: int = 8 * BODY_MAX
    """Bytes of a body, on the wire and opened: room for one save that is larger than a push."""
    body_seconds: float = 120.0
    enrolments: Rate = field(default_factory=lambda: Rate(20, 60_000))
    """Of one address: a whole office may sit behind it."""


@dataclass(frozen=True)
class SyncApi:
    """One process's sync API."""

    services: Services
    limits: ApiLimits
    pushes: Admission
    pulls: Admission
    file_doors: Admission
    uploads: Uploads
    enrolments: Throttle
    contacts: ContactBook
    metrics: Metrics

    @classmethod
    def of(cls, services: Services, limits: ApiLimits) -> "SyncApi":
        """The API of these services."""
        pushes = Admission(limits.open_max, limits.working_max)
        pulls = Admission(limits.open_max, limits.working_max)
        files = Admission(limits.open_max, limits.files_working_max)
        return cls(
            services=services,
            limits=limits,
            pushes=pushes,
            pulls=pulls,
            file_doors=files,
            uploads=uploads_of(services),
            enrolments=Throttle(limits.enrolments),
            contacts=ContactBook(),
            metrics=Metrics(
                services.engine,
                {"push": pushes, "pull": pulls, "file": files},
                services.clock,
            ),
        )

    @property
    def device_limits(self) -> Limits:
        """What devices are told that the server takes."""
        return Limits(files=self.uploads.limits, offline_days=self.services.settings.offline_days)
