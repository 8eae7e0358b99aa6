"""The service station of a community or town: where people go, and when."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.db.service_tables import StationRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, Level, areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action

TEXT_MAX = 80


class Station(Struct, frozen=True):
    """A station; all but its name may be empty."""

    area_id: str
    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


def stations(conn: Connection, town: str) -> Mapping[str, Station]:
    """The town's stations by their areas."""
    rows = conn.execute(select(StationRow).where(col(StationRow.town_id) == town))
    return {row.area_id: msgspec.convert(row, Station, from_attributes=True) for row in rows}


def station_for(found: Mapping[str, Station], line_of_areas: Sequence[Area]) -> Station | None:
    """The nearest station of an area; `line_of_areas` as of directory.upward."""
    return next((found[area.id] for area in line_of_areas if area.id in found), None)


def set_station(act: Act, station: Station) -> None:
    """Writes an area's station; without a name, there is none."""
    act.require(Action.MANAGE_SERVICE)
    area = next(
        (
            area
            for area in areas_below(act.conn, act.who.town, act.who.area_id)
            if area.id == station.area_id and area.level is not Level.GRID
        ),
        None,
    )
    if area is None:
        raise NotFound
    texts = {
        name: " ".join(str(text).split()) for name, text in msgspec.structs.asdict(station).items()
    }
    if any(len(text) > TEXT_MAX for text in texts.values()):
        raise refused(
            "too_long",
            f"每项请不超过 {TEXT_MAX} 个字。",
            f"No more than {TEXT_MAX} characters in each, please.",
        )
    where = (col(StationRow.town_id) == act.who.town, col(StationRow.area_id) == area.id)
    act.conn.execute(delete(StationRow).where(*where))
    if texts["name"]:
        row = {**texts, "town_id": act.who.town, "changed_at": act.now}
        act.conn.execute(insert(StationRow).values(row))
    act.note(Deed.STATION_CHANGED, area.id)
