"""Pages of records for devices: what is new in their grids, or all that there is."""

from collections.abc import Mapping
from functools import cache
from heapq import merge as in_order
from itertools import islice

from msgspec import Struct, structs
from sqlalchemy import Connection, Engine, Select, bindparam, select
from sqlmodel import col

from server.clock import Clock
from server.db.asking import together
from server.db.engine import reading
from server.db.register_tables import ExitRow, RecordRow
from server.errors import NotFound
from server.office.grids import asking_grids, drawn
from server.office.outlines import outlines
from server.office.people import DeviceIdentity
from server.register.answered import later_results
from server.register.counter import Counter, asking_sums, counter, grid_sums
from server.register.cursors import Cursor, numbers_of, read_cursor, write_cursor
from server.register.names import names_of
from server.register.page_bytes import PageEnvelope, SnapshotEnvelope, authors, with_records
from server.register.published import asking_versions
from server.register.quarantine import Quarantine, asking_answered
from server.register.refusals import CursorForged, CursorOld, CursorTooOld
from server.register.reported import is_reported
from server.register.sealing import Seal
from server.register.store import RecordStore, is_kept, wanted_columns
from shared.codec import Stored
from shared.wire import PAGE_MAX, Area, Gone, Pull, Result

GRIDS_MAX = 500


class Pager(Struct, frozen=True):
    """Answers pulls and snapshots, each from one moment of the database."""

    engine: Engine
    seal: Seal
    cursor_key: bytes
    clock: Clock

    def page(self, device: DeviceIdentity, pull: Pull, within: Connection | None = None) -> bytes:
        """See Register.page."""
        with reading(self.engine, within) as conn:
            at = counter(conn, device.town)
            known = read_cursor(pull.cursor, device.town, at.epoch, self.cursor_key)
            since = {grid: known.grids.get(grid, 0) for grid in device.grids[:GRIDS_MAX]}
            if any(seq > at.seq for seq in since.values()):
                raise CursorOld  # put back without `doorstep restore`: it is another history
            if any(known.is_too_old(grid, at.forgotten) for grid in since):
                raise CursorTooOld
            news = self._news(conn, device, (since, at), _bounded(pull.limit))
            reached = {grid: news.reached.get(grid, at.seq) for grid in since}
            begun = {grid: at.forgotten for grid, seq in reached.items() if seq < at.forgotten}
            cursor = Cursor(device.town, at.epoch, reached, begun)
            told = self._told(conn, device, since, is_last=not news.reached)
            envelope = PageEnvelope(
                cursor=write_cursor(cursor, self.cursor_key),
                more=bool(news.reached),
                now=self.clock(),
                gone=[Gone(step.id, step.grid) for step in news.steps if step.stored is None],
                grids=[
                    structs.replace(area, light=area.id in device.light)
                    for area in drawn(
                        told.grids, outlines(conn, device.town, device.grids, self.clock())
                    )
                ],
                forms=told.forms,
                people=names_of(conn, device.town, authors(news.records)),
                checksums=told.checksums,
                forgotten=at.forgotten,
                answers=told.answers.pop(device.id, []),
                former_answers=told.answers,
            )
        return with_records(envelope, news.records, short=pull.short)

    def _told(
        self, conn: Connection, device: DeviceIdentity, since: Mapping[str, int], *, is_last: bool
    ) -> "_Told":
        """What a page says besides its records."""
        town, low = device.town, min(since.values(), default=0)
        grids, forms = asking_grids(conn, town, device.grids), asking_versions(town)
        if not is_last:
            told = together(conn, grids, forms)
            return _Told(told.of(grids), told.of(forms))
        sums, answered = (
            asking_sums(conn, town, device.grids),
            asking_answered(town, device.id, low),
        )
        told = together(conn, grids, forms, sums, answered)
        kept = told.of(sums)
        # A device that only reports has not the grid: there is nothing to compare.
        checksums = {grid: kept[grid].checksum if grid in kept else 0 for grid in device.whole}
        quarantine = Quarantine(conn, town, self.seal)
        answers = later_results(conn, town, quarantine, told.of(answered))
        return _Told(told.of(grids), told.of(forms), checksums, answers)

    def passed(self, device: DeviceIdentity, cursor: str | None) -> int | None:
        """See Register.passed."""
        try:
            known = numbers_of(cursor, device.town, self.cursor_key)
        except CursorForged:
            return None
        return min((seq for grid, seq in known.items() if grid in device.grids), default=None)

    def snapshot(self, device: DeviceIdentity, wanted: "Range") -> bytes:
        """See Register.snapshot."""
        if wanted.grid not in device.grids:
            raise NotFound
        with reading(self.engine) as conn:
            at = counter(conn, device.town)
            limit = _bounded(wanted.limit)
            is_light = wanted.grid in device.light
            rows = conn.execute(
                _following(own=is_light, upto=bool(wanted.upto)),
                {
                    "town": device.town,
                    "worker": device.worker_id,
                    "grid": wanted.grid,
                    "after": wanted.after,
                    "upto": wanted.upto,
                    "limit": limit + 1,
                    "forgotten": at.forgotten,
                },
            ).all()
            store = RecordStore(conn, device.town, self.seal)
            records = [store.stored(row) for row in rows[:limit]]
            is_last = len(rows) <= limit
            is_whole = is_last and not wanted.upto
            seq = min(wanted.seq or at.seq, at.seq)
            cursor = Cursor(device.town, at.epoch, {wanted.grid: seq})
            sums = grid_sums(conn, device.town, [wanted.grid])
            envelope = SnapshotEnvelope(
                grid=wanted.grid,
                seq=seq,
                total=sums[wanted.grid].records if sums and not is_light else len(records),
                next=None if is_last else records[-1].id,
                cursor=write_cursor(cursor, self.cursor_key) if is_whole else None,
                people=names_of(conn, device.town, authors(records)),
            )
        return with_records(envelope, records, short=wanted.short)

    def _news(
        self,
        conn: Connection,
        device: DeviceIdentity,
        start: tuple[Mapping[str, int], Counter],
        limit: int,
    ) -> "_News":
        """The next steps of all grids, in the order of their numbers.

        start: where each grid stands, and the town's register.
        """
        town = device.town
        store = RecordStore(conn, town, self.seal)
        since, at = start
        by_grid = [
            step
            for grid, seq in since.items()
            if seq < at.seq  # nothing in the town is newer: there is nothing to look for
            for step in (
                _changed(store, device, (grid, seq, at.forgotten), limit + 2),
                _left(conn, town, (grid, seq), limit + 2) if seq else [],
            )
        ]
        steps = list(islice(in_order(*by_grid, key=lambda step: step.seq), limit + 2))
        # A move is two steps of one number, an exit and an entry: a page has both or neither.
        cut = (
            limit + 1 if len(steps) > limit and steps[limit].seq == steps[limit - 1].seq else limit
        )
        if len(steps) <= cut:
            return _News(steps, {})
        last = steps[cut - 1].seq
        return _News(steps[:cut], {grid: max(seq, last) for grid, seq in since.items()})


