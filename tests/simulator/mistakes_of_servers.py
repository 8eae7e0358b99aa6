"""Known mistakes of the merge and of the server, which the simulator must find."""

import msgspec
import pytest
from sqlalchemy import Connection

from server.register import ledger, writer
from server.register.author import Author, device_author
from server.register.counter import take_numbers
from shared import merge, records
from shared.changes import DELETED, Answer
from shared.records import Candidate, Record, Write
from shared.wire import FIRST_DIGEST
from tests.simulator.mistakes_of_phones import without_mending


def winner_by_clock(patch: pytest.MonkeyPatch) -> None:
    """The newest time wins: a phone whose clock is ahead overwrites all others."""

    def merged(
        before: tuple[Candidate, ...], value: Answer, write: Write, _: object
    ) -> tuple[Candidate, ...]:
        newest = max((w.effective for c in before for w in c.writes), default=-1)
        return before if newest > write.effective else (Candidate(value, (write,)),)

    patch.setattr(merge, "_merged", merged)


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    """A push whose reply was lost is taken a second time."""

    def author(conn: Connection, town: str, device: str, name: str) -> Author:
        known = device_author(conn, town, device, name)
        return msgspec.structs.replace(known, last_n=0, digest=FIRST_DIGEST)

    patch.setattr(writer, "device_author", author)
    patch.setattr(writer, "check_chain", lambda *_: None)


def own_chain_ignored(patch: pytest.MonkeyPatch) -> None:
    """A phone's second edit stands against its own first one."""

    def knows(base: int, _: str, __: int, write: Write) -> bool:
        return write.seq <= base

    patch.setattr(merge, "knows", knows)


def numbers_out_of_order(patch: pytest.MonkeyPatch) -> None:
    """A number is committed after a higher one, as those of a database's sequence are."""
    kept: list[int] = []

    def take(conn: Connection, town: str, count: int) -> int:
        if kept and count == 1:
            return kept.pop()
        first = take_numbers(conn, town, count + 1)
        kept.append(first)
        return first + 1

    patch.setattr(ledger, "take_numbers", take)
    without_mending(patch)


def delete_always_wins(patch: pytest.MonkeyPatch) -> None:
    """An edit that the deleter had not seen is gone with the record."""

    def deleted(record: Record) -> bool:
        return any(candidate.value is True for candidate in record.units.get(DELETED, ()))

    patch.setattr(records.Record, "deleted", property(deleted))


def a_dot_lost_when_equal_values_meet(patch: pytest.MonkeyPatch) -> None:
    """A later write that had seen only one of two equal ones hides the other."""
    real = merge._with

    def losing(
        candidates: tuple[Candidate, ...], values: list[Answer], write: Write
    ) -> tuple[Candidate, ...]:
        after = real(candidates, values, write)
        return tuple(Candidate(c.value, (write,)) if write in c.writes else c for c in after)

    patch.setattr(merge, "_with", losing)
