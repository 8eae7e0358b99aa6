"""Cursors that are forged, of somebody else, or from another time: answered precisely."""

from base64 import urlsafe_b64decode

import msgspec
import pytest

from server.register.cursors import Cursor, write_cursor
from server.register.forgetting import Keeping
from tests.server.a_town import ATown, add_east, make_town
from tests.server.api.caller import Caller, calling, enrol
from tests.server.api.sending import door, page, publish, pull, push, told

DAY_MS = 24 * 60 * 60 * 1000

pytestmark = pytest.mark.usefixtures("forms")


def content_of(cursor: str) -> Cursor:
    part = cursor.split(".")[1]
    return msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=Cursor)


def signed(town: ATown, cursor: Cursor) -> str:
    """As only the server can sign it."""
    return write_cursor(cursor, town.services.keys.cursor)


def test_a_cursor_with_another_content_under_its_signature_is_refused(
    town: ATown, caller: Caller
) -> None:
    device = enrol(town, "g1")
    good = page(pull(caller, device, None)).cursor
    other = write_cursor(content_of(good), b"x" * 32)
    swapped = ".".join((good.split(".")[0], other.split(".")[1] + "AA", good.split(".")[2]))

    answers = [pull(caller, device, cursor) for cursor in (other, swapped, "v9.a.b", "v1", "." * 9)]

    assert [told(answer) for answer in answers] == [(400, "bad_cursor")] * 5


def test_a_cursor_from_the_future_is_of_another_history(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    push(caller, device, door(device))
    now = content_of(page(pull(caller, device, None)).cursor)
    ahead = msgspec.structs.replace(now, grids={grid: seq + 1 for grid, seq in now.grids.items()})

    assert told(pull(caller, device, signed(town, ahead))) == (410, "epoch")
    assert page(pull(caller, device, signed(town, now))).records == []


def test_a_cursor_of_another_epoch_starts_over(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    now = content_of(page(pull(caller, device, None)).cursor)
    other = msgspec.structs.replace(now, epoch="0" * 16)

    assert told(pull(caller, device, signed(town, other))) == (410, "epoch")


def test_a_cursor_that_is_too_old_starts_over(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    push(caller, device, first := door(device, 1))
    old = page(pull(caller, device, None)).cursor
    device.took(first)
    push(caller, device, door(device, 2))
    town.clock.at += 400 * DAY_MS
    town.services.register.forget("east", Keeping())

    assert told(pull(caller, device, old)) == (410, "too_old")


def test_a_cursor_of_another_town_is_refused(town: ATown, caller: Caller) -> None:
    west = add_east(town.services, town.clock, "west")
    publish(town, "west")
    ours, theirs = enrol(town, "g1"), enrol(west, "g1")
    cursor = page(pull(caller, theirs, None)).cursor

    assert told(pull(caller, ours, cursor)) == (400, "bad_cursor")
    own = page(pull(caller, ours, None)).cursor
    assert told(pull(caller, ours, f"{own},{cursor}")) == (400, "bad_cursor")


def test_a_cursor_of_another_device_opens_no_other_grid(town: ATown, caller: Caller) -> None:
    ours, theirs = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    push(caller, ours, door(ours))
    push(caller, theirs, door(theirs))
    foreign = page(pull(caller, theirs, None)).cursor

    got = page(pull(caller, ours, foreign))

    ours_now = page(pull(caller, ours, None))
    assert [record.id for record in got.records] == [record.id for record in ours_now.records]
    assert content_of(got.cursor).grids.keys() == {ours.enrolled.grids[0].id}
    assert got.checksums.keys() == {ours.enrolled.grids[0].id}


def test_a_cursor_names_no_grid_that_its_device_may_not_hold(town: ATown, caller: Caller) -> None:
    device, theirs = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    push(caller, theirs, door(theirs))
    now = content_of(page(pull(caller, device, None)).cursor)
    wider = msgspec.structs.replace(now, grids={**now.grids, town.areas["g3"]: 0})

    got = page(pull(caller, device, signed(town, wider)))

    assert got.records == []
    assert town.areas["g3"] not in content_of(got.cursor).grids


def test_a_huge_cursor_is_refused(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    assert told(pull(caller, device, "v1." + "A" * 100_000 + ".B")) == (400, "bad_cursor")


def test_a_town_made_twice_has_cursors_of_its_own(town: ATown, caller: Caller) -> None:
    """Two servers with towns of one name: the cursor of one opens nothing at the other."""
    other = make_town(town.services.settings.home / "other")
    publish(other)
    ours, theirs = enrol(town, "g1"), enrol(other, "g1")
    with calling(other) as there:
        cursor = page(pull(there, theirs, None)).cursor

    assert told(pull(caller, ours, cursor)) == (400, "bad_cursor")
