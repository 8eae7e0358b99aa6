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

CORE: Mapping[str, Mapping[str, CoreQuestion]] = MappingProxyType(
    {"dwelling": DWELLING, "household": HOUSEHOLD, "resident": RESIDENT, "visit": VISIT}
)
"""The core questions of each kind, by name. A kind that is not here has none."""
