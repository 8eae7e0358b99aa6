"""A small town with phones that can be told exactly what to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Raw
from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlmodel import SQLModel, col

from server.clock import new_id
from server.db.bulk import Value, table_of
from server.db.engine import reading, writing
from server.db.office_tables import (
    AccountRow,
    AreaRow,
    AssignmentRow,
    DeviceRow,
    TownRow,
    WorkerRow,
)
from server.forms.builtin import builtin_forms
from server.keys import Keys
from server.office.people import AccountIdentity, DeviceIdentity
from server.office.roles import Role
from server.register.edits import Edit
from server.register.outcomes import Committed
from server.register.pages import Range
from server.register.projecting import Projector
from server.register.register import Register
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.codec import opened
from shared.merge import shown
from shared.records import Record
from shared.wire import (
    FIRST_DIGEST,
    Page,
    Pull,
    Push,
    PushReply,
    Report,
    Result,
    SnapshotPage,
    chained,
    encode,
)

TOWN = "t"
NOON = 1_753_070_400_000
MINUTE = 60_000
DAY = 24 * 60 * MINUTE
GRID_A, GRID_B = "grid-a", "grid-b"
WANG, LI, ZHAO = "worker-wang", "worker-li", "worker-zhao"
CHIEF, DEPUTY = "account-chief", "account-deputy"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


@dataclass
class World:
    """The register, its database, and who is there."""

    engine: Engine
    keys: Keys
    clock: Clock
    register: Register

    def phone(self, worker: str = WANG, *grids: str) -> "Phone":
        """A new device of a worker, who holds grid A if nothing else is said."""
        device = new_id()
        with writing(self.engine) as conn:
            row = {"id": device, "worker_id": worker, "digest": FIRST_DIGEST}
            _insert(conn, DeviceRow, row)
        identity = DeviceIdentity(TOWN, device, worker, worker, "", grids or (GRID_A,))
        return Phone(self, identity)

    def account(self, account: str = CHIEF, *grids: str) -> AccountIdentity:
        """Someone at the console, who sees the whole town if nothing else is said."""
        seen = frozenset(grids or (GRID_A, GRID_B))
        return AccountIdentity(TOWN, account, account, account, Role.TOWN_ADMIN, "town", seen)

    def record(self, record: str) -> Record:
        """The record as the register has it."""
        found = self.register.record(TOWN, record)
        assert found is not None
        return found

    def values(self, record: str, unit: str) -> list[Answer]:
        """The candidates of a unit."""
        candidates = self.record(record).units.get(unit, ())
        return sorted((candidate.value for candidate in candidates), key=str)

    def shown(self, record: str) -> dict[str, Answer]:
        """The answers that a reader sees."""
        found = self.record(record)
        return shown(found, self.register.rules(TOWN, found.kind))

    def projection(self, kind: str, record: str) -> Mapping[str, Value]:
        """A record's row for lists."""
        with reading(self.engine) as conn:
            return Projector(conn, TOWN, self.keys.id_hash).rows(kind, [record])[record]

    def edit(
        self,
        account: AccountIdentity,
        change: ChangeKind,
        record: str,
        units: Mapping[str, Answer],
        *,
        base: int,
    ) -> Committed:
        """One edit of a household on the console."""
        grid = self.record(record).grid
        edit = Edit(
            kind=change,
            record=record,
            record_kind="household",
            grid=grid,
            base=base,
            units=dict(units),
        )
        return self.register.commit(account, [edit])

    def add_grid(self, grid: str) -> None:
        """One more grid in the village."""
        row = {"id": grid, "level": "grid", "code": grid, "name": grid, "parent_id": "village"}
        with writing(self.engine) as conn:
            _insert(conn, AreaRow, row)

    def conflicts(self) -> list[str]:
        """The units that wait for a person, as `record:unit`."""
        waiting = self.register.open_conflicts(TOWN, frozenset({GRID_A, GRID_B}))
        return sorted(f"{each.record}:{each.unit}" for each in waiting)

    def device(self, device: str) -> Mapping[str, Value]:
        """A device's row."""
        table = table_of(DeviceRow)
        with reading(self.engine) as conn:
            row = conn.execute(select(table).where(table.c.id == device)).mappings().one()
            return dict(row)

    def apply(self, page: Page | SnapshotPage, shadow: dict[str, Record]) -> None:
        """What a phone does with a page."""
        for packed in page.records:
            shadow[packed.id] = opened(packed)
        for gone in page.gone if isinstance(page, Page) else ():
            if gone.id in shadow and shadow[gone.id].grid == gone.grid:
                del shadow[gone.id]

    def spoil(self, statement: str) -> None:
        """Change the database behind the register's back."""
        with writing(self.engine) as conn:
            conn.execute(text(statement))

    def assert_whole(self) -> None:
        """Everything that is kept twice is the same twice."""
        verified = self.register.verify(TOWN)
        assert verified.well, verified

    def reassign(self, worker: str, grid: str) -> None:
        """End a worker's duties now, and give another from now on."""
        with writing(self.engine) as conn:
            conn.execute(
                update(AssignmentRow)
                .where(col(AssignmentRow.worker_id) == worker)
                .values(valid_to=self.clock.now)
            )
            _assign(conn, worker, grid, self.clock.now)


