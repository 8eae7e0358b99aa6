"""A form shown by the worker's own app: a process of its own, which ends with this one.

The server never imports the app. It starts it, tells it the form (shared/staging.py), and hands
out two names: one for the page of whoever asked, and one that only that page's frame is told. Both
are signed and say where the process listens, so that every process of the server knows its way.
"""

import hashlib
import hmac
import http.client
import os
import secrets
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from http import HTTPStatus
from importlib.util import find_spec

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct

from server.errors import ServerError
from server.keys import Keys
from server.office.people import AccountIdentity
from shared.forms.model import Form
from shared.staging import LOOK_PATH, MODULE, STAGE_HEADER, Look, Play
from shared.wire import Words

STAGES_MAX = 4
"""At a time, for each process of the server; one more ends the oldest. Each takes about 150 MB."""
LIFE_MS = 60 * 60 * 1000
START_SECONDS = 120.0
"""Some seconds are usual; a machine that does other things may need many more."""
POLL_SECONDS = 0.1
STOP_SECONDS = 5.0
ANSWER_SECONDS = 10.0
LOOPBACK = "127.0.0.1"
NEEDED = "flet_web"
"""What the app needs to be shown in a browser; it comes with the extra `web`."""
FRAMES = "/previews"
"""Below this path the frame finds its files and its line."""


class NoStage(ServerError):
    """The preview could not be started."""

    def __init__(self) -> None:
        words = Words(
            "预览没能启动，请稍后再试。", "The preview did not start; please try again in a moment."
        )
        super().__init__("no_stage", words)


class Stage(Struct, frozen=True, array_like=True):
    """One form that is being shown."""

    id: str
    port: int
    until: int
    """It may be looked at before this, ms."""
    town: str
    account: str
    """Who asked for it; nobody else is shown it."""
    kind: str
    version: str


class Stages:
    """The forms that this process of the server shows."""

    def __init__(self, keys: Keys, most: int = STAGES_MAX) -> None:
        self._most = most
        self._secret = keys.session
        self._pages = URLSafeSerializer(keys.session.hex(), salt="doorstep-preview-page")
        self._frames = URLSafeSerializer(keys.session.hex(), salt="doorstep-preview-frame")
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    @staticmethod
    def possible() -> bool:
        """Whether this machine can show a form at all."""
        return find_spec(NEEDED) is not None

    def open(self, who: AccountIdentity, form: Form, look: Look, now: int) -> Stage:
        """Shows the form to that account. Blocks for some seconds. Raises NoStage."""
        stage_id = secrets.token_urlsafe(12)
        process = _start()
        try:
            stage = Stage(
                stage_id, _port(process), now + LIFE_MS, who.town, who.id, form.kind, form.version
            )
            base = f"{FRAMES}/{self.frame_name(stage)}"
            _tell(process, Play(form, base, self.word(stage), look))
            self._await_ready(process, stage)
        except NoStage:
            _stop(process)
            raise
        self._keep(stage_id, process)
        return stage

    def page_name(self, stage: Stage) -> str:
        """What the stage is called in the address of its page."""
        return _named(self._pages, stage)

    def frame_name(self, stage: Stage) -> str:
        """What it is called in the addresses of its files, which nobody but its frame is told."""
        return _named(self._frames, stage)

    def of_page(self, name: str, now: int) -> Stage | None:
        """The stage whose page is called so, unless its time is over."""
        return _meant(self._pages, name, now)

    def of_frame(self, name: str, now: int) -> Stage | None:
        """The stage whose files are called so, unless its time is over."""
        return _meant(self._frames, name, now)

    def word(self, stage: Stage) -> str:
        """What opens the process: only this server can say it."""
        return hmac.new(self._secret, f"preview {stage.id}".encode(), hashlib.sha256).hexdigest()

    def plays(self, stage: Stage) -> bool:
        """Whether it still answers; nobody may have looked for long. Blocks."""
        return self._asked(stage, "HEAD", "/") == HTTPStatus.OK

    def look(self, stage: Stage, look: Look) -> bool:
        """Shows it in another way; False when it has ended. Blocks."""
        body = msgspec.json.encode(look)
        return self._asked(stage, "POST", LOOK_PATH, body) == HTTPStatus.NO_CONTENT

    def close(self) -> None:
        """Ends them all."""
        with self._lock:
            processes = list(self._running.values())
            self._running.clear()
        for process in processes:
            _stop(process)

    def _keep(self, stage_id: str, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            ended = [name for name, one in self._running.items() if one.poll() is not None]
            spent = [self._running.pop(name) for name in ended]
            while len(self._running) >= self._most:
                spent.append(self._running.pop(next(iter(self._running))))
            self._running[stage_id] = process
        for one in spent:
            _stop(one)

    def _await_ready(self, process: subprocess.Popen[bytes], stage: Stage) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.plays(stage):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoStage
            time.sleep(POLL_SECONDS)

    def _asked(self, stage: Stage, method: str, path: str, body: bytes = b"") -> int:
        """What it answers to a request: a status, 0 for nothing at all."""
        line = http.client.HTTPConnection(LOOPBACK, stage.port, timeout=ANSWER_SECONDS)
        with closing(line):
            try:
                line.request(method, path, body, {STAGE_HEADER: self.word(stage)})
                return line.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0


def _start() -> subprocess.Popen[bytes]:
    # What the server was told (addresses and passwords of databases) is not the app's to know.
    told = {name: said for name, said in os.environ.items() if not name.startswith("DOORSTEP_")}
    return subprocess.Popen(
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=told,
        start_new_session=True,
    )


def _port(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    # A process that says nothing is ended, and then its line is empty.
    alarm = threading.Timer(START_SECONDS, process.kill)
    alarm.start()
    try:
        return int(process.stdout.readline())
    except ValueError as error:
        raise NoStage from error
    finally:
        alarm.cancel()


def _tell(process: subprocess.Popen[bytes], play: Play) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(msgspec.json.encode(play) + b"\n")
        process.stdin.flush()
    except OSError as error:
        raise NoStage from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Closes its pipe, which ends it; what does not hear is ended otherwise."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _named(signer: URLSafeSerializer, stage: Stage) -> str:
    return str(signer.dumps(msgspec.to_builtins(stage)))


def _meant(signer: URLSafeSerializer, name: str, now: int) -> Stage | None:
    try:
        stage = msgspec.convert(signer.loads(name), Stage)
    except (BadSignature, msgspec.ValidationError):
        return None
    return stage if now < stage.until else None
