"""Schemathesis makes requests from the API's description: each answer is one that it describes.

No fault of the server, no status, no content type and no shape that the document does not name.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as described

from server.api.context import ApiLimits
from server.forms.builtin import builtin_forms
from server.limits import Rate
from tests.server.a_town import ATown
from tests.server.api.caller import Caller, Device, calling, enrol

Operation: TypeAlias = "schemathesis.APIOperation[Any, Any, Any, Any]"
PART_OF_A_FILE = "application/offset+octet-stream"
HOST = "http://doorstep.test"
OWN_HEADERS = ("Content-Length", "Authorization", "Doorstep-Signature")
PATIENT = ApiLimits(enrolments=Rate(10**6, 1000))
REQUESTS = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    checks.not_a_server_error,
    described.status_code_conformance,
    described.content_type_conformance,
    described.response_schema_conformance,
]


@pytest.fixture(scope="module", autouse=True)
def _parts_of_a_file_are_bytes() -> None:
    schemathesis.serializer.alias(PART_OF_A_FILE, "application/octet-stream")


@pytest.fixture
def caller(town: ATown) -> Iterator[Caller]:
    for form in builtin_forms().values():
        town.services.register.publish_form("east", form)
    with calling(town, PATIENT) as made:
        yield made


def test_every_answer_is_one_that_the_description_names(town: ATown, caller: Caller) -> None:
    document = caller.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    for number, found in enumerate(schema.get_all_operations()):
        assert isinstance(found, Ok)
        _ask(caller, enrol(town, "g1", staff_no=f"W{number}"), found.ok())


def _ask(caller: Caller, device: Device, operation: Operation) -> None:
    """Requests of one kind. A device of its own: one of them gives it another id."""
    asked = []

    @REQUESTS
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        asked.append(case)
        case.validate_response(_sent(caller, device, case), checks=CHECKS)

    ask()
    assert asked


def _sent(caller: Caller, device: Device, case: schemathesis.Case[Any]) -> httpx.Response:
    """The request, signed by a device that may ask."""
    asked: dict[str, Any] = case.as_transport_kwargs(base_url=HOST)
    asked.pop("cookies", None)
    prepared = requests.Request(**asked).prepare()
    body = prepared.body or b""
    content = body.encode() if isinstance(body, str) else body
    assert isinstance(content, bytes)
    headers = {k: str(value) for k, value in prepared.headers.items() if k not in OWN_HEADERS}
    path = str(prepared.url).removeprefix(HOST)
    return caller.call(
        str(prepared.method), path, content=content, headers=headers | device.signed(content)
    )
