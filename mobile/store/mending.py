"""Records that are not what the server has: found by checksums, and taken again."""

from collections.abc import Collection, Iterable, Mapping

from mobile.store.covering import cover, touched_by
from mobile.store.grids import GridState, grids, want
from mobile.store.inbound import Taken
from mobile.store.kept import Name
from mobile.store.shadow import Stretch
from mobile.store.shelf import Shelf
from shared.codec import opened
from shared.wire import PartSum, SnapshotPage


def differing(shelf: Shelf, checksums: Mapping[str, int]) -> list[str]:
    """The whole grids whose records are not what the server has."""
    with shelf.database.reading() as conn:
        return [
            grid.id
            for grid in grids(conn)
            if grid.state is GridState.WHOLE
            and grid.id in checksums
            and shelf.shadow.checksum(conn, grid.id) != checksums[grid.id]
        ]


def give_up(shelf: Shelf, damaged: Collection[str]) -> None:
    """Drops what does not open: its grid then differs from the server's, and it comes again.

    Of a grid that has no checksum the whole is asked for again.
    """
    if not damaged:
        return
    light = {area.id for area in shelf.account.areas if area.light}
    with shelf.database.writing() as conn:
        standing = [shelf.shadow.standing(conn, record) for record in damaged]
        touched = light.intersection(at.grid for at in standing if at is not None)
        shelf.shadow.drop(conn, damaged)
        for grid in grids(conn):
            if grid.id in touched:
                want(conn, grid)
    shelf.shadow.damaged = shelf.shadow.damaged.difference(damaged)


def parts_that_differ(
    shelf: Shelf, stretch: Stretch, parts: Iterable[PartSum]
) -> list[tuple[Stretch, PartSum]]:
    """Those parts of a stretch whose records are not what the server has."""
    found, after = [], stretch.after
    with shelf.database.reading() as conn:
        for part in parts:
            each = Stretch(stretch.grid, after, part.upto)
            if shelf.shadow.sum(conn, each) != part:
                found.append((each, part))
            after = part.upto
    return found


def take_stretch(shelf: Shelf, stretch: Stretch, page: SnapshotPage) -> Taken:
    """Makes a stretch what the server says it is. The cursor stays: news will come again."""
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            there = {record.id for record in page.records}
            gone = [each for each in shelf.shadow.of_stretch(conn, stretch) if each not in there]
            here = [record for record in page.records if opened(record).grid == stretch.grid]
            shelf.shadow.drop(conn, gone)
            shelf.shadow.put(conn, here, None)
            people = {**shelf.account.people, **page.people}
            shelf.kept.put(conn, Name.PEOPLE, people)
            cover(shelf, conn, here, gone, drained=False)
        shelf.change(people=people)
        touched = touched_by(shelf, here, gone)
    return Taken(records=touched, received=len(here))


def take_all_again(shelf: Shelf, wanted: Iterable[str]) -> None:
    """Asks for fresh snapshots of these grids."""
    chosen = set(wanted)
    with shelf.database.writing() as conn:
        for grid in grids(conn):
            if grid.id in chosen:
                want(conn, grid)
