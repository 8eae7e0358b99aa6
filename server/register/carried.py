"""Taking a carry-over file: the pushes of a phone that came by hand. Twice changes nothing."""

from base64 import b64decode
from binascii import Error as NotBase64
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import Engine

from server.clock import Clock
from server.db.engine import reading, writing
from server.errors import ServerError
from server.keys import Keys
from server.office.audit import Deed, Entry, record
from server.office.devices import Lost, Revoked, phone
from server.office.people import DeviceIdentity, DeviceStatus
from server.office.town_keys import town_key
from server.register.cutting import push_in
from server.register.refusals import Fork, Gap, NotUnderstood
from server.register.writer import Writer
from shared.carry import CarryOver, NoCarryOver, SignedPush, opened
from shared.wire import Push, PushReply, Words


class Carried(Struct, frozen=True):
    """What became of a file."""

    worker_name: str
    made: int
    """When it was made, by the device's clock, ms."""
    taken: int = 0
    known: int = 0
    """Changes that had arrived before: by the phone itself, or by the same file."""
    refused: int = 0
    """Of those taken, what was refused; each is kept with its reason."""
    device: str = ""


class CarryOverRefused(ServerError):
    """The file is not taken; its words say what to do."""


class Porter(Struct, frozen=True):
    """Takes files of any town that this server has the keys of."""

    engine: Engine
    keys: Keys
    clock: Clock
    writer: Writer

    def take(self, town: str, file: bytes, by: str) -> Carried:
        """Everything in the file, each change exactly once. Raises CarryOverRefused."""
        try:
            carried = opened(file, town, town_key(self.keys, town))
        except NoCarryOver as error:
            raise _not_ours() from error
        device = self._device(town, carried)
        done = Carried(device.worker_name, carried.made, device=device.id)
        known = device.last_n
        for signed in carried.pushes:
            try:
                reply = self.writer.push(device, _push(device, signed), carried=True)
            except Fork as error:
                raise _registered_anew() from error
            except Gap as error:
                raise _incomplete() from error
            except (Lost, Revoked) as error:  # while the file was read; it is not the carrier's
                raise _revoked() from error
            done = _counted(done, reply, known)
        if done.taken:
            with writing(self.engine) as conn:
                entry = Entry(self.clock(), by, Deed.CARRIED_OVER, device.id)
                record(conn, self.keys.audit, town, entry)
        return done

    def _device(self, town: str, carried: CarryOver) -> DeviceIdentity:
        with reading(self.engine) as conn:
            device = phone(conn, town, carried.device, self.clock())
        if device is None:
            raise _not_ours()
        if device.status is DeviceStatus.RETIRED:
            raise _registered_anew()
        if device.status is not DeviceStatus.ACTIVE:
            raise _revoked()
        return device


def _push(device: DeviceIdentity, signed: SignedPush) -> Push:
    body = signed.body.encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(device.public_key))
        key.verify(b64decode(signed.signature, validate=True), sha256(body).digest())
        push = push_in(body)
    except (NotBase64, ValueError, InvalidSignature, NotUnderstood) as error:
        raise _not_ours() from error
    if push.device != device.id:
        raise _not_ours()
    return push


def _counted(done: Carried, reply: PushReply, known: int) -> Carried:
    fresh = [result for result in reply.results if result.n > known]
    return msgspec.structs.replace(
        done,
        taken=done.taken + len(fresh),
        known=done.known + len(reply.results) - len(fresh),
        refused=done.refused + sum(result.outcome == "rejected" for result in fresh),
    )


def _not_ours() -> CarryOverRefused:
    return CarryOverRefused(
        "carry_over_broken",
        Words(
            "这个文件不是本镇手机导出的，或已损坏、被改动，没有收录。请在手机上重新导出。",
            "This file was not exported by a phone of this town, or it is damaged or was changed; "
            "nothing was taken. Export it again on the phone.",
        ),
    )


def _revoked() -> CarryOverRefused:
    return CarryOverRefused(
        "carry_over_revoked",
        Words(
            "这份文件来自已停用或已登记为丢失的手机，没有收录。请核实手机在谁手里。",
            "This file is from a phone that was revoked or reported lost, and was not "
            "taken. Find out who has that phone.",
        ),
    )


def _incomplete() -> CarryOverRefused:
    return CarryOverRefused(
        "carry_over_incomplete",
        Words(
            "这部手机更早的修改还没有送达，文件没有收录。请在手机上重新导出。",
            "Earlier changes of that phone have not arrived, so the file was not taken. "
            "Export it again on the phone.",
        ),
    )


def _registered_anew() -> CarryOverRefused:
    return CarryOverRefused(
        "carry_over_old",
        Words(
            "导出后这部手机已重新登记，文件没有收录。请直接在手机上同步，或重新导出。",
            "The phone was registered anew after this export, so the file was not taken. "
            "Sync the phone itself, or export again.",
        ),
    )
