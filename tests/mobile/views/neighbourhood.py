"""A device of a worker, enrolled and filled as if it had synced: real keys, a real store."""

from pathlib import Path

import httpx

from mobile.accounts import Account, Accounts
from mobile.clock import Clock
from mobile.device import Device
from mobile.settings import Settings
from mobile.store import contact
from mobile.vault.keystore import FileKeyStore, KeyStore
from shared.changes import Answer
from shared.forms.model import encode_form
from shared.ids import uuid7
from shared.wire import Area
from tests.mobile.kit import FORMS, GRID, NOW, Office, StillClock, identity

PIN = "246813"
AREA = Area(GRID, "第三网格", "330102001001003", ("梧桐镇", "西郊社区"))
NAMES = ("李建国", "王秀英", "张伟", "刘芳", "陈敏", "杨静", "黄丽", "赵强", "周磊", "吴洋")


def record_id(number: int) -> str:
    """The id of the record with that number: the same in every run."""
    return uuid7(NOW - 86_400_000, number.to_bytes(10, "big"))


def household_id(number: int) -> str:
    """The id of the household with that number, counted from 0."""
    return record_id(10_000 + number)


def resident_id(household: int, number: int = 0) -> str:
    """The id of a member of the household with that number."""
    return record_id(100_000 + 10 * household + number)


def dwelling_id(number: int) -> str:
    """The id of the dwelling with that number."""
    return record_id(50_000 + number)


class Neighbourhood:
    """A device and an office that knows of some households."""

    def __init__(
        self,
        home: Path,
        *,
        households: int = 12,
        pin: bool = True,
        clock: Clock | None = None,
        keystore: Path | None = None,
    ) -> None:
        self.clock = clock or StillClock()
        self.office = Office()
        self.secret = PIN if pin else "correct horse battery staple"
        keystore = keystore or home / "key"
        self.settings = Settings(home=home, keystore=keystore if pin else None, open_browser=False)
        self.device = self.reopened()
        self.account = self._enrol(home, FileKeyStore(keystore) if pin else None)
        for number in range(households):
            self._household(number)
        self._fill()

    def reopened(self) -> Device:
        """The device after the app was killed and started again."""
        line = httpx.MockTransport(_no_line)
        return Device(self.settings, transport=line, clock=self.clock)

    def _enrol(self, home: Path, key_store: KeyStore | None) -> Account:
        accounts = Accounts(home, key_store, self.clock)
        return accounts.create(identity(), (AREA,), self.secret)

    def _fill(self) -> None:
        self.device.unlock(self.account.id, self.secret)
        for kind, form in FORMS.items():
            contact.take_form(self.device.store.shelf, kind, form.version, encode_form(form))
        self.device.store.refill()
        self.office.snapshot(self.device.store)
        self.device.lock()

    def _household(self, number: int) -> None:
        building, entrance = 1 + number // 20, 1 + number // 10 % 2
        floor, room = 1 + number // 2 % 5, 1 + number % 2
        name = NAMES[number % len(NAMES)]
        code = f"{building}-{entrance}-{floor:02d}-{floor}0{room}"
        plate = f"梧桐路{10 + building}号{entrance}单元{floor}0{room}室"
        self._write("dwelling", dwelling_id(number), code=code, plate=plate, status="occupied")
        self._write(
            "household",
            household_id(number),
            dwelling=dwelling_id(number),
            head_name=name,
            phone=f"1390000{number:04d}",
            people_count=1 + number % 4,
            tenure="own" if number % 3 else "rented",
            household_kind="registered_here",
            visit_policy="normal",
        )
        self._write(
            "resident",
            resident_id(number),
            household=household_id(number),
            name=name,
            relation="0",
            sex="1" if number % 2 else "2",
            birth_date=f"{1950 + number % 50}-05-17",
            status="living_here",
        )

    def _write(self, kind: str, record: str, **units: Answer) -> None:
        self.office.write(record, dict(units), kind=kind)


def _no_line(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no network", request=request)
