"""Monthly assessments: the versions of the formula, and the sheets that were signed."""

from sqlmodel import Field

from server.db.base import ServerTable, big, blob, town_key


class SchemeRow(ServerTable, table=True):
    """A version of a town's formula; a version is never changed."""

    __tablename__ = "assessment_scheme"

    town_id: str = town_key()
    version: int = Field(primary_key=True)
    active: bool
    """Whether months are assessed at all from here on."""
    scheme: bytes = blob()
    """JSON of server.assessment.formula.Scheme."""
    set_by: str
    set_at: int = big()


class AssessmentRow(ServerTable, table=True):
    """A signed sheet: what was counted on that day, frozen."""

    __tablename__ = "assessment"

    town_id: str = town_key()
    grid: str = Field(primary_key=True, max_length=36)
    month: str = Field(primary_key=True, max_length=7)
    """Such as 2026-11."""
    snapshot: bytes = blob()
    """JSON of server.assessment.sheets.Snapshot: the numbers, and the records behind them."""
    register_seq: int = big()
    """The change number of the register when it was counted."""
    total: float | None = None
    adjustment: float = 0
    reason: str = ""
    signed_by: str
    signed_at: int = big()
    objection: str = ""
    objected_by: str = ""
    answer: str = ""
    answered_by: str = ""
