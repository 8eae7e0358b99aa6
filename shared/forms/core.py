"""The core questions: what the product itself must know by name, kind by kind.

A form of a kind must have them; more it may have as it likes. Choices named here are those that
the code acts on; a list may offer more.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.forms.core_question import (
    DATE,
    INTEGER,
    MANY,
    MOMENT,
    ONE,
    TEXT,
    CoreQuestion,
    one_of,
    record_of,
)
from shared.forms.core_work import (
    CASE,
    CASE_STEP,
    DIARY,
    FACILITY,
    FACILITY_CHECK,
    FEEDBACK,
    FINDING,
    NIL_REPORT,
    PATROL,
    PROTECTION,
    PROTECTION_STEP,
    WORK_RULES,
)
from shared.forms.model import QuestionType

DWELLING: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "code": CoreQuestion(TEXT),
        "plate": CoreQuestion(TEXT),
        "address": CoreQuestion(TEXT),
        "building": CoreQuestion(TEXT),
        "unit_no": CoreQuestion(TEXT),
        "floor": CoreQuestion(INTEGER),
        "room": CoreQuestion(TEXT),
        "use": one_of("residential", "business", "mixed", "other"),
        "status": one_of("occupied", "vacant", "unknown", "demolished", "merged"),
        "plate_bound": one_of("yes", "no"),
        "location": CoreQuestion(QuestionType.GEOPOINT),
        "access_note": CoreQuestion(TEXT),
    }
)

HOUSEHOLD: Mapping[str, CoreQuestion] = MappingProxyType(
    {
        "dwelling": record_of("dwelling"),
        "head_name": CoreQuestion(TEXT),
        "household_no": CoreQuestion(TEXT),
        "tenure": one_of("own", "rented", "borrowed", "employer", "public_rental", "other"),
        "household_kind": one_of(
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
        "visit_policy": one_of("normal", "appointment", "phone_only", "no_visits"),
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
        "household": record_of("household"),
        "name": CoreQuestion(TEXT),
        "relation": CoreQuestion(ONE),
        "sex": CoreQuestion(ONE),
        "birth_date": CoreQuestion(DATE),
        "id_number": CoreQuestion(TEXT),
        "phone": CoreQuestion(TEXT),
        "status": one_of("living_here", "moved", "died"),
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
        "household": record_of("household"),
        "dwelling": record_of("dwelling"),
        "started": CoreQuestion(MOMENT),
        "ended": CoreQuestion(MOMENT),
        "mode": one_of("door", "phone", "office", "video"),
        "outcome": one_of(
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
        "reason": one_of("emergency", "resident_asked", "other"),
        "corrects": record_of("visit"),
        "persons_met": CoreQuestion(TEXT),
        "notices_given": CoreQuestion(MANY),
        "confirmed_unchanged": one_of("yes", "no"),
        "needs": CoreQuestion(TEXT),
        "note": CoreQuestion(TEXT),
        "next_visit": CoreQuestion(DATE),
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
        "finding": FINDING,
        "feedback": FEEDBACK,
        "work_rules": WORK_RULES,
    }
)
"""The core questions of each kind, by name. A kind that is not here has none."""
