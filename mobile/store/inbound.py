"""What comes from the server: pages and their cursor in one transaction, or nothing of them."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from mobile.store.base import table_of
from mobile.store.covering import cover, cover_received, touched_by
from mobile.store.grids import Grid, GridState, drop, foresee, grant, grids, progressed, want
from mobile.store.hearing import hear
from mobile.store.kept import Name
from mobile.store.shelf import Shelf
from mobile.store.tables import NewsRow
from mobile.store.values import OutboxState
from shared.codec import PackedRecord
from shared.wire import Area, Page, SnapshotPage

CURSORS_MAX = 50
"""Cursors of single grids that are kept side by side until a pull unites them."""


class Taken(Struct, frozen=True):
    """What a page did here."""

    stale: bool = False
    """It answered a question that is no longer open: nothing was taken."""
    records: frozenset[str] = frozenset()
    """Records that are other than before, or gone."""
    received: int = 0


STALE = Taken(stale=True)


def take_page(shelf: Shelf, page: Page, asked: str | None) -> Taken:
    """Takes a page of a pull. asked: the cursor that it answers."""
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            if shelf.kept.sound(conn, Name.CURSOR, str) != asked:
                return STALE
            gone = _gone(shelf, conn, page)
            news = _news(shelf, conn, page.records)
            foresee(conn, shelf.shadow.put(conn, page.records, None))
            gone += shelf.shadow.forgotten(conn, page.forgotten)
            shelf.shadow.drop(conn, gone)
            hear(shelf, conn, {shelf.account.identity.device: page.answers, **page.former_answers})
            changed = _put_account(shelf, conn, page)  # first: it says which grids are withdrawn
            cover(shelf, conn, page.records, gone, drained=not page.more)
            _put_news(conn, news, gone)
            shelf.kept.put(conn, Name.CURSOR, page.cursor)
            if not page.more:
                _note_first(shelf, conn)
        shelf.change(**changed)
        touched = touched_by(shelf, page.records, gone)
    return Taken(records=touched, received=len(page.records))


def take_snapshot_page(shelf: Shelf, page: SnapshotPage, asked: Grid) -> Taken:
    """Takes a page of a grid's snapshot. asked: the grid as it stood when it was asked for."""
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            if asked not in grids(conn):
                return STALE
            shelf.shadow.put(conn, page.records, asked.generation)
            people = {**shelf.account.people, **page.people}
            if people != shelf.account.people:
                shelf.kept.put(conn, Name.PEOPLE, people)
            cover(shelf, conn, page.records, [], drained=False)
            left: list[str] = []
            if page.next is None:
                left = shelf.shadow.leftover(conn, asked.id, asked.generation)
                shelf.shadow.drop(conn, left)
                _add_cursor(shelf, conn, page.cursor)
            progressed(conn, _after(asked, page))
        shelf.change(people=people)
        touched = touched_by(shelf, page.records, left)
    return Taken(records=touched, received=len(page.records))


def drop_withdrawn(shelf: Shelf) -> frozenset[str]:
    """Forgets grids that are no longer this worker's, once their unsent work has been sent."""
    with shelf.database.reading() as conn:
        if all(grid.state is not GridState.WITHDRAWN for grid in grids(conn)):
            return frozenset()
    dropped: list[str] = []
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            for grid in _free_to_go(shelf, conn):
                dropped += shelf.shadow.of_grid(conn, grid)
                drop(conn, grid)
            shelf.shadow.drop(conn, dropped)
            cover_received(shelf, conn, dropped)
        return touched_by(shelf, [], dropped)


def start_over(shelf: Shelf) -> None:
    """The cursor is of no use any more: every grid is asked for again."""
    with shelf.database.writing() as conn:
        shelf.kept.put(conn, Name.CURSOR, None)
        for grid in grids(conn):
            if grid.state is not GridState.WITHDRAWN:
                want(conn, grid)


def seen(shelf: Shelf, records: Iterable[str]) -> None:
    """The worker has looked at these."""
    with shelf.database.writing() as conn:
        conn.execute(delete(_news_rows).where(_news_rows.c.id.in_(list(records))))


