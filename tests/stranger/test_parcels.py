"""What goes wrong, photos, and work that travels by hand: by the document alone."""

import sqlite3
from pathlib import Path

import httpx

from server.commands.keeping import renew
from tests.media import photo
from tests.server.a_town import ATown
from tests.stranger.client import Client, values_of
from tests.stranger.enrolling import agrees, enrolled
from tests.stranger.parcels import address, bring, carry_over, download, mend, upload


def test_a_server_restored_from_a_backup_is_given_again_what_it_lost(
    town: ATown, http: httpx.Client, tmp_path: Path
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    old = one.create("household", head_name="备份前")
    one.push()
    other.pull()
    with sqlite3.connect(tmp_path / "doorstep.db") as here, sqlite3.connect(":memory:") as kept:
        here.backup(kept)
        lost = one.create("household", head_name="备份后")
        one.push()
        one.pull()
        other.pull()
        kept.backup(here)
    renew(town.services)
    mine = one.create("household", head_name="恢复后")

    one.pull()
    other.pull()

    assert set(one.records) == set(other.records) == {old, lost, mine}
    assert agrees(one)
    assert agrees(other)
    assert town.services.register.verify("east").changes == 3


def test_a_gap_where_the_histories_part_takes_a_new_id(town: ATown, http: httpx.Client) -> None:
    one = enrolled(town, http, "W1")
    copy = Client(http, key=one.key, me=dict(one.me))
    one.create("household", head_name="原件")
    one.push()
    kept = [copy.create("household", head_name=f"副本{n}") for n in range(3)]
    copy.answered = 2  # it believes so

    copy.push()
    copy.pull()

    assert copy.me["device"] != one.me["device"]
    assert set(copy.records) > set(kept[1:])
    assert agrees(copy)


def test_what_differs_is_found_by_halving_and_taken_again(town: ATown, http: httpx.Client) -> None:
    one = enrolled(town, http, "W1")
    made = sorted(one.create("household", head_name=f"户{n}") for n in range(300))
    one.push()
    one.pull()
    grid = one.me["grids"][0]["id"]
    good = dict(one.records)
    del one.records[made[7]]
    one.records[made[150]] = one.records[made[150]] | {"version": 1}
    stray = made[299][:-1] + "z"
    one.records[stray] = one.records[made[299]] | {"id": stray}

    taken = mend(one, grid)

    assert one.records == good
    assert agrees(one)
    assert 0 < taken < 60  # and not the whole grid


def test_a_photo_goes_in_parts_and_comes_to_whom_the_record_comes(
    town: ATown, http: httpx.Client
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    picture = photo()
    named = address(picture, "image/jpeg")
    household = one.create("household", head_name="李芳", newer_photo=named)
    one.push()
    other.pull()
    [told] = values_of(other.records[household], "newer_photo")
    before = download(other, told["sha256"])

    parts = upload(one, picture, part=len(picture) // 3 + 1)

    assert (before, parts) == (None, 3)
    assert download(other, told["sha256"]) == picture
    assert upload(other, picture, part=1000) == 0  # it is there already


def test_work_that_travels_by_hand_arrives_once(town: ATown, http: httpx.Client) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    made = [one.create("household", head_name=f"户{n}") for n in range(3)]
    file = carry_over(one)

    taken = [bring(other, file), bring(other, file)]
    one.push()
    other.pull()

    assert taken == [3, 0]
    assert [one.results[n]["outcome"] for n in (1, 2, 3)] == ["applied"] * 3
    assert set(other.records) == set(made)
    assert town.services.register.verify("east").changes == 3
