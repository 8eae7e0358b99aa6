"""Rescuing unsent work and drafts from a file that was set aside as broken."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from mobile.errors import DamagedRow
from mobile.store.database import SIDE_FILES
from mobile.store.kept import Name
from mobile.store.making import numbered
from mobile.store.shelf import Shelf
from mobile.store.values import Draft, OutboxState
from mobile.vault.sealing import Keys, Seal
from shared.changes import Change

RESCUED = ".rescued"
_BROKEN = ".broken-"

T = TypeVar("T")


def broken_files(path: Path) -> list[Path]:
    """Files that were set aside beside `path` and have not been looked at."""
    done = (*filter(None, SIDE_FILES), RESCUED)
    found = path.parent.glob(f"{path.name}{_BROKEN}*")
    return sorted(file for file in found if not file.name.endswith(done))


def rescue(shelf: Shelf, keys: Keys, broken: Path) -> int:
    """Takes over what can be read of a broken file; how many changes that were.

    The file stays as it is, under a name that says that it was looked at.
    """
    with TemporaryDirectory(dir=broken.parent) as folder:
        copy = Path(folder) / "copy"
        for side in SIDE_FILES:
            file = broken.with_name(broken.name + side)
            if file.exists():
                shutil.copy(file, copy.with_name(copy.name + side))
        with closing(sqlite3.connect(copy)) as conn:
            changes = dict(_changes(conn, keys.seal("outbox")))
            drafts = list(_drafts(conn, keys.seal("draft")))
    _take_over(shelf, [changes[place] for place in sorted(changes)], drafts)
    broken.replace(broken.with_name(broken.name + RESCUED))
    return len(changes)


def _take_over(shelf: Shelf, changes: list[Change], drafts: list[Draft]) -> None:
    with shelf.database.alone():
        changes, drafts = _not_yet(shelf, changes, drafts)
        fixed, chain = numbered(changes, shelf.account.chain)
        with shelf.database.writing() as conn:
            entries = shelf.outbox.add(conn, chain.device, fixed) if fixed else []
            shelf.kept.put(conn, Name.CHAIN, chain)
            for draft in drafts:
                shelf.draft_rows.keep(conn, draft)
        shelf.change(chain=chain)
        shelf.lay(entries)
        shelf.put_drafts(drafts)


def _not_yet(
    shelf: Shelf, changes: list[Change], drafts: list[Draft]
) -> tuple[list[Change], list[Draft]]:
    """What was not taken over by a rescue that was killed just before its end."""
    with shelf.database.reading() as conn:
        saves = {change.save for change in changes}
        here = {save for save in saves if shelf.outbox.of_save(conn, save)}
    return (
        [change for change in changes if change.save not in here],
        [draft for draft in drafts if draft.id not in shelf.drafts],
    )


def _changes(conn: sqlite3.Connection, seal: Seal) -> Iterator[tuple[int, Change]]:
    query = "SELECT place, state, n, sealed FROM outbox ORDER BY place"
    for place, state, n, sealed in _rows(conn, query, tuple[int, str, int, bytes]):
        if state == OutboxState.PENDING:
            try:
                yield place, msgspec.json.decode(seal.open(str(place), n, sealed), type=Change)
            except DamagedRow:
                continue


def _drafts(conn: sqlite3.Connection, seal: Seal) -> Iterator[Draft]:
    query = "SELECT id, revision, sealed FROM draft ORDER BY rowid"
    for draft, revision, sealed in _rows(conn, query, tuple[str, int, bytes]):
        try:
            yield msgspec.json.decode(seal.open(draft, revision, sealed), type=Draft)
        except DamagedRow:
            continue


def _rows(conn: sqlite3.Connection, query: str, kind: type[T]) -> Iterator[T]:
    """What can be read from either end up to a broken page; some rows come twice."""
    for order in ("ASC", "DESC"):
        try:
            for row in conn.execute(f"{query} {order}"):
                yield msgspec.convert(row, kind)
        except sqlite3.DatabaseError:
            continue
