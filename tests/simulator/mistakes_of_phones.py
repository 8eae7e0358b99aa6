"""Known mistakes of a phone, which the simulator must find: what cannot fail tests nothing."""

import msgspec
import pytest
from sqlalchemy import Connection

from mobile.store import asked, contact, inbound, mending, saving
from mobile.store.entries import Entry
from mobile.store.inbound import Taken
from mobile.store.kept import Name
from mobile.store.outbox import Outbox
from mobile.store.shelf import Shelf
from mobile.store.values import Edit, OutboxState, RecordView
from shared.records import Record
from shared.wire import Page


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
    without_mending(patch)


def cursor_kept_before_the_rows(patch: pytest.MonkeyPatch) -> None:
    """A phone that dies between the two never gets those records."""
    real = inbound.take_page

    def take_page(shelf: Shelf, page: Page, asked: str | None) -> Taken:
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.CURSOR, page.cursor)
        return real(shelf, page, page.cursor)

    patch.setattr(inbound, "take_page", take_page)
    without_mending(patch)


def stale_answer_accepted(patch: pytest.MonkeyPatch) -> None:
    """What was asked long ago overwrites what came since."""
    real = inbound.take_page

    def take_page(shelf: Shelf, page: Page, _: str | None) -> Taken:
        return real(shelf, page, contact.cursor(shelf))

    patch.setattr(inbound, "take_page", take_page)
    without_mending(patch)


def asked_until_the_office_has_the_answer(patch: pytest.MonkeyPatch) -> None:
    """A worker is asked again what she has answered, until she has a signal."""
    real = asked._waits

    def waits(view: RecordView, worker: str) -> bool:
        answer = view.units.get("answer")
        is_pending = answer is not None and any(value.pending for value in answer.values)
        return is_pending or real(view, worker)

    patch.setattr(asked, "_waits", waits)


def asked_what_others_are_asked(patch: pytest.MonkeyPatch) -> None:
    """Whoever has the grid is asked."""
    real = asked._waits
    patch.setattr(asked, "_waits", lambda view, _: real(view, str(view.answers.get("worker"))))


def without_mending(patch: pytest.MonkeyPatch) -> None:
    """A phone that notices by checksums what it lacks hides many a mistake."""
    patch.setattr(mending, "differing", lambda *_: [])
