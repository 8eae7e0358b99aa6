"""`$metadata`: what there is to read, in the standard's own language (CSDL XML)."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from msgspec import Struct

from server.exports.columns import CellType, Column

NAMESPACE = "Doorstep"
CONTAINER = "Register"
_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
_TYPES = {
    CellType.TEXT: "Edm.String",
    CellType.INTEGER: "Edm.Int64",
    CellType.NUMBER: "Edm.Double",
    CellType.DATE: "Edm.Date",
    CellType.MOMENT: "Edm.DateTimeOffset",
    CellType.YES_NO: "Edm.Boolean",
}
_NO_NAME = re.compile(r"[^A-Za-z0-9_]")
KEY = "id"


class EntitySet(Struct, frozen=True):
    """One kind of record, as a feed names it."""

    name: str
    title: str
    columns: tuple[Column, ...]


def plain_name(name: str) -> str:
    """A name that the standard takes for a property, made of a question's."""
    plain = _NO_NAME.sub("_", name)
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"_{plain}"


def metadata(sets: Sequence[EntitySet]) -> bytes:
    """The document."""
    ET.register_namespace("edmx", _EDMX)
    root = ET.Element(f"{{{_EDMX}}}Edmx", {"Version": "4.0"})
    services = ET.SubElement(root, f"{{{_EDMX}}}DataServices")
    schema = ET.SubElement(services, "Schema", {"xmlns": _EDM, "Namespace": NAMESPACE})
    for each in sets:
        entity = ET.SubElement(schema, "EntityType", {"Name": each.name})
        key = ET.SubElement(entity, "Key")
        ET.SubElement(key, "PropertyRef", {"Name": KEY})
        for column in each.columns:
            ET.SubElement(entity, "Property", _property(column))
    container = ET.SubElement(schema, "EntityContainer", {"Name": CONTAINER})
    for each in sets:
        named = {"Name": each.name, "EntityType": f"{NAMESPACE}.{each.name}"}
        ET.SubElement(container, "EntitySet", named)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _property(column: Column) -> dict[str, str]:
    said = {"Name": column.name, "Type": _TYPES[column.type]}
    return said | {"Nullable": "false"} if column.name == KEY else said
