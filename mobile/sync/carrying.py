"""Work that travels by hand: out of a phone that cannot connect, and in by a colleague's."""

import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable

from msgspec import Raw

from mobile.errors import AppError
from mobile.store import outbound, parcels
from mobile.store.outbound import Batch
from mobile.store.shelf import Shelf
from mobile.sync.line import Line, signature
from mobile.sync.tallying import Running
from mobile.sync.trouble import CutOff, TooMuch, Trouble
from shared.boxes import KEY_BYTES
from shared.carry import FILE_MAX, CarryOver, SignedPush, sealed
from shared.clock import Reading
from shared.wire import Push, Words, encode

REFUSED = "carry_over_"
"""How the codes of a file that the server does not take begin."""


class NotCarried(AppError):
    """No file was made; its words say why."""

    code = "not_carried"


def carry_out(shelf: Shelf) -> bytes:
    """The unsent changes as a file that only the office can open. Raises NotCarried.

    They stay in the outbox: whichever way they arrive first counts. What does not fit into one
    file stays for the next, after these have arrived.
    """
    key = _town_key(shelf)
    with shelf.database.alone():  # else a sync may give this device another id meanwhile
        identity = shelf.account.identity
        pushes = [_signed(shelf, batch) for batch in _batches(shelf)]
    if not pushes:
        raise _nothing()
    while pushes:
        carried = CarryOver(identity.device, shelf.clock.now(), tuple(pushes))
        file = sealed(carried, identity.town, key, secrets.token_bytes(KEY_BYTES))
        if len(file) <= FILE_MAX:
            return file
        pushes = pushes[: len(pushes) // 2]
    raise _too_large()


def deliver(shelf: Shelf, line: Callable[[], Line], running: Running) -> None:
    """Brings colleagues' files. One that the server does not take is dropped, and told of.

    One that does not get through waits, with those behind it.
    """
    for parcel in parcels.parcels(shelf.database):
        try:
            line().carry_over(parcel.content)
            running.carried += 1
        except (CutOff, TooMuch) as trouble:  # what comes to this device must not wait for it
            running.not_carried = trouble.words
            return
        except Trouble as trouble:
            if trouble.problem is None or not trouble.problem.code.startswith(REFUSED):
                raise
            running.not_carried = trouble.words
        parcels.drop(shelf.database, parcel.id)


def _batches(shelf: Shelf) -> list[Batch]:
    found, batch = [], outbound.next_batch(shelf)
    while batch is not None:
        found.append(batch)
        batch = outbound.next_batch(shelf, batch.changes[-1].n)
    return found


def _signed(shelf: Shelf, batch: Batch) -> SignedPush:
    """The push, without a clock reading of now: it arrives nobody knows when."""
    push = Push(
        device=batch.device,
        after=batch.after,
        clock=Reading(shelf.clock.now(), "", 0),
        changes=[Raw(change.raw) for change in batch.changes],
        offsets=_offsets(shelf),
    )
    body = encode(push)
    return SignedPush(body.decode(), signature(shelf.account.identity.private_key, body))


def _offsets(shelf: Shelf) -> dict[str, int]:
    """What is known of each boot's clock; of an unknown one, what was learnt last."""
    known = shelf.account.offsets
    last = next(reversed(known.values()), 0)
    boots = {
        entry.change.boot: last for record in shelf.overlaid() for entry in shelf.laid_over(record)
    }
    return boots | known


def _town_key(shelf: Shelf) -> bytes:
    account = shelf.account
    try:
        key = b64decode(account.identity.town_key, validate=True)
    except NotBase64:
        key = b""
    if len(key) != KEY_BYTES or account.chain.device != account.identity.device:
        raise NotCarried(
            Words(
                "这部手机还不能导出，请先联网同步一次。",
                "This phone cannot export yet: sync it once first.",
            )
        )
    return key


def _nothing() -> NotCarried:
    return NotCarried(Words("没有未上报的内容。", "There is nothing that was not sent."))


def _too_large() -> NotCarried:
    return NotCarried(
        Words(
            "一次保存的内容太大，不能用文件带走，请联网同步。",
            "One save is too large for a file. Sync over the network.",
        )
    )
