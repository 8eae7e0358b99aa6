"""Workers' devices: recognising them by their token, listing, revoking and losing them."""

import hmac
import secrets
from functools import cache
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, bindparam, select, update
from sqlmodel import col

from server.db.asking import Question, Rows, together
from server.db.office_tables import DeviceRow, WorkerRow
from server.errors import NotFound
from server.office.act import Act
from server.office.assignments import asking_grids_of_device
from server.office.audit import Deed
from server.office.errors import OfficeRefused
from server.office.people import AccountIdentity, DeviceIdentity, DeviceStatus
from server.office.roles import Action
from server.office.workers import worker, workers
from shared.fingerprint import fingerprint
from shared.wire import Words

SECRET_BYTES = 32
PHONE = "phone"
GONE = (DeviceStatus.LOST, DeviceStatus.WIPED)
"""Such a phone destroys its keys, or has."""


class Unauthorised(OfficeRefused):
    """The token is nobody's."""

    def __init__(self) -> None:
        super().__init__(
            "unauthorised",
            Words(
                "本设备未注册。请向管理员领取新的注册码；手机上的内容不会丢失。",
                "This device is not enrolled. Ask your admin for a new enrolment code; "
                "nothing on the phone is lost.",
            ),
        )


class Revoked(OfficeRefused):
    """The device may sync no more; what is on it stays sealed there."""

    def __init__(self) -> None:
        super().__init__(
            "revoked",
            Words(
                "本设备已停用。请联系管理员重新注册；手机上的内容不会丢失。",
                "This device has been revoked. Ask your admin to enrol it again; "
                "nothing on the phone is lost.",
            ),
        )


class Lost(OfficeRefused):
    """The device was marked lost: it must destroy its keys and send nothing."""

    def __init__(self) -> None:
        super().__init__(
            "lost",
            Words(
                "本设备已被登记为丢失，其中的数据将被清除。如已找回，请向管理员领取新的注册码。",
                "This device was reported lost and its data will be wiped. "
                "If you found it, ask your admin for a new enrolment code.",
            ),
        )


class Device(Struct, frozen=True):
    """A device as the office sees it."""

    id: str
    worker_id: str
    worker_name: str
    platform: str
    public_key: str
    status: DeviceStatus
    continues: str | None
    created_at: int
    last_contact: int | None
    app: str
    last_n: int
    unsent: int
    oldest_unsent: int | None
    free_bytes: int | None
    clock_offset: int | None
    lost_at: int | None = None
    wiped_at: int | None = None

    def words(self, language: str) -> str:
        """The six words of its key; the phone shows the same."""
        return fingerprint(self.public_key, language)


def devices(conn: Connection, who: AccountIdentity) -> list[Device]:
    """The devices of the workers that `who` may see, newest first."""
    names = {worker.id: worker.name for worker in workers(conn, who)}
    rows = conn.execute(
        select(DeviceRow)
        .where(
            col(DeviceRow.town_id) == who.town,
            col(DeviceRow.kind) == PHONE,
            col(DeviceRow.worker_id).in_(names),
        )
        .order_by(col(DeviceRow.created_at).desc(), col(DeviceRow.id).desc())
    )
    return [_device(row, names[row.worker_id]) for row in rows]


