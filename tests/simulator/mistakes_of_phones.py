"""Known mistakes, each of which the simulator must find: a test that cannot fail tests nothing."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import Connection

from mobile.store import inbound, mending, saving
from mobile.store.entries import Entry
from mobile.store.inbound import Taken
from mobile.store.kept import Name
from mobile.store.outbox import Outbox
from mobile.store.shelf import Shelf
from mobile.store.values import Edit, OutboxState
from shared import merge
from shared.changes import Answer
from shared.records import Candidate, Record, Write
from shared.wire import Page

Mistake = Callable[[pytest.MonkeyPatch], None]


def overlay_dropped_when_received(patch: pytest.MonkeyPatch) -> None:
    """A worker's edit vanishes between its receipt and the next pull."""
    real = Outbox.overlay

    def overlay(outbox: Outbox, conn: Connection) -> list[Entry]:
        return [entry for entry in real(outbox, conn) if entry.state is not OutboxState.ACKED]

    patch.setattr(Outbox, "overlay", overlay)


def base_of_today_instead_of_when_the_form_was_opened(patch: pytest.MonkeyPatch) -> None:
    """What came while a form was open is overwritten without a word."""
    real = saving._completed

    def completed(shelf: Shelf, conn: Connection, edit: Edit, record: Record | None) -> Edit:
        return real(shelf, conn, msgspec.structs.replace(edit, base=None), record)

    patch.setattr(saving, "_completed", completed)


def what_left_is_kept(patch: pytest.MonkeyPatch) -> None:
    """A record of another grid stays on the phone."""
    patch.setattr(inbound, "_gone", lambda *_: [])
    patch.setattr(mending, "differing", lambda *_: [])


def cursor_kept_before_the_rows(patch: pytest.MonkeyPatch) -> None:
    """A phone that dies between the two never gets those records."""
    real = inbound.take_page

    def take_page(shelf: Shelf, page: Page, asked: str | None) -> Taken:
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.CURSOR, page.cursor)
        return real(shelf, page, page.cursor)

    patch.setattr(inbound, "take_page", take_page)
    patch.setattr(mending, "differing", lambda *_: [])


def a_dot_lost_when_equal_values_meet(patch: pytest.MonkeyPatch) -> None:
    """A later write that had seen only one of two equal ones hides the other."""
    real = merge._with

    def losing(
        candidates: tuple[Candidate, ...], values: list[Answer], write: Write
    ) -> tuple[Candidate, ...]:
        after = real(candidates, values, write)
        return tuple(Candidate(c.value, (write,)) if write in c.writes else c for c in after)

    patch.setattr(merge, "_with", losing)


MISTAKES: tuple[Mistake, ...] = (
    overlay_dropped_when_received,
    base_of_today_instead_of_when_the_form_was_opened,
    what_left_is_kept,
    cursor_kept_before_the_rows,
    a_dot_lost_when_equal_values_meet,
)
