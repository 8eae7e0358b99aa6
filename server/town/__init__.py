"""An invented town to try the product on: plain values, the same for the same plan.

Nobody in it exists. Area codes lie in prefecture 99, which no province has; telephones begin with
154, which no operator serves (docs/decisions/0010-code-tables.md).
"""

from server.town.office import lay_out as generate
from server.town.records import grid_records, records
from server.town.surroundings import field_of
from server.town.values import (
    DEMO,
    FULL,
    Account,
    Area,
    AreaKind,
    Duty,
    Role,
    Town,
    TownPlan,
    TownRecord,
    TownSize,
    Worker,
    scaled,
)

__all__ = [
    "DEMO",
    "FULL",
    "Account",
    "Area",
    "AreaKind",
    "Duty",
    "Role",
    "Town",
    "TownPlan",
    "TownRecord",
    "TownSize",
    "Worker",
    "field_of",
    "generate",
    "grid_records",
    "records",
    "scaled",
]
