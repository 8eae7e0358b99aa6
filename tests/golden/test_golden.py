"""Every message of protocol version 1 can be read and is answered as it was, for ever.

A test that fails here is never mended by changing a file in `v1`.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

import httpx
import msgspec
import pytest

from server.exports.whole import lines
from shared.changes import Change
from shared.codec import opened
from shared.forms.model import decode_form
from shared.wire import (
    Enrol,
    Enrolled,
    Page,
    Problem,
    Pull,
    Push,
    PushReply,
    SnapshotPage,
    Sums,
)
from tests.golden.stage import FOLDER, GRID, KEY, TOKEN, TOWN, WORKER, stage
from tests.server.a_town import ATown
from tests.server.api.caller import Caller, calling

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

KINDS: dict[str, type[msgspec.Struct]] = {
    "enrol": Enrol,
    "enrolled": Enrolled,
    "incarnation": Enrolled,
    "push": Push,
    "push_every_kind": Push,
    "push_least": Push,
    "push_newer": Push,
    "push_gap": Push,
    "push_reply": PushReply,
    "push_every_kind_reply": PushReply,
    "push_least_reply": PushReply,
    "push_newer_reply": PushReply,
    "pull": Pull,
    "pull_least": Pull,
    "pull_short": Pull,
    "page": Page,
    "page_short": Page,
    "snapshot_page": SnapshotPage,
    "snapshot_page_short": SnapshotPage,
    "snapshot_page_last": SnapshotPage,
    "sums": Sums,
    "problem_gap": Problem,
    "problem_bad_cursor": Problem,
}
CHANGING = frozenset({"cursor", "token", "device", "town_key", "limits", "forms", "words"})
"""What is another one in each town, or may be said otherwise; only its type must stay."""
IN_ORDER = ("push", "push_every_kind", "push_least", "push_newer")
HOUSEHOLD, NEWER = (f"0199b0a0-0000-7000-8000-{n:012d}" for n in (1, 3))


def said(name: str) -> Json:
    read: Json = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


def body(name: str) -> bytes:
    """As version 1 sent it: the bytes that were hashed and signed."""
    return json.dumps(said(name), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    return stage(tmp_path)


@pytest.fixture
def caller(town: ATown) -> Iterator[Caller]:
    with calling(town) as made:
        yield made


def headers(content: bytes) -> dict[str, str]:
    signature = b64encode(KEY.sign(sha256(content).digest())).decode()
    return {"Authorization": f"Bearer {TOKEN}", "Doorstep-Signature": signature}


def post(caller: Caller, path: str, name: str) -> httpx.Response:
    content = body(name)
    return caller.post(path, content=content, headers=headers(content))


def push_all(caller: Caller) -> None:
    for name in IN_ORDER:
        assert post(caller, "/v1/push", name).status_code == 200


def lacks(now: Json, then: Json, place: str = "") -> list[str]:
    """Where today's answer lacks, or contradicts, what a client of version 1 reads."""
    if isinstance(then, dict):
        if not isinstance(now, dict):
            return [place]
        found: list[str] = []
        for key, value in then.items():
            where = f"{place}/{key}"
            if key not in now:
                found.append(where)
            elif key in CHANGING:
                found += [] if type(now[key]) is type(value) else [where]
            else:
                found += lacks(now[key], value, where)
        return found
    if isinstance(then, list):
        if not isinstance(now, list) or len(now) != len(then):
            return [place]
        pairs = enumerate(zip(now, then, strict=True))
        return [fault for n, (a, b) in pairs for fault in lacks(a, b, f"{place}/{n}")]
    return [] if now == then else [f"{place}: {now!r} not {then!r}"]


def test_every_file_is_tried() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == KINDS.keys() | {"form"}


@pytest.mark.parametrize("name", KINDS)
def test_the_message_can_be_read_and_loses_nothing(name: str) -> None:
    read = msgspec.json.decode(body(name), type=KINDS[name])

    again: Json = json.loads(msgspec.json.encode(read))
    known = said(name)
    if name == "push_newer":
        assert isinstance(known, dict)
        del known["sparkle"]  # a field of tomorrow is passed over
    assert lacks(_with_defaults(again, known), known) == []


def _with_defaults(again: Json, known: Json) -> Json:
    """Fields that stand at their default are left out when written; they were read all the same."""
    if isinstance(again, dict) and isinstance(known, dict):
        return (
            {key: None for key, value in known.items() if value is None}
            | {key: _with_defaults(value, known.get(key)) for key, value in again.items()}
            | {key: value for key, value in known.items() if key not in again and not value}
        )
    return again


