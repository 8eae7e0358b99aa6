"""The one place in the app that reads the clock."""

import secrets
import time
from functools import cached_property
from pathlib import Path

from shared.clock import Reading
from shared.ids import uuid7

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Linux and Android have a clock that runs on while the device sleeps; Apple's monotonic one does.
_AWAKE_OR_ASLEEP: int | None = getattr(
    time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None)
)


class Clock:
    """The device's clocks, and the ids that are made from them."""

    @cached_property
    def boot(self) -> str:
        """Names the run of the monotonic clock: the boot, or else this run of the app."""
        try:
            return _BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            return secrets.token_hex(8)

    def reading(self) -> Reading:
        """Both clocks now."""
        return Reading(wall=self.now(), boot=self.boot, mono=int(_since_boot() * 1000))

    def now(self) -> int:
        """The wall clock, ms since the epoch: for display and claims, never for order."""
        return int(time.time() * 1000)

    def new_id(self) -> str:
        """A fresh UUIDv7."""
        return uuid7(self.now(), secrets.token_bytes(10))


def passed(since: Reading, now: Reading) -> int:
    """How long ago a reading was, ms; never less than nothing.

    Within a boot the monotonic clock tells, so setting the wall clock gains nothing. After a
    reboot the wall clock is all there is; set back, it tells zero.
    """
    same_boot = now.boot == since.boot
    return max(0, now.mono - since.mono if same_boot else now.wall - since.wall)


def _since_boot() -> float:
    """Seconds, also those that the device slept: Python's own monotonic clock leaves them out."""
    if _AWAKE_OR_ASLEEP is None:
        return time.monotonic()  # Windows: it has no other, and counts them
    return time.clock_gettime(_AWAKE_OR_ASLEEP)
