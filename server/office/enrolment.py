"""Making a phone a worker's device, and going on under a new id after a fork.

Enrolling may happen twice: a phone whose answer was lost asks again with the same code and key,
and is given a new token for the device that was made the first time, until that is heard of.
"""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlmodel import col

from server.clock import Clock, new_id, now_ms
from server.db.engine import writing
from server.db.office_tables import DeviceRow, EnrolmentCodeRow, WorkerRow
from server.keys import Keys
from server.office.assignments import grids_of_worker
from server.office.audit import Deed, Entry, record
from server.office.devices import PHONE, new_secret, token_hash
from server.office.enrolment_codes import read_code, secret_hash
from server.office.errors import OfficeRefused, refused
from server.office.grids import grids_as_sent
from server.office.people import DeviceIdentity, DeviceStatus
from server.office.town_keys import Use, public_town_key
from server.office.towns import Town, one_town
from shared.fingerprint import KEY_BYTES, fingerprint
from shared.wire import FIRST_DIGEST, Enrol, Enrolled, Words

TRIES_MAX = 5
"""Wrong secrets after which a code is dead."""
TEXT_MAX = 60


class EnrolmentRefused(OfficeRefused):
    """The code does not open the door; its words say what to do."""


def enrol(engine: Engine, keys: Keys, wanted: Enrol, clock: Clock = now_ms) -> Enrolled:
    """Spends a code: makes a device of the worker it was given for. Raises EnrolmentRefused."""
    if not _is_key(wanted.public_key):
        raise refused(
            "not_understood",
            "设备公钥格式不正确，请更新应用。",
            "The device's key is not understood: update the app.",
        )
    with writing(engine) as conn:
        # A wrong try must be counted, so the refusal leaves after the commit.
        answer = _enrol(conn, keys, wanted, clock())
    if isinstance(answer, EnrolmentRefused):
        raise answer
    return _with_town_keys(keys, answer)


def incarnate(
    engine: Engine, keys: Keys, before: DeviceIdentity, clock: Clock = now_ms
) -> Enrolled:
    """A new device id and token under which a forked device goes on; the old id retires."""
    now = clock()
    with writing(engine) as conn:
        town = one_town(conn, before.town)
        row = conn.execute(_device(town, before.id).with_for_update()).one()
        _set_device(conn, town, before.id, status=DeviceStatus.RETIRED.value, unsent=0)
        wanted = Enrol("", row.public_key, row.platform, row.app)
        made = _new_device(conn, town, row.worker_id, wanted, now=now, continues=before.id)
        entry = Entry(now, before.id, Deed.DEVICE_CONTINUED, made)
        record(conn, keys.audit, town.town_id, entry)
        enrolled = _with_new_token(conn, town, made, now)
    digest = row.digest or FIRST_DIGEST
    told = _with_town_keys(keys, enrolled)
    return msgspec.structs.replace(told, last_n=row.last_n, digest=digest)


def _with_town_keys(keys: Keys, enrolled: Enrolled) -> Enrolled:
    return msgspec.structs.replace(
        enrolled,
        town_key=public_town_key(keys, enrolled.town),
        recovery_key=public_town_key(keys, enrolled.town, Use.RECOVERY),
    )


def _enrol(conn: Connection, keys: Keys, wanted: Enrol, now: int) -> Enrolled | EnrolmentRefused:
    town = one_town(conn, wanted.town)
    typed = read_code(wanted.code)
    row = conn.execute(
        select(EnrolmentCodeRow)
        .where(
            col(EnrolmentCodeRow.town_id) == town.town_id,
            col(EnrolmentCodeRow.id) == typed.public,
        )
        .with_for_update()
    ).one_or_none()
    given = secret_hash(keys, town.town_id, typed)
    if row is None or row.tries >= TRIES_MAX:
        return _wrong()
    if not hmac.compare_digest(row.secret_hash, given):
        _set_code(conn, town, row.id, tries=row.tries + 1)
        return _wrong()
    if row.used_at is not None:
        return _again(conn, town, row, wanted, now=now)
    if row.expires_at <= now or not _works_here(conn, town, row.worker_id):
        return _expired()
    made = _new_device(conn, town, row.worker_id, wanted, now=now)
    _set_code(conn, town, row.id, used_at=now, device_id=made)
    entry = Entry(now, row.worker_id, Deed.ENROLLED, made)
    record(conn, keys.audit, town.town_id, entry)
    return _with_new_token(conn, town, made, now)


