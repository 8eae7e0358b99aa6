"""The core questions of grid work: cases and their steps, reports, entries, findings, rules."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.forms.core_question import (
    DATE,
    HIDDEN,
    INTEGER,
    MOMENT,
    ONE,
    TEXT,
    CoreQuestion,
    one_of,
    record_of,
)

URGENCY = one_of("normal", "urgent", "emergency")
YES_NO = one_of("yes", "no")

CASE: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "case_kind": one_of(
            "hazard", "dispute", "livelihood", "facility", "service_request", "rental", "inflow",
            "maternal", "other",
        ),
        "must_report": one_of("hazard", "maternal", "inflow", "rental", "facility"),
        "text": CoreQuestion(TEXT),
        "urgency": URGENCY,
        "household": record_of("household"),
        "place": CoreQuestion(TEXT),
        "facility": record_of("facility"),
        "discovered_at": CoreQuestion(MOMENT),
        "consent": YES_NO,
    }
)  # fmt: skip

_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "action": one_of(
            "accept", "handle", "consult", "escalate", "return", "transfer", "ask", "extend",
            "suspend", "resume", "close", "verify", "reopen", "return_visit", "withdraw",
            "duplicate", "note",
        ),
        "level": CoreQuestion(HIDDEN),
        "post": CoreQuestion(HIDDEN),
        "turn": CoreQuestion(HIDDEN),
        "after": CoreQuestion(HIDDEN),
        "on_spot": CoreQuestion(HIDDEN),
        "reason": CoreQuestion(TEXT),
        "to": one_of("mediator"),
        "until": CoreQuestion(DATE),
        "result": one_of("ok", "not_ok"),
        "text": CoreQuestion(TEXT),
    }
)  # fmt: skip

CASE_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        **_STEP,
        "case": record_of("case"),
        "same_as": record_of("case"),
        "outcome": one_of("agreed", "partial", "failed", "withdrawn"),
    }
)

PROTECTION: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "household": record_of("household"),
        "urgency": URGENCY,
        "text": CoreQuestion(TEXT),
        "case_kind": CoreQuestion(HIDDEN),
        "discovered_at": CoreQuestion(MOMENT),
    }
)

PROTECTION_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        **_STEP,
        "case": record_of("protection"),
        "same_as": record_of("protection"),
    }
)

NIL_OR_HAS = one_of("nil", "has")
NIL_REPORT: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "period": CoreQuestion(HIDDEN),
        **dict.fromkeys(
            ("hazard", "dispute", "livelihood", "facility", "newcomer", "other"), NIL_OR_HAS
        ),
        "text": CoreQuestion(TEXT),
        "excuse": CoreQuestion(HIDDEN),
    }
)

DIARY: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "day": CoreQuestion(DATE),
        "household": record_of("household"),
        "text": CoreQuestion(TEXT),
        "follow_up": CoreQuestion(DATE),
    }
)

PATROL: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "at": CoreQuestion(MOMENT),
        "places": CoreQuestion(TEXT),
        "found": one_of("nothing", "something"),
        "text": CoreQuestion(TEXT),
    }
)

FACILITY_STATE = one_of("good", "damaged", "removed")
FACILITY: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "facility_kind": CoreQuestion(ONE),
        "name": CoreQuestion(TEXT),
        "place": CoreQuestion(TEXT),
        "state": FACILITY_STATE,
        "checked_on": CoreQuestion(DATE),
    }
)

FACILITY_CHECK: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "facility": record_of("facility"),
        "at": CoreQuestion(MOMENT),
        "state": FACILITY_STATE,
        "text": CoreQuestion(TEXT),
    }
)

FINDING: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "inspection": CoreQuestion(HIDDEN),
        "task": CoreQuestion(HIDDEN),
        "household": record_of("household"),
        "case": record_of("case"),
        "severity": one_of("fine", "minor", "major", "serious", "not_met"),
        "text": CoreQuestion(TEXT),
        "reply": CoreQuestion(TEXT),
    }
)

FEEDBACK: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "feedback_kind": one_of("complaint", "suggestion", "fault"),
        "text": CoreQuestion(TEXT),
        "answer": CoreQuestion(HIDDEN),
    }
)

WORK_RULES: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "rhythm": one_of("none", "daily", "weekly"),
        "hours_emergency": CoreQuestion(INTEGER),
        "days_dispute": CoreQuestion(INTEGER),
        "closes": CoreQuestion(TEXT),
        "days_off": CoreQuestion(TEXT),
        "days_on": CoreQuestion(TEXT),
        "maternal": YES_NO,
    }
)
