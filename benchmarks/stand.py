"""A test stand: a real `doorstep serve` in a process of its own, its towns, and their phones."""

import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from mobile.store.kept import Identity
from server.clock import now_ms
from server.db.engine import open_engine, writing
from server.db.migrate import migrate
from server.forms.builtin import builtin_forms
from server.keys import Keys
from server.office.act import Act
from server.office.area_edits import NewArea, add_area
from server.office.assignments import add_worker
from server.office.enrolment import enrol
from server.office.enrolment_codes import give_code
from server.office.towns import NewTown, add_town
from server.office.workers import NewWorker
from server.register.register import Register
from shared.wire import Enrol

STOP_S = 30


@dataclass(frozen=True)
class Place:
    """A grid with the phones of its workers, one each."""

    town: str
    grid: str
    phones: tuple[Identity, ...]


class Stand:
    """A server and its office. Towns are made at its desk, not over HTTP."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.database = url
        self.engine: Engine = open_engine(url)
        migrate(self.engine)
        self.keys = Keys.load_or_create(home)
        self.register = Register(self.engine, self.keys)
        self.server = ""
        self.pid = 0
        self._numbers = count(1)

    def new_place(self, phones: int = 2) -> Place:
        """A new town of one grid, with so many workers."""
        return self.new_places(1, phones)[0]

    def new_places(self, grids: int, phones: int) -> list[Place]:
        """A new town of so many grids, with so many workers each."""
        number = next(self._numbers)
        town = f"bench-{number}"
        with writing(self.engine) as conn:
            new = NewTown(town, "柳溪镇", "329901100000")
            who = add_town(conn, self.keys, now_ms(), new)
            act = Act(conn, who, self.keys, now_ms())
            below = add_area(act, NewArea(who.area_id, "329901100001", "春和社区")).id
            places = [self._grid(act, below, number, phones) for number in range(1, grids + 1)]
        for form in builtin_forms().values():
            self.register.publish_form(town, form)
        return [
            Place(town, grid, tuple(self._enrolled(town, code) for code in codes))
            for grid, codes in places
        ]

    def close(self) -> None:
        """Gives the database back."""
        self.engine.dispose()

    def _grid(self, act: Act, below: str, number: int, phones: int) -> tuple[str, list[str]]:
        code, name = f"329901100001{number:03}", f"第{number}网格"
        grid = add_area(act, NewArea(below, code, name)).id
        codes = []
        for phone in range(1, phones + 1):
            worker = add_worker(act, NewWorker(f"{number}-{phone}", "王芳", "", (grid,)))
            codes.append(give_code(act, worker.id).code)
        return grid, codes

    def _enrolled(self, town: str, code: str) -> Identity:
        key = Ed25519PrivateKey.generate()
        public = b64encode(key.public_key().public_bytes_raw()).decode()
        made = enrol(self.engine, self.keys, Enrol(code, public, "bench", "0.1.0", town))
        return Identity(
            device=made.device,
            token=made.token,
            private_key=key.private_bytes_raw(),
            server=self.server,
            town=made.town,
            town_name=made.town_name,
            worker=made.worker,
            worker_name=made.worker_name,
            fingerprint=made.fingerprint,
            limits=made.limits,
        )


@contextmanager
def standing(home: Path, url: str, *options: str) -> Iterator[Stand]:
    """A stand whose server answers. options: of `doorstep serve`."""
    home.mkdir(parents=True, exist_ok=True)
    stand = Stand(home, url)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve", "--port", "0", *options],
            env=os.environ
            | {"DOORSTEP_HOME": str(home), "DOORSTEP_DATABASE_URL": url, "DOORSTEP_LANG": "en"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            stand.server, stand.pid = _address_of(process), process.pid
            _await_answer(stand.server)
            yield stand
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
            stand.close()


def _address_of(process: subprocess.Popen[str]) -> str:
    said: Sequence[str] = process.stdout if process.stdout is not None else ()  # type: ignore[assignment]
    for line in said:
        if found := re.search(r"console: (http://\S+)/console/", line):
            return found.group(1)
    raise SystemExit("the server did not start; see server.log in its home")


def _await_answer(server: str) -> None:
    # The socket listens before the server answers, so one patient request is enough.
    httpx.get(f"{server}/healthz", timeout=120, trust_env=False).raise_for_status()
