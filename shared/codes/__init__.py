"""Code tables with their sources, and the checks that belong to national numbers.

National tables are in `national.csv`, the product's own lists in `own.csv`. A row whose value
was not confirmed against its standard is `unconfirmed`: it can be read, and no form offers it.
"""

from shared.codes.areas import (
    AreaCodeFault,
    AreaLevel,
    CommunityKind,
    GridCodeFault,
    TownKind,
    area_level,
    area_parents,
    check_area_code,
    check_grid_code,
    community_kind,
    short_area_code,
    town_kind,
)
from shared.codes.id_numbers import (
    IdNumberFault,
    Sex,
    birth_date_of,
    check_character,
    check_id_number,
    normal_id_number,
    sex_of,
)
from shared.codes.messages import Fault, message_of
from shared.codes.phones import PhoneFault, check_phone, normal_phone
from shared.codes.surnames import split_name
from shared.codes.tables import Code, CodeState, CodeTable, code_table, code_tables

__all__ = [
    "AreaCodeFault",
    "AreaLevel",
    "Code",
    "CodeState",
    "CodeTable",
    "CommunityKind",
    "Fault",
    "GridCodeFault",
    "IdNumberFault",
    "PhoneFault",
    "Sex",
    "TownKind",
    "area_level",
    "area_parents",
    "birth_date_of",
    "check_area_code",
    "check_character",
    "check_grid_code",
    "check_id_number",
    "check_phone",
    "code_table",
    "code_tables",
    "community_kind",
    "message_of",
    "normal_id_number",
    "normal_phone",
    "sex_of",
    "short_area_code",
    "split_name",
    "town_kind",
]
