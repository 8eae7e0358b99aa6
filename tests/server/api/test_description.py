"""The API's description is true, and asks nothing of any other server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from server.api.examples import EXAMPLES
from server.api.schema import MESSAGES, schemas
from shared.changes import Change
from shared.wire import Push
from tests.server.a_town import make_town
from tests.server.api.caller import Caller, calling


@pytest.fixture
def document(caller: Caller) -> dict[str, Any]:
    found: dict[str, Any] = caller.get("/openapi.json").json()
    return found


def test_every_address_is_described(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {
        "/v1/enrol",
        "/v1/rescue",
        "/v1/wiped",
        "/v1/incarnation",
        "/v1/push",
        "/v1/pull",
        "/v1/snapshot",
        "/v1/sums",
        "/v1/admin/me",
        "/v1/admin/records/{record}",
        "/v1/admin/records/{record}/history",
        "/v1/admin/records/{record}/changes",
        "/v1/admin/records/{record}/restore",
        "/v1/admin/conflicts",
        "/v1/admin/conflicts/{conflict}",
        "/v1/admin/conflicts/{conflict}/decision",
        "/v1/admin/conflicts/{conflict}/question",
        "/v1/admin/duplicates",
        "/v1/admin/duplicates/merge",
        "/v1/admin/duplicates/unmerge",
        "/v1/admin/duplicates/not-the-same",
        "/v1/admin/quarantine",
        "/v1/admin/quarantine/{device}/{n}",
        "/v1/admin/quarantine/{device}/{n}/release",
        "/v1/admin/quarantine/{device}/{n}/correction",
        "/v1/admin/quarantine/{device}/{n}/return",
        "/v1/admin/quarantine/{device}/{n}/rejection",
        "/v1/admin/exports",
        "/v1/admin/exports/{export}",
        "/v1/admin/exports/{export}/decision",
        "/v1/admin/exports/{export}/file",
        "/v1/carry-over",
        "/v1/forms/{kind}/{version}",
        "/v1/uploads",
        "/v1/uploads/{upload}",
        "/v1/files/{sha256}",
        "/healthz",
        "/metrics",
    }


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    jsonschema_rs.meta.validate({"$defs": document["components"]["schemas"]})


def test_every_example_is_what_its_schema_says(document: dict[str, Any]) -> None:
    checked = 0
    for media in _media(document):
        if "example" in media:
            schema = media["schema"] | {"components": document["components"]}
            jsonschema_rs.validate(schema, media["example"])
            checked += 1

    assert checked > 20


def test_a_wrong_example_would_be_noticed(document: dict[str, Any]) -> None:
    media = document["paths"]["/v1/push"]["post"]["requestBody"]["content"]["application/json"]
    schema = media["schema"] | {"components": document["components"]}
    wrong = json.loads(json.dumps(media["example"]))
    wrong["changes"][0]["n"] = "eight"

    assert not jsonschema_rs.is_valid(schema, wrong)


def test_every_message_has_an_example_that_the_program_reads() -> None:
    for message in MESSAGES:
        if message.__name__ == "Form":
            continue  # long; the built-in ones are examples
        example = msgspec.json.encode(EXAMPLES[message.__name__])
        assert type(msgspec.json.decode(example, type=message)) is message
    push = EXAMPLES["Push"]
    assert isinstance(push, Push)
    assert msgspec.json.decode(push.changes[0], type=Change).units


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document)))

    assert named <= set(document["components"]["schemas"])
    assert {"Push", "Change", "Page", "PackedRecord"} <= set(schemas())


def test_the_page_of_the_description_loads_nothing(caller: Caller) -> None:
    page = caller.get("/docs").text

    assert "/v1/push" in page
    assert not re.search(r"<script|<link|<img|src=|@import|url\(", page)


def test_in_production_nothing_is_described(tmp_path: Path) -> None:
    live = make_town(tmp_path, production=True)
    with calling(live) as caller:
        told = {path: caller.get(path).status_code for path in ("/docs", "/openapi.json", "/redoc")}

    assert set(told.values()) == {404}


def _media(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            parts = [operation.get("requestBody", {}), *operation["responses"].values()]
            for part in parts:
                yield from part.get("content", {}).values()
