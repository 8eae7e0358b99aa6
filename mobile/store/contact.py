"""What an account remembers of its contact with the server: forms, clocks, the last sync."""

import msgspec

from mobile.store.entries import Entry, Tally
from mobile.store.grids import Grid, GridState, grids
from mobile.store.kept import Name
from mobile.store.shelf import Shelf, form_name
from shared.wire import Limits, Page

BOOTS_MAX = 10
"""Clock offsets that are kept, one for each boot."""
OFFSET_STEP_MS = 2000
"""An offset that differs by less is the same one."""


def take_names(shelf: Shelf, page: Page) -> None:
    """Takes a page's names of people and versions of forms, and nothing else of it."""
    people = {**shelf.account.people, **page.people}
    forms = page.forms or shelf.account.server_forms
    if people == shelf.account.people and forms == shelf.account.server_forms:
        return
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.PEOPLE, people)
            shelf.kept.put(conn, Name.SERVER_FORMS, forms)
        shelf.change(people=people, server_forms=forms)


def missing_forms(shelf: Shelf) -> list[tuple[str, str]]:
    """Kind and version of the forms that the server has and this device cannot use yet."""
    account, wanted = shelf.account, shelf.account.server_forms.items()
    return [
        form
        for form in wanted
        if account.forms.get(form[0]) != form[1] or form in shelf.damaged_forms
    ]


def take_form(shelf: Shelf, kind: str, version: str, content: bytes) -> None:
    """Uses a form from now on. Raises msgspec.DecodeError when it is not one."""
    with shelf.database.alone():
        forms = {**shelf.account.forms, kind: version}
        with shelf.database.writing() as conn:
            shelf.put_form(conn, kind, version, content)
            shelf.kept.put(conn, Name.FORMS, forms)
        shelf.change(forms=forms)
        shelf.forget_forms()


def has_form(shelf: Shelf, kind: str, version: str) -> bytes | None:
    """The JSON of a form that was kept earlier; None also when that is damaged."""
    with shelf.database.reading() as conn:
        return shelf.kept.sound_raw(conn, form_name(kind, version))


def learn_offset(shelf: Shelf, boot: str, offset: int) -> None:
    """Remembers how wrong the wall clock is in this boot."""
    offsets = shelf.account.offsets
    if boot in offsets and abs(offsets[boot] - offset) < OFFSET_STEP_MS:
        return
    others = [(known, ms) for known, ms in offsets.items() if known != boot]
    offsets = dict([*others[1 - BOOTS_MAX :], (boot, offset)])
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.OFFSETS, offsets)
        shelf.change(offsets=offsets)


def take_limits(shelf: Shelf, limits: Limits) -> None:
    """The server says how much it takes in one push."""
    if limits == shelf.account.identity.limits:
        return
    with shelf.database.alone():
        identity = msgspec.structs.replace(shelf.account.identity, limits=limits)
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.IDENTITY, identity)
        shelf.change(identity=identity)


def note_sync(shelf: Shelf, report: bytes, at: int | None) -> None:
    """Remembers how the last sync ended, as JSON, and when one last went through."""
    with shelf.database.writing() as conn:
        shelf.kept.put_raw(conn, Name.LAST_REPORT, report)
        if at is not None:
            shelf.kept.put(conn, Name.LAST_SYNC, at)


def last_sync(shelf: Shelf) -> tuple[int | None, bytes | None]:
    """When a sync last went through, and the report of the last one."""
    with shelf.database.reading() as conn:
        at = shelf.kept.sound(conn, Name.LAST_SYNC, int)
        report = shelf.kept.sound_raw(conn, Name.LAST_REPORT)
    return at, report


def first_sync(shelf: Shelf) -> int | None:
    """When everything had come for the first time."""
    with shelf.database.reading() as conn:
        return shelf.kept.sound(conn, Name.FIRST_SYNC, int)


def has_pulled(shelf: Shelf) -> bool:
    """Whether a cursor would tell this device that the server was restored."""
    with shelf.database.reading() as conn:
        first = shelf.kept.sound(conn, Name.FIRST_SYNC, int)
        return first is not None and shelf.kept.sound(conn, Name.CURSOR, str) is not None


def cursor(shelf: Shelf) -> str | None:
    """Where the next pull goes on."""
    with shelf.database.reading() as conn:
        return shelf.kept.sound(conn, Name.CURSOR, str)


def held_grids(shelf: Shelf) -> list[Grid]:
    """The grids that the worker may hold, and how far each has come."""
    with shelf.database.reading() as conn:
        return [grid for grid in grids(conn) if grid.state is not GridState.WITHDRAWN]


def tally(shelf: Shelf) -> tuple[Tally, Entry | None]:
    """How many changes stand where, and the oldest one that the server has not answered."""
    with shelf.database.reading() as conn:
        counted = shelf.outbox.tally(conn)
        return counted, shelf.outbox.oldest_pending(conn) if counted.unsent else None
