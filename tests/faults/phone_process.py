"""A phone as a process of its own: it saves and syncs until it is killed.

Says `saved <id>` when a save is done: from then on it must never be lost.
"""

import sys
from pathlib import Path

from tests.faults.real import RealPhone


def main(folder: Path) -> None:
    """Until somebody kills it."""
    phone = RealPhone(folder)
    while True:
        sys.stdout.write(f"saved {phone.registers()}\n")
        sys.stdout.flush()
        phone.sync()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
