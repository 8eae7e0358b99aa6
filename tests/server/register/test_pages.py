"""Pull and snapshot: resumable, scoped, nothing missed and nothing of others."""

import msgspec
import pytest

from server.db.engine import writing
from server.db.register_tables import CounterRow
from server.errors import NotFound
from server.register.pages import Range
from server.register.refusals import CursorForged, CursorOld
from shared.changes import ChangeKind
from shared.records import Record
from shared.wire import Page, Pull, SnapshotPage, checksum
from tests.server.register.world import CHIEF, GRID_A, GRID_B, LI, TOWN, WANG, ZHAO, Phone, World


def drained(phone: Phone, cursor: str | None, limit: int = 3) -> tuple[dict[str, Record], Page]:
    """The shadow after pulling until there is no more, and the last page."""
    shadow: dict[str, Record] = {}
    while True:
        page = phone.pull(cursor, limit)
        phone.world.apply(page, shadow)
        cursor = page.cursor
        if not page.more:
            return shadow, page


@pytest.fixture
def households(wang: Phone) -> list[str]:
    made = [wang.create("household", {"head_name": f"户{number}"}) for number in range(10)]
    wang.send()
    return made


def test_pages_resume_exactly_where_they_stopped(
    world: World, wang: Phone, households: list[str]
) -> None:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = wang.pull(cursor, 3)
        assert wang.pull(cursor, 3).records == page.records  # asking again changes nothing
        seen += [record.id for record in page.records]
        cursor = page.cursor
        if not page.more:
            break

    assert seen == households
    assert page.checksums[GRID_A] == sum(
        checksum(record, version) for version, record in enumerate(households, 1)
    ) % (1 << 64)


def test_a_changed_record_comes_once_at_its_newest_version(
    world: World, wang: Phone, households: list[str]
) -> None:
    first = wang.pull(None, 3)
    for number in range(3):
        wang.set(households[0], 1, needs=f"{number}")
        wang.set(households[9], 10, needs=f"{number}")
    wang.send()

    shadow, _ = drained(wang, first.cursor)

    assert set(shadow) == {households[0], *households[3:]}
    assert shadow[households[9]] == world.record(households[9])


def test_what_is_pulled_is_what_the_register_has(
    world: World, wang: Phone, households: list[str]
) -> None:
    li = world.phone(LI)
    wang.set(households[0], 1, phone="13811111111")
    li.set(households[0], 1, phone="13822222222")
    wang.send()
    li.send()

    shadow, page = drained(li, None)

    assert shadow == {record: world.record(record) for record in households}
    assert page.people == {WANG: "王芳", LI: "李强"}
    assert [(grid.id, grid.parents) for grid in page.grids] == [(GRID_A, ("柳溪镇", "柳溪村"))]
    assert page.forms == {"dwelling": "1", "household": "1", "resident": "1", "visit": "1"}


def test_no_byte_of_another_grid_is_in_any_answer(
    world: World, wang: Phone, households: list[str]
) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    theirs = zhao.create("household", {"head_name": "别家"}, grid=GRID_B)
    zhao.send()

    answers = [
        world.register.page(wang.identity, Pull()),
        world.register.snapshot(wang.identity, Range(GRID_A)),
    ]

    assert all(theirs.encode() not in answer for answer in answers)
    assert all("别家".encode() not in answer for answer in answers)
    assert theirs.encode() in world.register.page(zhao.identity, Pull())  # it can be found
    with pytest.raises(NotFound):
        wang.snapshot(GRID_B)


def test_a_grid_without_news_still_advances(
    world: World, wang: Phone, households: list[str]
) -> None:
    _, before = drained(wang, None)
    zhao = world.phone(ZHAO, GRID_B)
    zhao.create("household", {"head_name": "别家"}, grid=GRID_B)
    zhao.send()

    after = wang.pull(before.cursor)

    assert (after.records, after.more) == ([], False)
    assert after.cursor != before.cursor
    assert wang.pull(after.cursor).cursor == after.cursor


def test_what_left_the_grid_is_gone_and_comes_where_it_went(
    world: World, wang: Phone, households: list[str]
) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    mine, page = drained(wang, None)
    theirs, their_page = drained(zhao, None)
    wang.note(ChangeKind.MOVE, households[0], {"@grid": [GRID_A, GRID_B]}, base=1)
    wang.send()

    page, their_page = wang.pull(page.cursor), zhao.pull(their_page.cursor)
    world.apply(page, mine)
    world.apply(their_page, theirs)

    assert set(mine) == set(households[1:])
    assert set(theirs) == {households[0]}
    assert their_page.checksums == {GRID_B: checksum(households[0], 11)}


def test_there_and_back_is_not_gone(world: World, wang: Phone, households: list[str]) -> None:
    shadow, page = drained(wang, None)
    chief = world.account(CHIEF)
    world.edit(chief, ChangeKind.MOVE, households[0], {"@grid": [GRID_A, GRID_B]}, base=1)
    between = wang.pull(page.cursor)
    world.edit(chief, ChangeKind.MOVE, households[0], {"@grid": [GRID_B, GRID_A]}, base=11)

    for cursor in (page.cursor, between.cursor):
        copy = dict(shadow)
        world.apply(wang.pull(cursor), copy)
        assert copy == {record: world.record(record) for record in households}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_move_between_own_grids_is_never_cut_in_two(
    world: World, households: list[str], limit: int
) -> None:
    leader = world.phone(WANG, GRID_A, GRID_B)
    shadow, page = drained(leader, None)
    for record in households[:4]:
        edit = {"@grid": [GRID_A, GRID_B]}
        base = world.record(record).version
        world.edit(world.account(CHIEF), ChangeKind.MOVE, record, edit, base=base)

    cursor, more = page.cursor, True
    while more:
        step = leader.pull(cursor, limit)
        moved = {gone.id for gone in step.gone}
        assert moved == {record.id for record in step.records}
        world.apply(step, shadow)
        cursor, more = step.cursor, step.more

    assert shadow == {record: world.record(record) for record in households}


