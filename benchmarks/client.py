"""One phone's side of the line, by the app's own code: changes out in pushes, pages in."""

from collections.abc import Iterator, Sequence

import httpx
from msgspec import Raw, Struct

from mobile.store.kept import Identity
from mobile.sync.line import Line, open_http
from server.clock import new_id, now_ms
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.codec import PackedRecord
from shared.wire import FIRST_DIGEST, PAGE_MAX, Limits, Page, Pull, Push, Result, chained, encode

BOOT = "bench"
LIMITS = Limits()


class Sent(Struct, frozen=True):
    """A push as it lies in the outbox: made, numbered and chained when it was saved."""

    after: str
    changes: list[Raw]


class Client:
    """A phone that has nothing yet."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.http = open_http()
        self.cursor: str | None = None
        self.bytes_in = 0
        self._line = Line(self.http, identity)
        self._n, self._digest = 0, FIRST_DIGEST
        self._answers: list[httpx.Response] = []
        self.http.event_hooks["response"] = [self._answers.append]

    def create(self, grid: str, units: dict[str, Answer]) -> Change:
        """A new household."""
        self._n += 1
        return Change(
            n=self._n, save=new_id(), kind=ChangeKind.CREATE, record=new_id(),
            record_kind="household", grid=grid, worker=self.identity.worker, at=now_ms(),
            boot=BOOT, units=units,
        )  # fmt: skip

    def edit(self, record: str, grid: str, base: int, units: dict[str, Answer]) -> Change:
        """An edit of a record that was seen at version `base`."""
        self._n += 1
        return Change(
            n=self._n, save=new_id(), kind=ChangeKind.SET, record=record,
            record_kind="household", grid=grid, worker=self.identity.worker, at=now_ms(),
            boot=BOOT, base=base, units=units,
        )  # fmt: skip

    def outbox(self, changes: Sequence[Change]) -> list[Sent]:
        """The changes as pushes within the limits that servers tell."""
        pushes: list[Sent] = []
        raws: list[Raw] = []
        after, size = self._digest, 0
        for change in changes:
            raw = encode(change)
            if len(raws) == LIMITS.changes or (raws and size + len(raw) > LIMITS.bytes):
                pushes.append(Sent(after, raws))
                after, raws, size = self._digest, [], 0
            raws.append(Raw(raw))
            size += len(raw)
            self._digest = chained(self._digest, raw)
        return [*pushes, Sent(after, raws)] if raws else pushes

    def push(self, pushes: Sequence[Sent]) -> list[Result]:
        """Sends them one after the other; what became of each change."""
        results: list[Result] = []
        for sent in pushes:
            push = Push(self.identity.device, sent.after, Reading(now_ms(), BOOT, 0), sent.changes)
            results += self._line.push(push).results
        return results

    def pages(self) -> Iterator[Page]:
        """Everything new since the cursor."""
        more = True
        while more:
            clock = Reading(now_ms(), BOOT, 0)
            page = self._line.pull(Pull(self.cursor, PAGE_MAX, clock, short=True))
            self.cursor, more = page.cursor, page.more
            yield page
        self._count()

    def pull(self) -> list[PackedRecord]:
        """The records of all pages."""
        return [record for page in self.pages() for record in page.records]

    def snapshot(self, grid: str) -> int:
        """Takes a grid's snapshot; how many records it has."""
        after, seq, count = "", 0, 0
        while True:
            page = self._line.snapshot(grid, after, PAGE_MAX, seq=seq)
            count += len(page.records)
            if page.next is None:
                self.cursor = page.cursor
                self._count()
                return count
            after, seq = page.next, page.seq

    def _count(self) -> None:
        self.bytes_in += sum(answer.num_bytes_downloaded for answer in self._answers)
        self._answers.clear()
