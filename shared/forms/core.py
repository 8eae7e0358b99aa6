"""The core questions: what the product itself must know by name, kind by kind.

A form of a kind must have them; more it may have as it likes. Choices named here are those that
the code acts on; a list may offer more.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from shared.forms.model import QuestionType

TEXT = QuestionType.TEXT
ONE = QuestionType.SELECT_ONE
MANY = QuestionType.SELECT_MULTIPLE
DATE = QuestionType.DATE
INTEGER = QuestionType.INTEGER
MOMENT = QuestionType.DATE_TIME
RECORD = QuestionType.REFERENCE
HIDDEN = QuestionType.HIDDEN


class CoreQuestion(Struct, frozen=True):
    """What a core question must be."""

    type: QuestionType
    choices: frozenset[str] = frozenset()
    """Codes that its list must have."""
    reference: str = ""
    """The kind of record it refers to."""


def _one(*codes: str) -> CoreQuestion:
    return CoreQuestion(ONE, frozenset(codes))


def _record(kind: str) -> CoreQuestion:
    return CoreQuestion(RECORD, reference=kind)


DWELLING: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "code": CoreQuestion(TEXT),
        "plate": CoreQuestion(TEXT),
        "address": CoreQuestion(TEXT),
        "building": CoreQuestion(TEXT),
        "unit_no": CoreQuestion(TEXT),
        "floor": CoreQuestion(INTEGER),
        "room": CoreQuestion(TEXT),
        "use": _one("residential", "business", "mixed", "other"),
        "status": _one("occupied", "vacant", "unknown", "demolished", "merged"),
        "plate_bound": _one("yes", "no"),
        "location": CoreQuestion(QuestionType.GEOPOINT),
        "access_note": CoreQuestion(TEXT),
    }
)

HOUSEHOLD: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "dwelling": _record("dwelling"),
        "head_name": CoreQuestion(TEXT),
        "household_no": CoreQuestion(TEXT),
        "tenure": _one("own", "rented", "borrowed", "employer", "public_rental", "other"),
        "household_kind": _one(
            "registered_here", "lives_here", "registered_elsewhere", "floating", "collective"
        ),
        "people_count": CoreQuestion(INTEGER),
        "phone": CoreQuestion(TEXT),
        "landlord_name": CoreQuestion(TEXT),
        "landlord_phone": CoreQuestion(TEXT),
        "lease_until": CoreQuestion(DATE),
        "registered_address": CoreQuestion(TEXT),
        "living_since": CoreQuestion(DATE),
        "marks": CoreQuestion(MANY),
        "visit_policy": _one("normal", "appointment", "phone_only", "no_visits"),
        "no_visits_until": CoreQuestion(DATE),
        "preferred_time": CoreQuestion(TEXT),
        "access_note": CoreQuestion(TEXT),
        "needs": CoreQuestion(TEXT),
        "emergency_contact": CoreQuestion(TEXT),
        "last_seen": CoreQuestion(DATE),
    }
)

RESIDENT: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "household": _record("household"),
        "name": CoreQuestion(TEXT),
        "relation": CoreQuestion(ONE),
        "sex": CoreQuestion(ONE),
        "birth_date": CoreQuestion(DATE),
        "id_number": CoreQuestion(TEXT),
        "phone": CoreQuestion(TEXT),
        "status": _one("living_here", "moved", "died"),
        "registration_type": CoreQuestion(ONE),
        "marital": CoreQuestion(ONE),
        "education": CoreQuestion(ONE),
        "party_member": CoreQuestion(ONE),
        "employment": CoreQuestion(ONE),
        "pension": CoreQuestion(ONE),
        "medical": CoreQuestion(ONE),
        "retirement": CoreQuestion(ONE),
        "disability": CoreQuestion(ONE),
        "assistance": CoreQuestion(ONE),
        "care": CoreQuestion(MANY),
        "veteran": CoreQuestion(ONE),
        "emergency_contact": CoreQuestion(TEXT),
        "note": CoreQuestion(TEXT),
    }
)

VISIT: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "household": _record("household"),
        "dwelling": _record("dwelling"),
        "started": CoreQuestion(MOMENT),
        "ended": CoreQuestion(MOMENT),
        "mode": _one("door", "phone", "office", "video"),
        "outcome": _one(
            "done",
            "partly_done",
            "nobody_home",
            "refused",
            "moved_away",
            "vacant",
            "wrong_address",
            "postponed",
            "unsafe",
        ),
        "reason": _one("emergency", "resident_asked", "other"),
        "corrects": _record("visit"),
        "persons_met": CoreQuestion(TEXT),
        "notices_given": CoreQuestion(MANY),
        "confirmed_unchanged": _one("yes", "no"),
        "needs": CoreQuestion(TEXT),
        "note": CoreQuestion(TEXT),
        "next_visit": CoreQuestion(DATE),
    }
)

URGENCY = _one("normal", "urgent", "emergency")
YES_NO = _one("yes", "no")

CASE: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "case_kind": _one(
            "hazard", "dispute", "livelihood", "facility", "service_request", "rental", "inflow",
            "maternal", "other",
        ),
        "must_report": _one("hazard", "maternal", "inflow", "rental", "facility"),
        "text": CoreQuestion(TEXT),
        "urgency": URGENCY,
        "household": _record("household"),
        "place": CoreQuestion(TEXT),
        "facility": _record("facility"),
        "discovered_at": CoreQuestion(MOMENT),
        "consent": YES_NO,
    }
)  # fmt: skip

_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "action": _one(
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
        "to": _one("mediator"),
        "until": CoreQuestion(DATE),
        "result": _one("ok", "not_ok"),
        "text": CoreQuestion(TEXT),
    }
)  # fmt: skip

CASE_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        **_STEP,
        "case": _record("case"),
        "same_as": _record("case"),
        "outcome": _one("agreed", "partial", "failed", "withdrawn"),
    }
)

PROTECTION: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "household": _record("household"),
        "urgency": URGENCY,
        "text": CoreQuestion(TEXT),
        "case_kind": CoreQuestion(HIDDEN),
        "discovered_at": CoreQuestion(MOMENT),
    }
)

PROTECTION_STEP: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        **_STEP,
        "case": _record("protection"),
        "same_as": _record("protection"),
    }
)

NIL_OR_HAS = _one("nil", "has")
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
        "household": _record("household"),
        "text": CoreQuestion(TEXT),
        "follow_up": CoreQuestion(DATE),
    }
)

PATROL: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "at": CoreQuestion(MOMENT),
        "places": CoreQuestion(TEXT),
        "found": _one("nothing", "something"),
        "text": CoreQuestion(TEXT),
    }
)

FACILITY_STATE = _one("good", "damaged", "removed")
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
        "facility": _record("facility"),
        "at": CoreQuestion(MOMENT),
        "state": FACILITY_STATE,
        "text": CoreQuestion(TEXT),
    }
)

FEEDBACK: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "feedback_kind": _one("complaint", "suggestion", "fault"),
        "text": CoreQuestion(TEXT),
        "answer": CoreQuestion(HIDDEN),
    }
)

WORK_RULES: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "rhythm": _one("none", "daily", "weekly"),
        "hours_emergency": CoreQuestion(INTEGER),
        "days_dispute": CoreQuestion(INTEGER),
        "closes": CoreQuestion(TEXT),
        "days_off": CoreQuestion(TEXT),
        "days_on": CoreQuestion(TEXT),
        "maternal": YES_NO,
    }
)

CORE: Mapping[str, Mapping[str, CoreQuestion]] = MappingProxyType(
    {
        "dwelling": DWELLING,
        "household": HOUSEHOLD,
        "resident": RESIDENT,
        "visit": VISIT,
        "case": CASE,
        "case_step": CASE_STEP,
        "protection": PROTECTION,
        "protection_step": PROTECTION_STEP,
        "nil_report": NIL_REPORT,
        "diary": DIARY,
        "patrol": PATROL,
        "facility": FACILITY,
        "facility_check": FACILITY_CHECK,
        "feedback": FEEDBACK,
        "work_rules": WORK_RULES,
    }
)
"""The core questions of each kind, by name. A kind that is not here has none."""