def test_a_newly_granted_grid_starts_from_nothing(
    world: World, wang: Phone, households: list[str]
) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    theirs = zhao.create("household", {"head_name": "新网格"}, grid=GRID_B)
    zhao.send()
    _, page = drained(wang, None)
    wang.identity = msgspec.structs.replace(wang.identity, grids=(GRID_A, GRID_B))

    shadow, _ = drained(wang, page.cursor)

    assert set(shadow) == {theirs}


def test_a_snapshot_and_then_pulling_misses_nothing(
    world: World, wang: Phone, households: list[str]
) -> None:
    shadow: dict[str, Record] = {}
    page = wang.snapshot(GRID_A, limit=4)
    seq = page.seq
    assert page.total == 10
    assert page.people == {WANG: "王芳"}
    world.apply(page, shadow)
    # The world goes on while the snapshot is read.
    wang.set(households[0], 1, needs="早")
    wang.set(households[9], 10, needs="晚")
    wang.note(ChangeKind.MOVE, households[1], {"@grid": [GRID_A, GRID_B]}, base=2)
    wang.note(ChangeKind.MOVE, households[8], {"@grid": [GRID_A, GRID_B]}, base=9)
    added = wang.create("household", {"head_name": "新户"})
    wang.send()
    while page.next is not None:
        page = wang.snapshot(GRID_A, page.next, limit=4, seq=seq)
        world.apply(page, shadow)

    after, _ = drained(wang, page.cursor)
    shadow |= after
    world.apply(wang.pull(page.cursor), shadow)

    there = {*households, added} - {households[1], households[8]}
    assert shadow == {record: world.record(record) for record in there}


def test_cursors_of_several_snapshots_are_united(
    world: World, wang: Phone, households: list[str]
) -> None:
    leader = world.phone(WANG, GRID_A, GRID_B)
    cursors = [leader.snapshot(grid).cursor for grid in (GRID_A, GRID_B)]
    assert None not in cursors

    page = leader.pull(",".join(cursor or "" for cursor in cursors))

    assert (page.records, page.more) == ([], False)
    assert leader.pull(cursors[1]).records  # the other grid would begin again


def test_a_forged_cursor_is_refused(world: World, wang: Phone, households: list[str]) -> None:
    _, page = drained(wang, None)
    schema, content, mac = page.cursor.split(".")

    for forged in ("", "x", f"{schema}.{content}x.{mac}", f"{schema}.{content}.{mac}x", "a.b.c"):
        if forged:
            with pytest.raises(CursorForged):
                wang.pull(forged)


def test_a_cursor_from_before_a_restore_is_too_old(
    world: World, wang: Phone, households: list[str]
) -> None:
    _, page = drained(wang, None)
    with writing(world.engine) as conn:
        conn.execute(CounterRow.__table__.update().values(epoch="another"))  # type: ignore[attr-defined]  # SQLModel

    with pytest.raises(CursorOld) as old:
        wang.pull(page.cursor)

    assert old.value.code == "epoch"


def test_a_tombstone_reaches_the_phones(world: World, wang: Phone, households: list[str]) -> None:
    li = world.phone(LI)
    shadow, page = drained(li, None)
    wang.note(ChangeKind.DELETE, households[0], base=1)
    wang.send()

    world.apply(li.pull(page.cursor), shadow)

    assert shadow[households[0]].deleted
    assert world.record(households[0]).deleted
    assert TOWN not in shadow


def test_sums_of_the_parts_are_the_sum_of_the_grid(
    world: World, wang: Phone, households: list[str]
) -> None:
    households.sort()
    told = world.register.sums(wang.identity, GRID_A)
    inner = world.register.sums(wang.identity, GRID_A, after=households[2], upto=households[5])

    page = wang.pull(None, 100)
    assert sum(part.checksum for part in told.parts) % (1 << 64) == page.checksums[GRID_A]
    assert sum(part.records for part in told.parts) == 10
    assert [part.upto for part in told.parts] == [*households[:9], ""]
    assert [(part.upto, part.records) for part in inner.parts] == [
        (record, 1) for record in households[3:6]
    ]
    with pytest.raises(NotFound):
        world.register.sums(wang.identity, GRID_B)


def test_an_empty_range_is_one_part(world: World, wang: Phone, households: list[str]) -> None:
    told = world.register.sums(wang.identity, GRID_A, after=max(households))

    assert [(part.upto, part.records, part.checksum) for part in told.parts] == [("", 0, 0)]


def test_a_part_of_a_snapshot_ends_where_it_was_asked_to(
    world: World, wang: Phone, households: list[str]
) -> None:
    households.sort()
    page = msgspec.json.decode(
        world.register.snapshot(
            wang.identity, Range(GRID_A, after=households[2], upto=households[5])
        ),
        type=SnapshotPage,
    )

    assert [record.id for record in page.records] == households[3:6]
    assert (page.next, page.cursor) == (None, None)  # it is not the whole grid
