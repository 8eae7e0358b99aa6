"""Asking the device where it is. It may have no way to tell, or not be allowed to."""

import asyncio
from enum import StrEnum

from flet_geolocator import (
    Geolocator,
    GeolocatorConfiguration,
    GeolocatorPermissionStatus,
    GeolocatorPositionAccuracy,
)
from msgspec import Struct

from shared.changes import Answer

WAIT_SECONDS = 30.0
DECIMALS = 7
_ALLOWED = {GeolocatorPermissionStatus.ALWAYS, GeolocatorPermissionStatus.WHILE_IN_USE}


class Fix(Struct, frozen=True):
    """A reading."""

    lat: float
    lon: float
    accuracy: float | None
    alt: float | None

    @property
    def answer(self) -> dict[str, Answer]:
        """As the answer to a question."""
        place: dict[str, Answer] = {
            "lat": round(self.lat, DECIMALS),
            "lon": round(self.lon, DECIMALS),
            "accuracy": None if self.accuracy is None else round(self.accuracy, 1),
        }
        return place | ({} if self.alt is None else {"alt": round(self.alt, 1)})


class NoFix(StrEnum):
    """Why there is no reading."""

    NOT_ALLOWED = "place_not_allowed"
    NOT_FOUND = "place_not_found"


async def locate() -> Fix | NoFix:
    """One reading, as exact as the device can."""
    geolocator = Geolocator(
        configuration=GeolocatorConfiguration(accuracy=GeolocatorPositionAccuracy.BEST)
    )
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            if await geolocator.request_permission() not in _ALLOWED:
                return NoFix.NOT_ALLOWED
            position = await geolocator.get_current_position()
    except (RuntimeError, TimeoutError, TypeError, ValueError):
        return NoFix.NOT_FOUND
    if position.latitude is None or position.longitude is None:
        return NoFix.NOT_FOUND
    return Fix(position.latitude, position.longitude, position.accuracy, position.altitude)


def better(kept: Answer, fix: Fix) -> Answer:
    """The more exact of the place that stands there and a new reading."""
    before = kept.get("accuracy") if isinstance(kept, dict) else None
    worse = isinstance(before, int | float) and fix.accuracy is not None and fix.accuracy > before
    return kept if worse else fix.answer
