"""Write requirements.lock: every version and hash, for every platform, and no address.

An installation takes its packages from wherever the machine's own pip does; the hashes make
sure that they are the same ones.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv>=0.9"
OLDEST_PYTHON = "3.11"
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--quiet"),
    *("--all-extras", "--group", "dev", "--universal", "--python-version", OLDEST_PYTHON),
    *("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
)
HEADER = """\
# Every version and hash that an installation takes, for all platforms and Python >= 3.11.
# Made from pyproject.toml by `make lock`; do not edit.
"""


def main(arguments: list[str]) -> int:
    """Write the lock with uv, which is fetched for this alone."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", UV], check=True)
    lock = ROOT / "requirements.lock"
    compiled = subprocess.run(
        [sys.executable, "-m", "uv", *COMPILE, "--output-file", lock.name, *arguments],
        cwd=ROOT,
        check=False,
    )
    if compiled.returncode == 0:
        lock.write_text(HEADER + lock.read_text(encoding="utf-8"), encoding="utf-8")
    return compiled.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