@dataclass
class Phone:
    """A device: counts its changes and chains them, and can send anything again."""

    world: World
    identity: DeviceIdentity
    n: int = 0
    digest: str = FIRST_DIGEST
    boot: str = "boot-1"
    outbox: list[bytes] = field(default_factory=list)
    sent_from: str = FIRST_DIGEST

    def create(self, kind: str, units: Mapping[str, Answer], *, grid: str = GRID_A) -> str:
        """Note a new record; returns its id."""
        record = new_id()
        self.note(ChangeKind.CREATE, record, units, kind=kind, grid=grid)
        return record

    def set(self, record: str, base: int, **units: Answer) -> None:
        """Note new answers of a household that was at version `base`."""
        self.note(ChangeKind.SET, record, dict(units), base=base)

    def note(
        self,
        change: ChangeKind,
        record: str,
        units: Mapping[str, Answer] | None = None,
        *,
        kind: str = "household",
        grid: str = GRID_A,
        base: int = 0,
        at: int | None = None,
        worker: str | None = None,
        visit: str | None = None,
        old: Mapping[str, Answer] | None = None,
        form: str = "1",
    ) -> None:
        """Put any change into the outbox."""
        self.n += 1
        made = Change(
            n=self.n,
            save=new_id(),
            kind=change,
            record=record,
            record_kind=kind,
            grid=grid,
            worker=worker or self.identity.worker_id,
            at=self.world.clock.now if at is None else at,
            boot=self.boot,
            mono=self.world.clock.now - NOON,
            base=base,
            units=dict(units or {}),
            old=dict(old or {}),
            form=form,
            visit=visit,
        )
        self.outbox.append(encode(made))

    def put(self, raw: bytes) -> None:
        """Put any bytes into the outbox, as the next change."""
        self.n += 1
        self.outbox.append(raw)

    def copy(self) -> "Phone":
        """What goes on from a copy of its file: under a new id, its outbox numbered anew."""
        other = self.world.phone(self.identity.worker_id, *self.identity.grids)
        with writing(self.world.engine) as conn:
            here = update(DeviceRow).where(col(DeviceRow.id) == other.identity.id)
            conn.execute(here.values(continues=self.identity.id))
        for raw in self.outbox:
            change = msgspec.json.decode(raw, type=Change)
            other.put(encode(msgspec.structs.replace(change, n=other.n + 1)))
        return other

    def parcel(self) -> Push:
        """What is in the outbox, as a push."""
        return self.parcel_of(self.outbox, self.sent_from)

    def parcel_of(self, changes: Sequence[bytes], after: str) -> Push:
        """These changes, as a push that follows `after`."""
        return Push(
            device=self.identity.id,
            after=after,
            clock=Reading(self.world.clock.now, self.boot, self.world.clock.now - NOON),
            changes=[Raw(change) for change in changes],
            report=Report(app="1.0", unsent=len(changes)),
        )

    def send(self) -> PushReply:
        """Push the outbox and empty it."""
        reply = self.world.register.push(self.identity, self.parcel())
        for change in self.outbox:
            self.sent_from = chained(self.sent_from, change)
        self.outbox.clear()
        assert reply.digest == self.sent_from
        return reply

    def results(self) -> list[Result]:
        """Push the outbox; what became of each change."""
        return self.send().results

    def outcomes(self) -> list[str]:
        """Push the outbox; the outcome of each change."""
        return [result.outcome for result in self.results()]

    def pull(self, cursor: str | None = None, limit: int = 100) -> Page:
        """One page."""
        answer = self.world.register.page(self.identity, Pull(cursor=cursor, limit=limit))
        return msgspec.json.decode(answer, type=Page)

    def snapshot(
        self, grid: str, after: str = "", *, limit: int = 100, seq: int = 0
    ) -> SnapshotPage:
        """One page of a grid's snapshot."""
        register = self.world.register
        answer = register.snapshot(self.identity, Range(grid, after, limit, seq))
        return msgspec.json.decode(answer, type=SnapshotPage)


def make_world(engine: Engine) -> World:
    """Grids A and B; Wang and Li work in A, Zhao in B; the built-in forms are published."""
    keys, clock = Keys.new(), Clock()
    with writing(engine) as conn:
        _insert(conn, TownRow, {"name": "柳溪镇"})
        _insert(conn, AreaRow, *_AREAS)
        for worker, name, grid in _WORKERS:
            _insert(conn, WorkerRow, {"id": worker, "staff_no": worker, "name": name})
            _assign(conn, worker, grid, NOON - 30 * DAY)
        for account, its_name in ((CHIEF, "陈主任"), (DEPUTY, "周副主任")):
            row = dict.fromkeys(("id", "login"), account)
            row |= {"name": its_name, "password_hash": "", "role": "town_admin", "area_id": "town"}
            _insert(conn, AccountRow, row)
    register = Register(engine, keys, clock)
    for form in builtin_forms().values():
        register.publish_form(TOWN, form)
    return World(engine, keys, clock, register)


_WORKERS = ((WANG, "王芳", GRID_A), (LI, "李强", GRID_A), (ZHAO, "赵敏", GRID_B))
_AREAS: tuple[Mapping[str, Value], ...] = (
    {"id": "town", "level": "town", "code": "0", "name": "柳溪镇"},
    {"id": "village", "level": "community", "code": "1", "name": "柳溪村", "parent_id": "town"},
    {"id": GRID_A, "level": "grid", "code": "2", "name": "第一网格", "parent_id": "village"},
    {"id": GRID_B, "level": "grid", "code": "3", "name": "第二网格", "parent_id": "village"},
)


def _assign(conn: Connection, worker: str, grid: str, since: int) -> None:
    who = {"id": new_id(), "worker_id": worker, "area_id": grid}
    conn.execute(insert(AssignmentRow).values(town_id=TOWN, valid_from=since, **who))


def _insert(conn: Connection, model: type[SQLModel], *rows: Mapping[str, Value]) -> None:
    for row in rows:
        conn.execute(insert(model).values(town_id=TOWN, **row))
