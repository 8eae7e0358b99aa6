"""What a fault says to the person who typed it, in both languages."""

from typing import TypeAlias

from shared.codes.areas import AreaCodeFault, GridCodeFault
from shared.codes.id_numbers import IdNumberFault
from shared.codes.phones import PhoneFault
from shared.codes.tables import Code, code_table

Fault: TypeAlias = AreaCodeFault | GridCodeFault | IdNumberFault | PhoneFault


def message_of(fault: Fault) -> Code:
    """The row whose `zh` and `en` say what is wrong and what to do."""
    message = code_table(_TABLES[type(fault)]).get(fault)
    if message is None:
        raise LookupError(f"no message for {fault!r}")
    return message


_TABLES: dict[type[Fault], str] = {
    AreaCodeFault: "area_code_fault",
    GridCodeFault: "grid_code_fault",
    IdNumberFault: "id_number_fault",
    PhoneFault: "phone_fault",
}
