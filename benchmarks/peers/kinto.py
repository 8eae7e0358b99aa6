"""Kinto with PostgreSQL, from PyPI, in a virtual environment of its own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.peers.kept import installed
from benchmarks.peers.pouchdb import Took
from server.demo.ports import LOOPBACK, free_ports
from shared.changes import Answer

PACKAGES = ("kinto[postgresql]", "setuptools<81")
AT_ONCE = 100
EMPTY_PULLS = 50
READY_S = 60
_SETTINGS = """\
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {database}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {database}
kinto.cache_backend = kinto.core.cache.memory
kinto.userid_hmac_secret = bench
kinto.batch_max_requests = {at_once}
multiauth.policies = basicauth
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = ERROR
formatter = plain
[formatter_plain]
format = %(message)s
"""
Named = tuple[str, dict[str, Answer]]


@contextmanager
def serving(folder: Path, database: str) -> Iterator[httpx.Client]:
    """Starts it in the folder on an empty database; a client of one bucket."""
    folder.mkdir(parents=True)
    port = free_ports(8950, 1)[0]
    settings = folder / "kinto.ini"
    settings.write_text(_SETTINGS.format(database=database, port=port, at_once=AT_ONCE))
    kinto = _programs() / "kinto"
    log = (folder / "kinto.log").open("w")
    subprocess.run([kinto, "migrate", "--ini", settings], check=True, stdout=log, stderr=log)
    server = subprocess.Popen([kinto, "start", "--ini", settings], stdout=log, stderr=log)
    try:
        with httpx.Client(
            base_url=f"http://{LOOPBACK}:{port}/v1", auth=("bench", "bench"), timeout=120
        ) as http:
            _await(http)
            for path in ("/buckets/b", "/buckets/b/collections/c"):
                http.put(path).raise_for_status()
            yield http
    finally:
        server.kill()
        server.wait()
        log.close()


def version() -> str:
    """Which one it is."""
    ask = "from importlib.metadata import version; print(version('kinto'))"
    told = subprocess.run(
        [_programs() / "python", "-c", ask], capture_output=True, text=True, check=True
    )
    return f"Kinto {told.stdout.strip()}"


def measure(http: httpx.Client, documents: list[dict[str, Answer]]) -> Took:
    """Drives it once."""
    named = [(f"doc-{n:06}", doc) for n, doc in enumerate(documents)]
    push = _timed(lambda: put(http, named))
    seen: list[str] = []
    pull = _timed(lambda: seen.append(since(http, "")[1]))
    edits = [(name, {**doc, "phone": f"137{n:08}"}) for n, (name, doc) in enumerate(named[:1000])]
    push_edits = _timed(lambda: put(http, edits))
    news: list[int] = []
    pull_edits = _timed(lambda: news.append(len(since(http, seen[0])[0])))
    assert news == [len(edits)]
    last = since(http, "")
    nothing = _timed(lambda: [since(http, last[1]) for _ in range(EMPTY_PULLS)]) / EMPTY_PULLS
    return Took(push, pull, push_edits, pull_edits, nothing, len(last[0]))


def put(http: httpx.Client, named: Sequence[Named]) -> None:
    """Writes documents, as many at once as it takes."""
    for start in range(0, len(named), AT_ONCE):
        taken = put_once(http, named[start : start + AT_ONCE])
        assert taken, f"refused from {named[start][0]}"


def put_once(http: httpx.Client, named: Sequence[Named]) -> bool:
    """Writes documents in one request; else all of them are to be sent again.

    Two writers of one moment may be given one time, which must be unique: one of them hears 409,
    and some of what the same answer calls taken is not there.
    """
    requests = [
        {"method": "PUT", "path": f"/buckets/b/collections/c/records/{name}", "body": {"data": doc}}
        for name, doc in named
    ]
    answer = http.post("/batch", json={"requests": requests}).raise_for_status().json()
    told = {each["status"] for each in answer["responses"]}
    assert told <= {httpx.codes.OK, httpx.codes.CREATED, httpx.codes.CONFLICT}, told
    return httpx.codes.CONFLICT not in told


def since(http: httpx.Client, version: str) -> tuple[list[dict[str, Answer]], str]:
    """What changed since that version, and the version now."""
    asked = {"_since": version} if version else {}
    answer = http.get("/buckets/b/collections/c/records", params=asked).raise_for_status()
    return answer.json()["data"], answer.headers["ETag"]


def _programs() -> Path:
    return installed(PACKAGES, _install) / "venv" / "bin"


def _install(folder: Path) -> None:
    uv = (sys.executable, "-m", "uv")
    subprocess.run([*uv, "venv", "-q", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*uv, "pip", "install", "-q", "--python", python, *PACKAGES], check=True)


def _timed(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _await(http: httpx.Client) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            http.get("/").raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
