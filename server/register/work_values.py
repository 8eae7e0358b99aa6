"""What a record of grid work becomes in its projection: codes, times and references, no words."""

from collections.abc import Callable

import msgspec

from server.db.bulk import Value
from shared.changes import Answer
from shared.records import Write
from shared.work.reading import FACTS

WORK_COLUMNS = (
    "about", "household_id", "post", "author", "device", "n", "at", "claimed", "facts",
)  # fmt: skip
_ABOUT = {
    "case_step": "case",
    "protection_step": "case",
    "facility_check": "facility",
    "finding": "inspection",
}
"""What a record of a kind belongs to."""


def work_values(kind: str, answer: Callable[[str], Answer], origin: Write) -> tuple[Value, ...]:
    """The values of WORK_COLUMNS. answer: what is shown of a unit."""
    facts = {unit: value for unit in FACTS[kind] if (value := answer(unit)) is not None}
    return (
        _reference(answer(_ABOUT[kind])) if kind in _ABOUT else None,
        _reference(facts.get("household")),
        _reference(facts.get("to")),
        origin.worker,
        origin.device,
        origin.n,
        origin.effective,
        origin.claimed,
        msgspec.json.encode(facts, order="sorted").decode().replace("\\u0000", ""),
    )


def _reference(value: Answer) -> str | None:
    return value if isinstance(value, str) and value else None