def device(conn: Connection, who: AccountIdentity, device_id: str) -> Device:
    """One device. Raises NotFound when `who` may not see its worker."""
    row = conn.execute(
        select(DeviceRow).where(
            col(DeviceRow.town_id) == who.town,
            col(DeviceRow.kind) == PHONE,
            col(DeviceRow.id) == device_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _device(row, worker(conn, who, row.worker_id).name)


def revoke(act: Act, device_id: str, reason: str) -> None:
    """The device, and all its incarnations, are answered no more."""
    _stop(act, device_id, status=DeviceStatus.REVOKED.value)
    act.note(Deed.DEVICE_REVOKED, device_id, reason)


def mark_lost(act: Act, device_id: str, reason: str) -> None:
    """At its next contact the device, with all its incarnations, is told to destroy its keys."""
    _stop(act, device_id, status=DeviceStatus.LOST.value, lost_at=act.now)
    act.note(Deed.DEVICE_LOST, device_id, reason)


def family(conn: Connection, town: str, device_id: str) -> set[str]:
    """The device, those it continues and those that continue it: all may be the same phone."""
    rows = conn.execute(
        select(col(DeviceRow.id), col(DeviceRow.continues)).where(
            col(DeviceRow.town_id) == town, col(DeviceRow.continues).is_not(None)
        )
    ).all()
    same: set[str] = set()
    found = {device_id}
    while found - same:
        same |= found
        found = {r.id for r in rows if r.continues in same}
        found |= {r.continues for r in rows if r.id in same}
    return same


def new_secret() -> str:
    """The secret part of a token."""
    return secrets.token_urlsafe(SECRET_BYTES)


def token_hash(secret: str) -> str:
    """The secret as it is kept: it is random and long, so a plain hash is enough."""
    return sha256(secret.encode()).hexdigest()


def authenticate(conn: Connection, token: str, now: int) -> DeviceIdentity:
    """Whose token this is. Raises Unauthorised, Revoked or Lost."""
    return let_in(identify(conn, token, now))


def identify(conn: Connection, token: str, now: int) -> DeviceIdentity:
    """Whose token this is, also of a phone that may do nothing more. Raises Unauthorised."""
    town, device_id, secret = _parts(token)
    found = _found(conn, town, device_id, now)
    if found is None or not hmac.compare_digest(found.token_hash, token_hash(secret)):
        raise Unauthorised
    return found.identity


def phone(conn: Connection, town: str, device_id: str, now: int) -> DeviceIdentity | None:
    """The phone of that id, whatever its status."""
    found = _found(conn, town, device_id, now)
    return None if found is None else found.identity


def let_in(device: DeviceIdentity) -> DeviceIdentity:
    """The device itself. Raises Lost or Revoked."""
    check_not_stopped(device.status)
    return device


def check_not_stopped(status: DeviceStatus) -> None:
    """Raises Lost or Revoked."""
    if status in GONE:
        raise Lost
    if status is DeviceStatus.REVOKED:
        raise Revoked


class _Phone(Struct, frozen=True, array_like=True):
    """A row of `_phone_with_worker`."""

    id: str
    worker_id: str
    public_key: str
    token_hash: str
    status: DeviceStatus
    last_n: int
    worker_name: str
    active: bool


class _Found(Struct, frozen=True):
    identity: DeviceIdentity
    token_hash: str


def _found(conn: Connection, town: str, device_id: str, now: int) -> _Found | None:
    asked = Question(_phone_with_worker(), {"town": town, "device": device_id}, _phones)
    grids = asking_grids_of_device(town, device_id, now)
    told = together(conn, asked, grids)
    for row in told.of(asked):
        stopped = not row.active and row.status not in GONE
        identity = DeviceIdentity(
            town=town,
            id=row.id,
            worker_id=row.worker_id,
            worker_name=row.worker_name,
            public_key=row.public_key,
            grids=tuple(sorted(told.of(grids).grids)),
            light=told.of(grids).light,
            status=DeviceStatus.REVOKED if stopped else row.status,
            last_n=row.last_n,
        )
        return _Found(identity, row.token_hash)
    return None


def _phones(rows: Rows) -> list[_Phone]:
    return msgspec.convert(rows, list[_Phone])


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 3:
        raise Unauthorised
    town, device_id, secret = parts
    return town, device_id, secret


@cache
def _phone_with_worker() -> Select[str, str, str, str, str, int, str, bool]:
    # Asked by every request: built once.
    return (
        select(
            col(DeviceRow.id),
            col(DeviceRow.worker_id),
            col(DeviceRow.public_key),
            col(DeviceRow.token_hash),
            col(DeviceRow.status),
            col(DeviceRow.last_n),
            col(WorkerRow.name),
            col(WorkerRow.active),
        )
        .join(
            WorkerRow,
            (col(WorkerRow.town_id) == col(DeviceRow.town_id))
            & (col(WorkerRow.id) == col(DeviceRow.worker_id)),
        )
        .where(
            col(DeviceRow.town_id) == bindparam("town"),
            col(DeviceRow.id) == bindparam("device"),
            col(DeviceRow.kind) == PHONE,
        )
    )


def _device(row: Row[DeviceRow], worker_name: str) -> Device:
    columns = {**row._asdict(), "worker_name": worker_name}
    return msgspec.convert(columns, Device)


def _stop(act: Act, device_id: str, **values: str | int) -> None:
    act.require(Action.MANAGE_DEVICES)
    device(act.conn, act.who, device_id)
    act.conn.execute(
        update(DeviceRow)
        .where(
            col(DeviceRow.town_id) == act.who.town,
            col(DeviceRow.id).in_(family(act.conn, act.who.town, device_id)),
            col(DeviceRow.status).not_in([status.value for status in GONE]),
        )
        .values(**values)
    )