def _again(
    conn: Connection, town: Town, code: Row[EnrolmentCodeRow], wanted: Enrol, *, now: int
) -> Enrolled | EnrolmentRefused:
    """The same phone again, whose answer was lost; to anybody else the code is used."""
    device = conn.execute(_device(town, code.device_id or "").with_for_update()).one_or_none()
    if (
        device is None
        or device.public_key != wanted.public_key
        or device.last_contact is not None
        or device.status != DeviceStatus.ACTIVE
        or code.expires_at <= now
    ):
        return _used()
    return _with_new_token(conn, town, device.id, now)


def _new_device(
    conn: Connection, town: Town, worker_id: str, wanted: Enrol, *, now: int, continues: str = ""
) -> str:
    device_id = new_id(now)
    conn.execute(
        insert(DeviceRow).values(
            town_id=town.town_id,
            id=device_id,
            worker_id=worker_id,
            kind=PHONE,
            platform=_text(wanted.platform),
            public_key=wanted.public_key,
            status=DeviceStatus.ACTIVE.value,
            continues=continues or None,
            last_n=0,
            digest=FIRST_DIGEST,
            created_at=now,
            app=_text(wanted.app),
            unsent=0,
        )
    )
    return device_id


def _text(said: str) -> str:
    # A device may say anything; no database takes a NUL.
    return "".join(character for character in said[:TEXT_MAX] if character.isprintable())


def _with_new_token(conn: Connection, town: Town, device_id: str, now: int) -> Enrolled:
    secret = new_secret()
    _set_device(conn, town, device_id, token_hash=token_hash(secret))
    row = conn.execute(
        select(col(DeviceRow.worker_id), col(DeviceRow.public_key), col(WorkerRow.name))
        .join(
            WorkerRow,
            (col(WorkerRow.town_id) == col(DeviceRow.town_id))
            & (col(WorkerRow.id) == col(DeviceRow.worker_id)),
        )
        .where(col(DeviceRow.town_id) == town.town_id, col(DeviceRow.id) == device_id)
    ).one()
    grids = grids_of_worker(conn, town.town_id, row.worker_id, now)
    return Enrolled(
        device=device_id,
        token=f"{town.town_id}.{device_id}.{secret}",
        worker=row.worker_id,
        worker_name=row.name,
        town=town.town_id,
        town_name=town.name,
        fingerprint=fingerprint(row.public_key),
        grids=grids_as_sent(conn, town.town_id, grids, now),
        now=now,
    )


def _works_here(conn: Connection, town: Town, worker_id: str) -> bool:
    active = conn.execute(
        select(col(WorkerRow.active)).where(
            col(WorkerRow.town_id) == town.town_id, col(WorkerRow.id) == worker_id
        )
    )
    return bool(active.scalar_one_or_none())


def _is_key(public_key: str) -> bool:
    try:
        return len(b64decode(public_key, validate=True)) == KEY_BYTES
    except (NotBase64, ValueError):
        return False


def _device(town: Town, device_id: str) -> Select[DeviceRow]:
    return select(DeviceRow).where(
        col(DeviceRow.town_id) == town.town_id, col(DeviceRow.id) == device_id
    )


def _set_device(conn: Connection, town: Town, device_id: str, **values: str | int) -> None:
    conn.execute(
        update(DeviceRow)
        .where(col(DeviceRow.town_id) == town.town_id, col(DeviceRow.id) == device_id)
        .values(**values)
    )


def _set_code(conn: Connection, town: Town, code_id: str, **values: str | int) -> None:
    conn.execute(
        update(EnrolmentCodeRow)
        .where(col(EnrolmentCodeRow.town_id) == town.town_id, col(EnrolmentCodeRow.id) == code_id)
        .values(**values)
    )


def _wrong() -> EnrolmentRefused:
    return EnrolmentRefused(
        "code_wrong",
        Words(
            "注册码不正确。请核对后重试；输错 5 次后该码失效，需向管理员重新领取。",
            "That enrolment code is not right. Check it and try again; after 5 wrong tries "
            "it is dead and you need a new one from your admin.",
        ),
    )


def _expired() -> EnrolmentRefused:
    return EnrolmentRefused(
        "code_expired",
        Words(
            "注册码已过期。请向管理员领取新的注册码。",
            "That enrolment code has expired. Ask your admin for a new one.",
        ),
    )


def _used() -> EnrolmentRefused:
    return EnrolmentRefused(
        "code_used",
        Words(
            "注册码已被使用。每个码只能用一次，请向管理员领取新的注册码。",
            "That enrolment code has been used. Each works once: ask your admin for a new one.",
        ),
    )
