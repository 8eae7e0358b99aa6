"""The parts of the files' side as a server process opens them."""

from server.files.collecting import Collector
from server.files.uploads import Uploads
from server.register.sealing import Seal
from server.services import Services


def uploads_of(services: Services) -> Uploads:
    """The uploads of these services."""
    limits = services.settings.file_limits
    return Uploads(services.engine, Seal(services.keys), limits, services.clock)


def collector_of(services: Services) -> Collector:
    """Who forgets the files of these services that nobody needs."""
    days = services.settings.file_grace_days
    return Collector(services.engine, Seal(services.keys), services.clock, days)