@pytest.mark.parametrize("name", [name for name in KINDS if KINDS[name] is Push])
def test_each_change_can_be_read(name: str) -> None:
    push = msgspec.json.decode(body(name), type=Push)

    changes = [msgspec.json.decode(raw, type=Change) for raw in push.changes]

    assert [change.n for change in changes] == sorted(change.n for change in changes)
    assert {change.worker for change in changes} == {WORKER}


@pytest.mark.parametrize(
    "name", ["page", "page_short", "snapshot_page_last", "snapshot_page_short"]
)
def test_each_record_can_be_opened(name: str) -> None:
    page = msgspec.json.decode(body(name), type=KINDS[name])
    assert isinstance(page, Page | SnapshotPage)

    records = {record.id: opened(record) for record in page.records}

    assert records[HOUSEHOLD].units["phone"][0].value == "13900010002"
    assert records[NEWER].units["question_of_tomorrow"][0].value == {"nested": [1, 2, {"x": None}]}
    assert {record.grid for record in records.values()} == {GRID}


def test_the_form_can_be_read() -> None:
    form = decode_form(body("form"))

    assert (form.kind, form.version) == ("dwelling", "1")


def test_every_push_is_answered_as_it_was(town: ATown, caller: Caller) -> None:
    for name in IN_ORDER:
        reply = post(caller, "/v1/push", name)

        assert reply.status_code == 200, reply.text
        assert lacks(reply.json(), said(f"{name}_reply")) == []
    gap = post(caller, "/v1/push", "push_gap")
    assert gap.status_code == 409
    assert lacks(gap.json(), said("problem_gap")) == []


def test_pull_and_snapshot_are_answered_as_they_were(town: ATown, caller: Caller) -> None:
    push_all(caller)

    pulled = post(caller, "/v1/pull", "pull")
    least = post(caller, "/v1/pull", "pull_least")
    first = caller.get(f"/v1/snapshot?grid={GRID}&limit=2", headers=headers(b""))
    whole = caller.get(f"/v1/snapshot?grid={GRID}", headers=headers(b""))
    sums = caller.get(f"/v1/sums?grid={GRID}", headers=headers(b""))

    assert lacks(pulled.json(), said("page")) == []
    assert lacks(least.json(), said("page")) == []
    assert lacks(first.json(), said("snapshot_page")) == []
    assert lacks(whole.json(), said("snapshot_page_last")) == []
    assert lacks(sums.json(), said("sums")) == []


def test_short_records_are_given_to_who_asks_for_them_as_they_were(
    town: ATown, caller: Caller
) -> None:
    push_all(caller)

    pulled = post(caller, "/v1/pull", "pull_short")
    whole = caller.get(f"/v1/snapshot?grid={GRID}&short=true", headers=headers(b""))

    assert lacks(pulled.json(), said("page_short")) == []
    assert lacks(whole.json(), said("snapshot_page_short")) == []


def test_enrolment_and_incarnation_are_answered_as_they_were(town: ATown, caller: Caller) -> None:
    asked = said("enrol")
    assert isinstance(asked, dict)
    asked["code"] = town.code(WORKER)
    push_all(caller)

    enrolled = caller.post("/v1/enrol", content=json.dumps(asked).encode())
    incarnation = caller.post("/v1/incarnation", content=b"{}", headers=headers(b"{}"))

    assert lacks(enrolled.json(), said("enrolled")) == []
    assert lacks(incarnation.json(), said("incarnation")) == []


def test_a_cursor_that_cannot_be_read_is_refused_as_it_was(town: ATown, caller: Caller) -> None:
    reply = caller.post("/v1/pull", content=b'{"cursor":"v1.x.y"}', headers=headers(b""))

    assert reply.status_code == 400
    assert lacks(reply.json(), said("problem_bad_cursor")) == []


def test_a_unit_of_a_form_of_tomorrow_is_kept_exported_and_given_back(
    town: ATown, caller: Caller
) -> None:
    push_all(caller)

    kept = town.services.register.record(TOWN, NEWER)
    assert kept is not None
    exported = {line.id: line for line, _ in lines(town.services, TOWN)}
    page = msgspec.json.decode(post(caller, "/v1/pull", "pull").content, type=Page)
    pulled = {record.id: record for record in page.records}

    tomorrow = {"nested": [1, 2, {"x": None}]}
    assert kept.units["question_of_tomorrow"][0].value == tomorrow
    assert exported[NEWER].answers["question_of_tomorrow"] == tomorrow
    assert pulled[NEWER].u["question_of_tomorrow"][0][0] == tomorrow
    assert town.services.register.verify(TOWN).well
