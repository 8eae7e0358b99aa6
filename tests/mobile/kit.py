"""What tests of the store need: a clock that stands still, keys, forms, and an office in memory."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from mobile.clock import Clock
from mobile.store import contact, inbound, outbound
from mobile.store.creation import create_store
from mobile.store.grids import GridState
from mobile.store.kept import Identity
from mobile.store.shelf import rules_of
from mobile.store.store import Store
from mobile.store.values import Answers, Draft, Edit
from mobile.vault.sealing import Keys
from server.forms.builtin import builtin_forms
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.codec import packed
from shared.forms.model import encode_form
from shared.ids import uuid7
from shared.merge import merge
from shared.records import Record, Write
from shared.wire import Area, Gone, Page, Result, SnapshotPage, checksum

NOW = 1_790_000_000_000
GRID = "01999999-0000-7000-8000-000000000001"
OTHER_GRID = "01999999-0000-7000-8000-000000000002"
ME = "worker-a"
OTHER = "worker-b"
KEYS = Keys("account-1", b"k" * 32)
FORMS = builtin_forms()


class StillClock(Clock):
    """A clock that a test moves by hand; its ids are the same in every run."""

    def __init__(self, wall: int = NOW) -> None:
        self.wall, self.mono, self.made, self.boot_id = wall, 1000, 0, "boot-1"

    def reading(self) -> Reading:
        return Reading(self.wall, self.boot_id, self.mono)

    def now(self) -> int:
        return self.wall

    def new_id(self) -> str:
        self.made += 1
        return uuid7(self.wall, self.made.to_bytes(10, "big"))

    def tick(self, ms: int = 1000) -> None:
        self.wall += ms
        self.mono += ms


def identity(device: str = "device-a", worker: str = ME) -> Identity:
    return Identity(
        device=device,
        token="t.d.secret",
        private_key=b"p" * 32,
        server="http://127.0.0.1:1",
        town="town",
        town_name="和平镇",
        worker=worker,
        worker_name="王芳",
        fingerprint="six words",
    )


def new_store(folder: Path, *, clock: Clock | None = None, who: Identity | None = None) -> Store:
    """A store that has been enrolled, with the built-in forms."""
    path, clock = folder / "store.db", clock or StillClock()
    who = who or identity()
    area = Area(GRID, "第一网格", "330102001001001")
    create_store(path, KEYS, clock=clock, identity=who, areas=[area])
    store = Store(path, KEYS, clock, who)
    for kind, form in FORMS.items():
        contact.take_form(store.shelf, kind, form.version, encode_form(form))
    store.refill()
    return store


def reopened(store: Store, folder: Path) -> Store:
    """The store after the app was closed and started again."""
    store.close()
    return Store(folder / "store.db", KEYS, store.shelf.clock, None)


def create(kind: str, record: str, **units: Answer) -> Edit:
    return Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, units=dict(units))


def change_of(store: Store, kind: str, record: str, **units: Answer) -> Edit:
    return Edit(kind=ChangeKind.SET, record=record, record_kind=kind, units=dict(units))


def answered(draft: Draft, answers: Mapping[str, Answer]) -> Draft:
    for question, answer in answers.items():
        draft = draft.answered(question, answer)
    return draft


def shown(store: Store, record: str) -> Answers:
    view = store.record(record)
    assert view is not None
    return view.answers


def sent(store: Store) -> list[Change]:
    """The changes of the next push."""
    batch = outbound.next_batch(store.shelf)
    return [msgspec.json.decode(c.raw, type=Change) for c in batch.changes] if batch else []


class Office:
    """A register in memory, merging with the shared merge: what a server would answer."""

    def __init__(self) -> None:
        self.seq = 0
        self.records: dict[str, Record] = {}
        self.rules = {kind: rules_of(form) for kind, form in FORMS.items()}

    def take(self, device: str, change: Change, effective: int = 0) -> Result:
        """One accepted change."""
        self.seq += 1
        write = Write(
            self.seq,
            device,
            change.n,
            change.base,
            change.worker,
            change.at,
            effective or change.at,
            change.visit,
        )
        before = self.records.get(change.record)
        merged = merge(before, change, write, self.rules[change.record_kind])
        self.records[change.record] = merged.record
        return Result(change.n, merged.outcome.value, self.seq)

    def write(
        self,
        record: str,
        units: Answers,
        *,
        kind: str = "household",
        worker: str = OTHER,
        base: int = -1,
    ) -> None:
        """A colleague's change, who has seen all (or only `base`)."""
        known = self.records.get(record)
        change = Change(
            n=self.seq + 1,
            save="s",
            kind=ChangeKind.SET if known else ChangeKind.CREATE,
            record=record,
            record_kind=kind,
            grid=known.grid if known else GRID,
            worker=worker,
            at=NOW - 1000 + self.seq,
            base=(known.version if known else 0) if base < 0 else base,
            units=units,
        )
        self.take(f"device-{worker}", change)

    def push(self, store: Store) -> list[Result]:
        """Takes all that the store has to send, and tells it."""
        results: list[Result] = []
        while (batch := outbound.next_batch(store.shelf)) is not None:
            changes = [msgspec.json.decode(c.raw, type=Change) for c in batch.changes]
            answers = [self.take(batch.device, change) for change in changes]
            tell(store, answers)
            results += answers
        return results

    def page(self, since: int, *, gone: Iterable[str] = (), grids: Iterable[str] = (GRID,)) -> Page:
        """Everything after `since`."""
        new = [record for record in self.records.values() if record.version > since]
        return Page(
            cursor=f"c{self.seq}",
            more=False,
            now=NOW,
            records=[packed(r) for r in sorted(new, key=lambda r: r.version) if r.grid == GRID],
            gone=[Gone(record, GRID) for record in gone],
            grids=[Area(grid, "网格", "330102001001001") for grid in grids],
            people={OTHER: "李强"},
            checksums={GRID: self.checksum()},
        )

    def checksum(self) -> int:
        here = (record for record in self.records.values() if record.grid == GRID)
        return sum(checksum(record.id, record.version) for record in here) % (1 << 64)

    def bring(self, store: Store, since: int = 0, **more: Iterable[str]) -> None:
        """A pull of everything."""
        page = self.page(since, **more)
        taken = inbound.take_page(store.shelf, page, contact.cursor(store.shelf))
        assert not taken.stale
        store.refresh(taken.records, by_sync=True)

    def snapshot(self, store: Store) -> None:
        """The whole grid in one page."""
        (grid,) = [g for g in contact.held_grids(store.shelf) if g.state is GridState.WANTED]
        records = [packed(r) for r in self.records.values() if r.grid == GRID]
        page = SnapshotPage(GRID, self.seq, len(records), records, None, f"c{self.seq}")
        taken = inbound.take_snapshot_page(store.shelf, page, grid)
        store.refresh(taken.records, by_sync=True)


def tell(store: Store, results: list[Result]) -> None:
    """The server's answers reach the store."""
    device = store.shelf.account.chain.device
    store.refresh(outbound.take_results(store.shelf, device, results), by_sync=True)
