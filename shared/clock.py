"""When a change was really made, as far as anybody can know. Used for display and for `latest`."""

from collections.abc import Mapping

from msgspec import Struct

AHEAD_MAX_MS = 5 * 60 * 1000
"""How far into the server's future an effective time may lie."""
WARN_MS = 24 * 60 * 60 * 1000
"""A clock that is further off than this is worth a word to the worker; never a refusal."""


class Reading(Struct, frozen=True):
    """One look at a device's clocks."""

    wall: int
    """Wall clock, ms since the epoch."""
    boot: str
    """Names the run of the monotonic clock: it starts anew with each boot."""
    mono: int
    """Monotonic clock, ms; it runs on while the device sleeps."""


def offset(reading: Reading, received: int) -> int:
    """What must be added to the device's wall clock: `received` is the server's time, ms."""
    return received - reading.wall


def effective(claimed: Reading, sent: Reading, received: int, offsets: Mapping[str, int]) -> int:
    """The corrected time of a change, ms since the epoch.

    claimed: the clocks when it was made; sent: the clocks when it was pushed; received: the
    server's time then; offsets: by boot, what the device had learnt in earlier syncs. In the
    boot that pushes, the monotonic clock tells exactly; for an earlier boot the offset learnt
    then is used; else today's offset is the best guess.
    """
    if claimed.boot == sent.boot:
        at = received - max(0, sent.mono - claimed.mono)
    else:
        at = claimed.wall + offsets.get(claimed.boot, offset(sent, received))
    return max(0, min(at, received + AHEAD_MAX_MS))