class Range(Struct, frozen=True):
    """A part of a grid's snapshot, as it was asked for."""

    grid: str
    after: str = ""
    """The last record that the device has."""
    limit: int = 0
    """0: as many as a page takes."""
    seq: int = 0
    """The `seq` of the first page."""
    upto: str = ""
    """The last id of a part that is asked for again; "" for all that follows."""
    short: bool = False
    """Whether records may come with `v`."""


class _Step(Struct, frozen=True):
    """A record that changed, or left its grid (nothing is stored of it)."""

    seq: int
    id: str
    grid: str
    stored: Stored | None


class _News(Struct, frozen=True):
    steps: list[_Step]
    reached: dict[str, int]
    """Where each grid stands if there is more; empty when this is all."""

    @property
    def records(self) -> list[Stored]:
        return [step.stored for step in self.steps if step.stored is not None]


class _Told(Struct, frozen=True):
    """What a page says besides its records; the last two only when it is the last page."""

    grids: list[Area]
    forms: dict[str, str]
    checksums: dict[str, int] = {}
    answers: dict[str, list[Result]] = {}
    """By the device's id when it made the change."""


def _bounded(limit: int) -> int:
    return min(limit, PAGE_MAX) if limit > 0 else PAGE_MAX


def _changed(
    store: RecordStore, device: DeviceIdentity, start: tuple[str, int, int], limit: int
) -> list[_Step]:
    grid, since, forgotten = start
    wanted = {
        "town": store.town,
        "worker": device.worker_id,
        "grid": grid,
        "since": since,
        "limit": limit,
        "forgotten": forgotten,
    }
    rows = store.conn.execute(_OWN_CHANGED if grid in device.light else _CHANGED, wanted)
    return [_Step(row.version, row.id, grid, store.stored(row)) for row in rows]


@cache
def _following(*, own: bool, upto: bool) -> Select[str, str, int, str, bytes, bytes | None]:
    """A range of a grid's records by their ids. own: of somebody who only reports."""
    wanted = _OF_GRID.where(col(RecordRow.id) > bindparam("after"))
    wanted = wanted.where(is_reported()) if own else wanted
    wanted = wanted.where(col(RecordRow.id) <= bindparam("upto")) if upto else wanted
    return wanted.order_by(col(RecordRow.id)).limit(bindparam("limit"))


def _left(conn: Connection, town: str, since: tuple[str, int], limit: int) -> list[_Step]:
    grid, seq = since
    rows = conn.execute(_LEFT, {"town": town, "grid": grid, "since": seq, "limit": limit})
    return [_Step(row.seq, row.record_id, grid, None) for row in rows]


# Made once: to build a statement costs as much as to run it.
_OF_GRID = wanted_columns().where(
    col(RecordRow.town_id) == bindparam("town"),
    col(RecordRow.grid) == bindparam("grid"),
    is_kept(),
)
_SINCE = col(RecordRow.version) > bindparam("since")
_CHANGED = _OF_GRID.where(_SINCE).order_by(col(RecordRow.version)).limit(bindparam("limit"))
_OWN_CHANGED = _CHANGED.where(is_reported())
_LEFT = (
    select(col(ExitRow.seq), col(ExitRow.record_id))
    .where(
        col(ExitRow.town_id) == bindparam("town"),
        col(ExitRow.grid) == bindparam("grid"),
        col(ExitRow.seq) > bindparam("since"),
    )
    .order_by(col(ExitRow.seq))
    .limit(bindparam("limit"))
)
