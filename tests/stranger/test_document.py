"""docs/protocol.md is whole: it names every address, field and code that a client may meet."""

import re
from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from server.app import app_of
from server.register.reasons import REASONS
from shared.changes import Change, ChangeKind
from shared.clock import Reading
from shared.codec import PackedRecord
from shared.files import FileLimits, FileRef
from shared.forms.model import Choice, Form, Group, Question, QuestionType, Repeat
from shared.merge import Outcome
from shared.policies import Policy
from shared.rescue import AskRescue, Rescue, RescueState, Wiped
from shared.wire import (
    Area,
    Begun,
    CarriedReply,
    Enrol,
    Enrolled,
    Gone,
    Limits,
    Page,
    PartSum,
    Problem,
    Pull,
    Push,
    PushReply,
    Report,
    Result,
    SnapshotPage,
    Sums,
)
from tests.server.a_town import make_town

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
MESSAGES = (
    Area, AskRescue, Begun, CarriedReply, Change, Choice, Enrol, Enrolled, FileLimits, FileRef,
    Form, Gone, Group, Limits, PackedRecord, Page, PartSum, Problem, Pull, Push, PushReply,
    Question, Reading, Repeat, Report, Rescue, Result, SnapshotPage, Sums, Wiped,
)  # fmt: skip
NOT_SENT = frozenset({"unsupported"})
"""What a client makes of a type that it does not know."""


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_field_is_named(message: type[msgspec.Struct]) -> None:
    names = set(message.__struct_encode_fields__)

    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", TEXT)} == set()


@pytest.mark.parametrize("kinds", [ChangeKind, Policy, QuestionType, Outcome, RescueState])
def test_every_kind_is_named(kinds: type[StrEnum]) -> None:
    values = {str(kind) for kind in kinds} - NOT_SENT

    assert {value for value in values if f"`{value}`" not in TEXT} == set()


def test_every_reason_why_a_change_is_not_taken_is_named() -> None:
    assert {code for code in REASONS if f"`{code}`" not in TEXT} == set()


def test_every_address_of_a_device_is_named(tmp_path: Path) -> None:
    paths = app_of(make_town(tmp_path).services).openapi()["paths"]

    told = re.sub(r"[<{](\w+)[>}]", "{}", TEXT)
    asked = {
        re.sub(r"\{\w+\}", "{}", path)
        for path in paths
        if path.startswith("/v1/") and not path.startswith("/v1/admin")
    }
    assert len(asked) > 10
    assert {path for path in asked if path not in told} == set()
