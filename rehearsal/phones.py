"""The phones of a rehearsal: the app's own enrolment, store and sync, without its screens."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from anyio.from_thread import BlockingPortal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from mobile.clock import Clock
from mobile.store.creation import create_store
from mobile.store.store import Store
from mobile.store.values import Edit
from mobile.sync.client import SyncClient
from mobile.sync.enrolment import EnrolmentText, identity_of, spend_code
from mobile.sync.report import SyncState
from mobile.vault.sealing import Keys
from rehearsal.plan import MINUTE_MS
from server.clock import town_time
from server.demo.hands import SetClock
from shared.changes import Answer
from shared.clock import Reading
from shared.ids import uuid7
from shared.work.guards import possible
from shared.work.values import Action, Actor, Level

if TYPE_CHECKING:
    from mobile.store.work import Filed

SERVER = "http://127.0.0.1:9"
"""No packet is sent: requests reach the server within the process."""
ROOM = 10 << 30
TRIES = 8
"""On a loaded machine the server may say that it is busy: the app tries again, and so does this."""
_NUMBER_BITS = 40


class PhoneStuck(RuntimeError):
    """A sync did not go through, though the line is good: a fault of the program."""


class Line(httpx.BaseTransport):
    """Carries the app's requests to the server in this process."""

    def __init__(self, portal: BlockingPortal, app: httpx.ASGITransport) -> None:
        self._portal, self._app = portal, app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its whole answer."""

        async def ask() -> httpx.Response:
            sent = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.read()
            )
            reply = await self._app.handle_async_request(sent)
            content = b"".join([chunk async for chunk in reply.aiter_raw()])
            return httpx.Response(
                reply.status_code, headers=reply.headers, stream=httpx.ByteStream(content)
            )

        return self._portal.call(ask)


class WeekClock(Clock):
    """A phone's clock: the rehearsal's time, or a wrong one that goes just as fast."""

    def __init__(self, week: SetClock, number: int, wrong_ms: int = 0) -> None:
        self._week, self._number, self.wrong_ms = week, number, wrong_ms
        self._made = 0

    def reading(self) -> Reading:
        """Both clocks."""
        return Reading(self.now(), f"boot-{self._number}", self._week.at)

    def now(self) -> int:
        """What it shows."""
        return self._week.at + self.wrong_ms

    def new_id(self) -> str:
        """The same ids in the same week."""
        self._made += 1
        low = (self._number << _NUMBER_BITS) + self._made
        return uuid7(self.now(), low.to_bytes(10, "big"))


@dataclass
class WeekPhone:
    """One worker's phone."""

    worker: str
    grids: tuple[str, ...]
    """Ids of the worker's grids, the first is her own."""
    clock: WeekClock
    store: Store
    client: SyncClient
    silent: bool = False
    """Without signal for now: it keeps what is written."""

    @property
    def shown(self) -> datetime:
        """The day and time on its screen."""
        return town_time(self.clock.now())

    def ago(self, minutes: int) -> str:
        """So many minutes ago, by its own clock, as an answer."""
        moment = town_time(self.clock.now() - minutes * MINUTE_MS)
        return moment.isoformat(timespec="seconds")

    def sync(self) -> int:
        """Sends and receives, where there is signal; how many changes were sent."""
        if self.silent:
            return 0
        report = self.client.run()
        sent = report.sent
        for _ in range(TRIES):
            if report.state is not SyncState.SERVER_BUSY:
                break
            report = self.client.run()
            sent += report.sent
        if report.state is not SyncState.DONE or report.refused:
            raise PhoneStuck(f"{report.state}: {report.words.en} ({self.worker})")
        return sent

    def write(
        self, kind: str, grid: str, answers: dict[str, Answer], more: Sequence[Edit] = ()
    ) -> str:
        """Fills in a form and saves it, as its screen does; the record's id."""
        draft = self.store.begin(kind, answers=answers)
        self.store.save_drafts(replace(draft, grid=grid), more=more)
        return draft.record

    def filed(self, case: str) -> "Filed | None":
        """A case as the phone shows it."""
        return self.store.known.work.case(case, self.clock.now())

    def step(self, case: str, action: Action, **said: Answer) -> bool:
        """Takes a step, if the phone offers it now."""
        filed = self.filed(case)
        if filed is None:
            return False
        standing = filed.standing
        if action not in possible(Actor(self.worker, Level.GRID), standing):
            return False
        envelope: dict[str, Answer] = {
            "case": case,
            "action": action.value,
            "level": Level.GRID.code,
            "turn": str(standing.turn),
            "after": standing.after or None,
        }
        self.write("case_step", filed.record.grid, {**envelope, **said})
        return True


@dataclass
class PhoneShop:
    """Gives out phones, each with a folder and keys of its own."""

    folder: Path
    http: httpx.Client
    clock: SetClock
    given: int = 0

    def give(self, worker: str, code: str, wrong_ms: int = 0) -> WeekPhone:
        """A phone that was enrolled with a code, and has not synced yet."""
        self.given += 1
        clock = WeekClock(self.clock, self.given, wrong_ms)
        key, text = Ed25519PrivateKey.generate(), EnrolmentText(SERVER, code)
        known = spend_code(self.http, text, key, "Android")
        home = self.folder / f"phone-{self.given}"
        home.mkdir(parents=True)
        keys = Keys(f"account-{self.given}", secrets.token_bytes(32))
        who = identity_of(known, text, key)
        create_store(home / "store.db", keys, clock=clock, identity=who, areas=known.grids)
        store = Store(home / "store.db", keys, clock, None)
        client = SyncClient(store, self.http, clock=clock, folder=home, free_bytes=lambda: ROOM)
        return WeekPhone(worker, tuple(area.id for area in known.grids), clock, store, client)
