"""Who has only docs/protocol.md can write a client that works: this one was."""

import ast
import re
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from server.office.assignments import assign, assignments, end_assignment
from server.register.forgetting import DAY_MS, Keeping
from shared.codec import opened
from shared.wire import Page, Pull, Push, PushReply, checksum
from tests.server.a_town import ATown
from tests.stranger.client import Client, RefusedError, grid_of, values_of
from tests.stranger.enrolling import agrees, enrolled

LIBRARIES = {"httpx", "zstandard", "cryptography"}
CLIENT = [Path(__file__).with_name(name) for name in ("client.py", "parcels.py")]
OWN = "tests.stranger.client"
PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_it_imports_nothing_of_ours() -> None:
    imported = set()
    for file in CLIENT:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module != OWN:
                imported.add(str(node.module).split(".")[0])

    assert imported - set(sys.stdlib_module_names) == LIBRARIES


def test_two_strangers_work_together(town: ATown, http: httpx.Client) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    household = one.create("household", head_name="李芳", phone="13900010001")
    one.push()
    other.first_sync()
    other.pull()

    other.set(household, phone="13900010002")
    other.push()
    one.pull()

    assert one.results[1]["outcome"] == "applied"
    assert values_of(one.records[household], "phone") == ["13900010002"]
    assert agrees(one)
    assert agrees(other)


def test_two_answers_to_one_question_are_told_as_a_conflict(
    town: ATown, http: httpx.Client
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    household = one.create("household", head_name="李芳", phone="13900010001")
    one.push()
    for client in (one, other):
        client.pull()
    one.set(household, phone="13900010002")
    other.set(household, phone="13900010003")

    one.push()
    other.push()
    other.pull()

    assert other.results[1]["outcome"] == "conflict"
    assert other.results[1]["units"] == ["phone"]
    assert sorted(values_of(other.records[household], "phone")) == ["13900010002", "13900010003"]


def test_a_snapshot_comes_in_pages_and_pulling_goes_on_from_it(
    town: ATown, http: httpx.Client
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2", "g1", "g2")
    for n in range(25):
        one.create("household", head_name=f"户{n}")
    one.push()

    other.first_sync(limit=4)
    more = one.create("household", head_name="后来")
    one.push()
    other.pull(limit=3)

    assert len(other.records) == 26
    assert more in other.records
    assert len(other.checksums) == 2
    assert agrees(other)


def test_a_push_larger_than_the_limits_goes_in_parts(town: ATown, http: httpx.Client) -> None:
    one = enrolled(town, http, "W1")
    for n in range(1100):
        one.create("household", head_name=f"户{n}")

    one.push()
    one.pull()

    assert one.answered == 1100
    assert len(one.records) == 1100
    assert agrees(one)


def test_a_gap_is_filled_and_an_answer_that_was_lost_changes_nothing(
    town: ATown, http: httpx.Client
) -> None:
    one = enrolled(town, http, "W1")
    for n in range(3):
        one.create("household", head_name=f"户{n}")
    one.push()
    one.answered = 0  # its answer was lost
    one.push()
    for n in range(3):
        one.create("household", head_name=f"又{n}")
    one.answered = 5  # it believes that two of them have arrived

    one.push()

    assert one.answered == 6
    assert town.services.register.verify("east").changes == 6


def test_a_restored_phone_goes_on_under_a_new_id(town: ATown, http: httpx.Client) -> None:
    one = enrolled(town, http, "W1")
    backup = Client(http, key=one.key, me=dict(one.me))
    one.create("household", head_name="备份后")
    one.push()
    kept = backup.create("household", head_name="恢复后")

    backup.push()
    backup.pull()

    assert backup.me["device"] != one.me["device"]
    assert len(backup.records) == 2
    assert values_of(backup.records[kept], "head_name") == ["恢复后"]


def test_a_change_that_waits_for_its_record_is_told_when_it_was_taken(
    town: ATown, http: httpx.Client
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    household = one.create("household", head_name="李芳")
    other.records[household] = {"kind": "household", "version": 0}
    other.set(household, phone="13900010001")
    other.push()
    one.push()

    assert other.results[1]["outcome"] == "held"
    assert other.ask_about(1)["outcome"] == "merged"


def test_a_grid_that_was_taken_from_a_worker_is_answered_no_more(
    town: ATown, http: httpx.Client
) -> None:
    one = enrolled(town, http, "W1")
    one.create("household", head_name="李芳")
    one.push()
    old = one.me["grids"][0]["id"]
    town.clock.at += 1000
    with town.act() as act:
        [duty] = assignments(act.conn, act.who, one.me["worker"])
        end_assignment(act, duty.id)
        assign(act, one.me["worker"], town.areas["g2"])

    one.pull()

    assert one.checksums.keys() == {town.areas["g2"]}
    assert one.records == {}
    with pytest.raises(RefusedError) as refused:
        one.snapshot(old, 10)
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_cursor_that_is_too_old_starts_over_with_the_outbox_first(
    town: ATown, http: httpx.Client
) -> None:
    one, other = enrolled(town, http, "W1"), enrolled(town, http, "W2")
    first = one.create("household", head_name="李芳")
    one.push()
    other.pull()
    one.pull()
    one.save(
        {
            "kind": "delete",
            "record": first,
            "record_kind": "household",
            "base": one.records[first]["version"],
        }
    )
    one.push()
    town.clock.at += 500 * DAY_MS
    town.services.register.forget("east", Keeping())
    mine = other.create("household", head_name="久未同步")

    other.pull()

    assert set(other.records) == {mine}
    assert grid_of(other.records[mine]) == other.me["grids"][0]["id"]
    assert agrees(other)


def test_a_wrong_code_is_refused_with_words(town: ATown, http: httpx.Client) -> None:
    with pytest.raises(RefusedError) as refused:
        Client(http).enrol("K7Q2-9FHM-3XWP")

    assert refused.value.status == 401
    assert refused.value.problem["words"]["zh"]


def test_the_documents_examples_are_true() -> None:
    text = PROTOCOL.read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    kinds = (Push, PushReply, Pull, Page)

    read = [
        msgspec.json.decode(block, type=kind) for block, kind in zip(blocks, kinds, strict=True)
    ]

    page = read[3]
    assert isinstance(page, Page)
    (record,) = page.records
    assert opened(record).grid == page.grids[0].id
    assert len(opened(record).units["phone"]) == 2
    assert page.checksums == {page.grids[0].id: checksum(record.id, record.version)}
