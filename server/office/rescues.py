"""Letting a locked device in whose PIN was forgotten: two admins must agree, and not one alone.

The request comes without a token, as that lies sealed on the device. It proves that whoever asks
has the device's vault, since its box opens only for the worker, town and account that it was made
for; that it is the worker who asks, the admins make sure of by the six words. What they let go is
of no use without the device's own secret (shared/rescue.py).
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlmodel import col

from server.clock import Clock, new_id, now_ms
from server.db.engine import reading, writing
from server.db.office_tables import AccountRow, RescueRow
from server.errors import NotFound
from server.keys import Keys
from server.office.act import Act
from server.office.audit import Deed, Entry, record
from server.office.devices import GONE, Unauthorised, let_in, phone
from server.office.errors import refused
from server.office.people import AccountIdentity, DeviceIdentity
from server.office.roles import Action
from server.office.town_keys import Use, town_key
from server.office.towns import one_town
from server.office.workers import worker, workers
from shared.boxes import KEY_BYTES, NotOpened, closed, opened
from shared.fingerprint import fingerprint
from shared.rescue import AskRescue, Rescue, RescueState, answer_info, vault_info

HOURS = 24
"""How long a request, and what was let go, stands."""
_HOUR_MS = 3_600_000
_HASH_DIGITS = 64
_OPEN = (RescueState.ASKED, RescueState.HALF)


class Request(Struct, frozen=True):
    """A request as the office sees it."""

    id: str
    worker_id: str
    worker_name: str
    device_id: str
    waiting: str
    state: RescueState
    asked_at: int
    expires_at: int
    first_by: str = ""
    """The id of the admin who agreed first."""
    first_name: str = ""

    def words(self, language: str) -> str:
        """The six words that the device shows."""
        return fingerprint(self.waiting, language)


def ask(engine: Engine, keys: Keys, wanted: AskRescue, clock: Clock = now_ms) -> Rescue:
    """Puts a request before the admins; asking again with the same key changes nothing.

    Raises Unauthorised when the box is not that device's, Lost or Revoked.
    """
    now = clock()
    with writing(engine) as conn:
        town = one_town(conn, wanted.town).town_id
        device = _device(conn, town, wanted.device, now)
        _inside(keys, town, device.worker_id, wanted)
        known = conn.execute(
            _rows(town).where(
                col(RescueRow.device_id) == device.id, col(RescueRow.waiting) == wanted.waiting
            )
        ).one_or_none()
        if known is not None:
            return _told(known, now)
        _end_earlier(conn, town, device.worker_id, wanted.account)
        made = _added(conn, town, device, wanted, now=now)
        record(conn, keys.audit, town, Entry(now, device.id, Deed.RESCUE_ASKED, made))
        return _told(conn.execute(_rows(town).where(col(RescueRow.id) == made)).one(), now)


def standing(engine: Engine, token: str, clock: Clock = now_ms) -> Rescue:
    """How a request stands, with the answer once there is one. Raises Unauthorised, Lost ..."""
    now = clock()
    with reading(engine) as conn:
        row = _known(conn, token)
        _device(conn, row.town_id, row.device_id, now)
        return _told(row, now)


def end(engine: Engine, keys: Keys, token: str, clock: Clock = now_ms) -> None:
    """The device is done with its request: nothing of it is kept but who agreed to it."""
    now = clock()
    with writing(engine) as conn:
        row = _known(conn, token)
        if row.state == RescueState.ENDED:
            return
        if row.state == RescueState.GRANTED:
            entry = Entry(now, row.device_id, Deed.RESCUE_USED, row.id)
            record(conn, keys.audit, row.town_id, entry)
        _set(conn, row, state=RescueState.ENDED.value, box=None, answer=None)


def waiting(conn: Connection, who: AccountIdentity, now: int) -> list[Request]:
    """The requests on which somebody must still decide, of the workers that `who` may see."""
    names = {worker.id: worker.name for worker in workers(conn, who)}
    rows = conn.execute(
        _rows(who.town)
        .where(
            col(RescueRow.worker_id).in_(names),
            col(RescueRow.state).in_([state.value for state in _OPEN]),
            col(RescueRow.expires_at) > now,
        )
        .order_by(col(RescueRow.asked_at))
    ).all()
    return [_request(conn, row, names[row.worker_id]) for row in rows]


def agree(act: Act, rescue_id: str) -> RescueState:
    """Agrees to a request. The second of two different admins lets the device in."""
    row = _open_request(act, rescue_id)
    if row.first_by == act.who.id:
        raise refused(
            "rescue_same",
            "您已同意过；还须另一名管理员同意。",
            "You have agreed already; another admin must agree, too.",
        )
    if row.first_by is None:
        _set(act.conn, row, state=RescueState.HALF.value, first_by=act.who.id)
        act.note(Deed.RESCUE_AGREED, row.id)
        return RescueState.HALF
    answer = _answer(act.keys, row)
    _set(
        act.conn,
        row,
        state=RescueState.GRANTED.value,
        second_by=act.who.id,
        box=None,
        answer=answer,
        expires_at=act.now + HOURS * _HOUR_MS,
    )
    act.note(Deed.RESCUE_GRANTED, row.id)
    return RescueState.GRANTED


def refuse(act: Act, rescue_id: str, reason: str) -> None:
    """One admin is enough to refuse."""
    row = _open_request(act, rescue_id)
    _set(act.conn, row, state=RescueState.REFUSED.value, box=None)
    act.note(Deed.RESCUE_REFUSED, row.id, reason)


def _open_request(act: Act, rescue_id: str) -> Row[RescueRow]:
    act.require(Action.RESCUE)
    found = _rows(act.who.town).where(col(RescueRow.id) == rescue_id).with_for_update()
    row = act.conn.execute(found).one_or_none()
    if row is None:
        raise NotFound
    worker(act.conn, act.who, row.worker_id)  # raises NotFound outside of the area
    device = phone(act.conn, act.who.town, row.device_id, act.now)
    stopped = device is None or device.status in GONE
    if stopped or row.state not in _OPEN or row.expires_at <= act.now:
        raise refused(
            "rescue_over",
            "该申请已处理或已过期；如仍需要，请让网格员重新申请。",
            "That request is settled or too old; the worker can ask again.",
        )
    return row


def _device(conn: Connection, town: str, device_id: str, now: int) -> DeviceIdentity:
    device = phone(conn, town, device_id, now)
    if device is None:
        raise Unauthorised
    return let_in(device)


def _inside(keys: Keys, town: str, worker_id: str, wanted: AskRescue) -> bytes:
    """What the device wrapped. Raises Unauthorised when the request is not whole."""
    info = vault_info(town, worker_id, wanted.account)
    try:
        if len(b64decode(wanted.waiting, validate=True)) != KEY_BYTES:
            raise Unauthorised
        if len(wanted.secret_hash) != _HASH_DIGITS:
            raise Unauthorised
        box = b64decode(wanted.box, validate=True)
        return opened(box, town_key(keys, town, Use.RECOVERY), info=info)
    except (NotBase64, NotOpened, ValueError) as error:
        raise Unauthorised from error


def _answer(keys: Keys, row: Row[RescueRow]) -> bytes:
    info = vault_info(row.town_id, row.worker_id, row.account)
    inside = opened(row.box, town_key(keys, row.town_id, Use.RECOVERY), info=info)
    key = b64decode(row.waiting)
    return closed(inside, key, secrets.token_bytes(KEY_BYTES), info=answer_info(row.account))


def _added(
    conn: Connection, town: str, device: DeviceIdentity, wanted: AskRescue, *, now: int
) -> str:
    made = new_id(now)
    conn.execute(
        insert(RescueRow).values(
            town_id=town,
            id=made,
            device_id=device.id,
            worker_id=device.worker_id,
            account=wanted.account,
            box=b64decode(wanted.box),
            waiting=wanted.waiting,
            secret_hash=wanted.secret_hash,
            state=RescueState.ASKED.value,
            asked_at=now,
            expires_at=now + HOURS * _HOUR_MS,
        )
    )
    return made


def _end_earlier(conn: Connection, town: str, worker_id: str, account: str) -> None:
    conn.execute(
        update(RescueRow)
        .where(
            col(RescueRow.town_id) == town,
            col(RescueRow.worker_id) == worker_id,
            col(RescueRow.account) == account,
        )
        .values(state=RescueState.ENDED.value, box=None, answer=None)
    )


def _known(conn: Connection, token: str) -> Row[RescueRow]:
    town, _, rest = token.partition(".")
    rescue_id, _, secret = rest.partition(".")
    row = conn.execute(_rows(town).where(col(RescueRow.id) == rescue_id)).one_or_none()
    given = sha256(secret.encode()).hexdigest()
    if row is None or not hmac.compare_digest(row.secret_hash.encode(), given.encode()):
        raise Unauthorised
    return row


def _rows(town: str) -> Select[RescueRow]:
    return select(RescueRow).where(col(RescueRow.town_id) == town)


def _set(conn: Connection, row: Row[RescueRow], **values: str | int | bytes | None) -> None:
    conn.execute(
        update(RescueRow)
        .where(col(RescueRow.town_id) == row.town_id, col(RescueRow.id) == row.id)
        .values(**values)
    )


def _told(row: Row[RescueRow], now: int) -> Rescue:
    state = RescueState(row.state) if row.expires_at > now else RescueState.ENDED
    answer = b64encode(row.answer).decode() if state is RescueState.GRANTED else ""
    return Rescue(row.id, state, row.expires_at, answer)


def _request(conn: Connection, row: Row[RescueRow], worker_name: str) -> Request:
    first = conn.execute(
        select(col(AccountRow.name)).where(
            col(AccountRow.town_id) == row.town_id, col(AccountRow.id) == row.first_by
        )
    ).scalar_one_or_none()
    columns = {**row._asdict(), "first_by": row.first_by or "", "first_name": first or ""}
    return msgspec.convert({**columns, "worker_name": worker_name}, Request)
