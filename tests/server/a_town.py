"""A small town in a real database: two communities, three grids, and a clock that stands still."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.db.engine import open_engine, reading, writing
from server.db.migrate import migrate
from server.office.accounts import NewAccount, add_account
from server.office.act import Act, acting
from server.office.area_edits import NewArea, add_area
from server.office.assignments import add_worker
from server.office.devices import authenticate
from server.office.enrolment import enrol
from server.office.enrolment_codes import MINUTES, give_code
from server.office.factor_rule import FactorRule, set_factor_rule
from server.office.people import AccountIdentity, DeviceIdentity, account_identity
from server.office.roles import Role
from server.office.towns import NewTown, add_town
from server.office.workers import NewWorker
from server.services import Services, open_services
from server.settings import DATABASE_FILE, Settings
from shared.wire import Enrol, Enrolled

NOW = 1_790_000_000_000
MINUTE = 60_000
NOTHING: Mapping[str, object] = MappingProxyType({})
PASSWORD = "gate-lamp-rice-4"
TOWN = "east"
CODES = {
    "c1": "329901100001",
    "c2": "329901100002",
    "g1": "329901100001001",
    "g2": "329901100001002",
    "g3": "329901100002001",
}


@dataclass
class SetClock:
    """Tells the time that it was set to."""

    at: int = NOW

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class Phone:
    """A phone's key, before and after it is enrolled."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> str:
        return b64encode(self.key.public_key().public_bytes_raw()).decode()

    def signature(self, body: bytes) -> str:
        return b64encode(self.key.sign(sha256(body).digest())).decode()


@dataclass
class ATown:
    services: Services
    clock: SetClock
    who: AccountIdentity
    areas: dict[str, str]

    @contextmanager
    def act(self, who: AccountIdentity | None = None) -> Iterator[Act]:
        services = self.services
        with acting(services.engine, services.keys, who or self.who, self.clock) as act:
            yield act

    def worker(self, staff_no: str, *places: str, who: AccountIdentity | None = None) -> str:
        new = NewWorker(staff_no, f"工{staff_no}", "", tuple(self.areas[p] for p in places))
        with self.act(who) as act:
            return add_worker(act, new).id

    def account(self, login: str, role: Role, place: str = "town") -> AccountIdentity:
        with self.act() as act:
            new = NewAccount(login, login, role, self.areas[place], PASSWORD, post="police")
            added = add_account(act, new)
        with reading(self.services.engine) as conn:
            identity = account_identity(conn, self.who.town, added.id)
        assert identity is not None
        return identity

    def code(self, worker_id: str, minutes: int = MINUTES) -> str:
        with self.act() as act:
            return give_code(act, worker_id, minutes).code

    def enrolled(self, worker_id: str, phone: Phone) -> Enrolled:
        wanted = Enrol(self.code(worker_id), phone.public_key, "test", town=self.who.town)
        return enrol(self.services.engine, self.services.keys, wanted, self.clock)

    def known(self, token: str) -> DeviceIdentity:
        """The device of that token."""
        with reading(self.services.engine) as conn:
            return authenticate(conn, token, self.clock())


def make_town(
    home: Path,
    database_url: str = "",
    *,
    production: bool = False,
    more: Mapping[str, object] = NOTHING,
) -> ATown:
    """A new database with the town in it. more: other settings."""
    clock = SetClock()
    asked = Settings(home=home, database_url=database_url, production=production)
    asked = asked.model_copy(update=dict(more))
    if not database_url:
        home.mkdir(parents=True, exist_ok=True)
        (home / DATABASE_FILE).write_bytes(_migrated())
    services = open_services(asked, clock)
    migrate(services.engine)
    return add_east(services, clock)


@cache
def _migrated() -> bytes:
    """An empty database of this version: made once for all towns of a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder, DATABASE_FILE)
        engine = open_engine(f"sqlite:///{file}")
        migrate(engine)
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return file.read_bytes()


def add_east(services: Services, clock: SetClock, town: str = TOWN) -> ATown:
    with writing(services.engine) as conn:
        who = add_town(conn, services.keys, clock(), NewTown(town, "东镇", "329901100000"))
    areas = {"town": who.area_id}
    with acting(services.engine, services.keys, who, clock) as act:
        set_factor_rule(act, FactorRule.NOBODY)  # or no test would sign in by password alone
        for name, code in CODES.items():
            above = areas[f"c{code[11]}"] if name.startswith("g") else who.area_id
            areas[name] = add_area(act, NewArea(above, code, f"区域{name}")).id
    return ATown(services, clock, who, areas)
