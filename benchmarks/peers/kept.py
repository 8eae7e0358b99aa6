"""Where other systems are installed: once, in this user's cache, and never in the repository."""

import os
import shutil
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

DONE = ".installed"


def installed(packages: Sequence[str], install: Callable[[Path], None]) -> Path:
    """The folder in which these packages are installed; `install` does it when they are not."""
    home = Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache")
    name = sha256(" ".join(packages).encode()).hexdigest()[:12]
    folder = home / "doorstep-bench" / name
    if not (folder / DONE).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        (folder / DONE).write_text("\n".join(packages))
    return folder
