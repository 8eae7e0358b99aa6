"""PouchDB 9 with express-pouchdb, from npm."""

import json
import subprocess
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.peers.kept import installed
from shared.changes import Answer

PACKAGES = ("pouchdb@9", "express-pouchdb@4", "express@4")
SCRIPT = Path(__file__).with_name("pouchdb.mjs")


class Took(Struct, frozen=True):
    """Seconds that each step took."""

    push: float
    pull: float
    push_edits: float
    pull_edits: float
    nothing: float
    received: int


def measure(folder: Path, documents: list[dict[str, Answer]]) -> Took:
    """Starts its server on the folder and drives it once."""
    folder.mkdir(parents=True)
    programs = installed(PACKAGES, _install)
    docs = folder / "docs.json"
    docs.write_text(json.dumps([{**doc, "_id": f"{n:06}"} for n, doc in enumerate(documents)]))
    for name in ("served", "local"):
        (folder / name).mkdir()
    server = subprocess.Popen(
        ["node", SCRIPT, "serve", folder / "served"],
        cwd=programs,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        done = subprocess.run(
            ["node", SCRIPT, "drive", url, folder / "local", docs],
            cwd=programs,
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
    finally:
        server.kill()
        server.wait()
    took = msgspec.json.decode(done.stdout.splitlines()[-1], type=Took)
    assert took.received == len(documents)
    return took


def version() -> str:
    """Which ones they are."""
    modules = installed(PACKAGES, _install) / "node_modules"
    told = (
        f"{name} {json.loads((modules / name / 'package.json').read_text())['version']}"
        for name in ("pouchdb", "express-pouchdb", "express")
    )
    return ", ".join(told)


def _install(folder: Path) -> None:
    (folder / "package.json").write_text('{"private": true}')
    quiet = ("--no-audit", "--no-fund", "--silent")
    subprocess.run(["npm", "install", *quiet, *PACKAGES], cwd=folder, check=True)