def news(shelf: Shelf) -> set[str]:
    """Records that somebody else has changed since the worker last looked."""
    with shelf.database.reading() as conn:
        return set(conn.execute(_NEWS).scalars())


_news_rows = table_of(NewsRow)
_NEWS = select(_news_rows.c.id)


def _free_to_go(shelf: Shelf, conn: Connection) -> list[str]:
    waiting = {entry.change.grid for entry in shelf.outbox.entries(conn, OutboxState.PENDING)}
    withdrawn = (grid.id for grid in grids(conn) if grid.state is GridState.WITHDRAWN)
    return [grid for grid in withdrawn if grid not in waiting]


def _gone(shelf: Shelf, conn: Connection, page: Page) -> list[str]:
    """Records that left a grid, unless this page, or an earlier one, brought them elsewhere."""
    here = {record.id for record in page.records}
    gone = []
    for left in page.gone:
        standing = shelf.shadow.standing(conn, left.id)
        if left.id not in here and (standing is None or standing.grid == left.grid):
            gone.append(left.id)
    return gone


def _news(shelf: Shelf, conn: Connection, records: Iterable[PackedRecord]) -> list[str]:
    """Those that another worker has written since the last pull."""
    me = shelf.account.identity.worker
    found = []
    for record in records:
        standing = shelf.shadow.standing(conn, record.id)
        before = standing.version if standing else 0
        if any(write.seq > before and write.worker != me for write in record.w):
            found.append(record.id)
    return found


def _put_news(conn: Connection, records: list[str], gone: list[str]) -> None:
    if gone:
        conn.execute(delete(_news_rows).where(_news_rows.c.id.in_(gone)))
    if records:
        rows = [{"id": record} for record in records]
        conn.execute(insert(_news_rows).on_conflict_do_nothing(), rows)


def _put_account(shelf: Shelf, conn: Connection, page: Page) -> dict[str, object]:
    """Names, grids and form versions that came with a page."""
    account = shelf.account
    changed: dict[str, object] = {}
    if page.people.items() - account.people.items():
        changed["people"] = people = {**account.people, **page.people}
        shelf.kept.put(conn, Name.PEOPLE, people)
    if page.forms and page.forms != account.server_forms:
        changed["server_forms"] = page.forms
        shelf.kept.put(conn, Name.SERVER_FORMS, page.forms)
    # Only a last page speaks of all grids: an empty list there means that none is left.
    if not page.more:
        grant(conn, [area.id for area in page.grids])
        _take_anew(conn, account.areas, page.grids)
        if tuple(page.grids) != account.areas:
            changed["areas"] = areas = tuple(page.grids)
            shelf.kept.put(conn, Name.AREAS, areas)
    return changed


def _take_anew(conn: Connection, before: Iterable[Area], now: Iterable[Area]) -> None:
    """Who only reports from now on keeps nothing of the register; who no longer does, gets it."""
    light = {area.id: area.light for area in before}
    other = {area.id for area in now if light.get(area.id, area.light) != area.light}
    for grid in grids(conn):
        if grid.id in other:
            want(conn, grid)


def _note_first(shelf: Shelf, conn: Connection) -> None:
    """The first sync is complete with the page that leaves no grid open, and not before."""
    if shelf.kept.sound(conn, Name.FIRST_SYNC, int) is not None:
        return
    if all(grid.state is not GridState.WANTED for grid in grids(conn)):
        shelf.kept.put(conn, Name.FIRST_SYNC, shelf.clock.now())


def _add_cursor(shelf: Shelf, conn: Connection, cursor: str | None) -> None:
    """Lays a grid's cursor beside those that are there; the next pull unites them."""
    known = shelf.kept.sound(conn, Name.CURSOR, str)
    cursors = [*(known.split(",") if known else []), *([cursor] if cursor else [])]
    shelf.kept.put(conn, Name.CURSOR, ",".join(cursors[-CURSORS_MAX:]) or None)


def _after(asked: Grid, page: SnapshotPage) -> Grid:
    return msgspec.structs.replace(
        asked,
        state=GridState.WHOLE if page.next is None else GridState.WANTED,
        seq=page.seq,
        after=page.next or "",
        done=asked.done + len(page.records),
        total=page.total,
    )
