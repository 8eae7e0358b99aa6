"""A process of its own that unlocks an account and syncs it, for tests that kill it."""

import sys
from pathlib import Path

import httpx

from tests.mobile.field import PIN, open_device
from tests.mobile.kit import NOW, StillClock


def main(home: Path, account: str) -> None:
    clock = StillClock(NOW)
    clock.made = 5_000_000
    device = open_device(home, httpx.HTTPTransport(), clock)
    device.unlock(account, PIN)
    device.sync()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
