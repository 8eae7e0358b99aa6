"""Going on under another device id: what the office lacks is numbered anew, and nothing else."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from mobile.store.entries import Entry
from mobile.store.kept import Chain, Former, Identity, Name
from mobile.store.making import numbered
from mobile.store.outbox_statements import LINKS
from mobile.store.shelf import Shelf
from mobile.store.values import OutboxState
from shared.codec import PackedRecord
from shared.wire import Enrolled, Link

FORMERS_MAX = 5


def formers(shelf: Shelf) -> list[Former]:
    """Who this device was before, the newest first."""
    with shelf.database.reading() as conn:
        return list(reversed(_formers(shelf, conn)))


def as_former(shelf: Shelf, former: Former) -> Identity:
    """The identity that this device had then; its key is the same."""
    identity = shelf.account.identity
    return msgspec.structs.replace(identity, device=former.device, token=former.token)


def chain_of(shelf: Shelf, device: str) -> list[Link]:
    """The hash chain after each of the newest changes made under an id of this device."""
    with shelf.database.reading() as conn:
        rows = conn.execute(LINKS, {"b_device": device})
        return [Link(row.n, row.digest) for row in rows]


def is_copied(shelf: Shelf, records: Iterable[PackedRecord]) -> bool:
    """Whether these have what a copy of this device wrote, under numbers that both have counted.

    A number above the last one is a copy's; so is one that this device gave to another change,
    perhaps while these records were on their way.
    """
    with shelf.database.alone():
        here = shelf.account.chain
        waiting = {
            entry.n: entry
            for record in shelf.overlaid()
            for entry in shelf.laid_over(record)
            if entry.device == here.device and entry.state is OutboxState.PENDING
        }
    own = (write for record in records for write in record.w if write.device == here.device)
    return any(
        write.n > here.n or (write.n in waiting and not waiting[write.n].is_in(write))
        for write in own
    )


def incarnate(shelf: Shelf, enrolled: Enrolled, known: str = "") -> Identity:
    """Takes the new id. known: the id under which the server knew this device, if a former one.

    What the server was never told, or has lost, is numbered anew from 1; so is what was not
    answered: of that the server knows what it has, and answers with what became of it.
    """
    with shelf.database.alone():
        identity = msgspec.structs.replace(
            shelf.account.identity,
            device=enrolled.device,
            token=enrolled.token,
            fingerprint=enrolled.fingerprint,
            limits=enrolled.limits,
            town_key=enrolled.town_key or shelf.account.identity.town_key,
        )
        with shelf.database.writing() as conn:
            older = _formers(shelf, conn)
            present = Former(shelf.account.identity.device, shelf.account.identity.token)
            unknown = _after(known, [*older, present])
            lacking = _lacking(shelf, conn, enrolled, (known or present.device, unknown))
            changes, chain = numbered([entry.change for entry in lacking], Chain(enrolled.device))
            shelf.outbox.renumber(conn, lacking, enrolled.device, changes)
            shelf.kept.put(conn, Name.IDENTITY, identity)
            shelf.kept.put(conn, Name.CHAIN, chain)
            kept = [each for each in (*older, present) if each not in unknown]
            shelf.kept.put(conn, Name.FORMER, kept[-FORMERS_MAX:])
        shelf.change(identity=identity, chain=chain)
        with shelf.database.reading() as conn:
            shelf.relay(conn)
    return identity


def _after(known: str, ids: list[Former]) -> list[Former]:
    """The ids that came after the one that the server knows: it has nothing of them."""
    places = [place for place, each in enumerate(ids) if each.device == known]
    return ids[places[-1] + 1 :] if places else []


def _formers(shelf: Shelf, conn: Connection) -> list[Former]:
    return shelf.kept.sound(conn, Name.FORMER, list[Former]) or []


def _lacking(
    shelf: Shelf, conn: Connection, enrolled: Enrolled, who: tuple[str, list[Former]]
) -> list[Entry]:
    """What the server lacks, and whatever was not answered, so that its answer comes."""
    known, unknown = who
    devices = [former.device for former in unknown]
    if enrolled.last_n is None:
        return shelf.outbox.lacking(conn, devices, None)
    return shelf.outbox.lacking(conn, devices, (known, enrolled.last_n))
