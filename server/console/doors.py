"""The doors of grids as pictures and maps need them."""

from collections import defaultdict
from collections.abc import Collection

from shapely import MultiPolygon
from sqlalchemy import Connection, RowMapping, and_, func, select
from sqlmodel import col

from server.console.drawn import Door, around, place_in_building
from server.console.titles import door as door_title
from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from server.db.projections import DwellingRow, HouseholdRow
from server.office.people import AccountIdentity


def doors_by_grid(
    conn: Connection, who: AccountIdentity, grids: Collection[str], building: str | None = None
) -> dict[str, list[Door]]:
    """The counted doors of those of the grids that are the reader's, of a building or of all."""
    dwelling = and_(
        col(DwellingRow.town_id) == col(CoverageRow.town_id),
        col(DwellingRow.id) == col(CoverageRow.dwelling_id),
    )
    household = and_(
        col(HouseholdRow.town_id) == col(CoverageRow.town_id),
        col(HouseholdRow.id) == col(CoverageRow.household_id),
    )
    wanted = (
        select(
            col(CoverageRow.grid), col(CoverageRow.building), col(CoverageRow.state),
            col(DwellingRow.id), col(DwellingRow.plate), col(DwellingRow.code),
            col(DwellingRow.unit_no), col(DwellingRow.floor), col(DwellingRow.room),
            col(DwellingRow.lat), col(DwellingRow.lon),
            func.coalesce(col(HouseholdRow.marks), "").label("marks"),
        )
        .join(DwellingRow, dwelling)
        .outerjoin(HouseholdRow, household)
        .where(
            col(CoverageRow.town_id) == who.town,
            among(conn, col(CoverageRow.grid), set(grids) & who.grids),
        )
        .order_by(col(DwellingRow.code))
    )  # fmt: skip
    if building is not None:
        wanted = wanted.where(col(CoverageRow.building) == building)
    found: dict[str, list[Door]] = defaultdict(list)
    for row in conn.execute(wanted).mappings():
        found[str(row["grid"])].append(_door(row))
    return dict(found)


def spans(
    conn: Connection, who: AccountIdentity, grids: Collection[str]
) -> dict[str, MultiPolygon]:
    """What lies around the doors of those of the grids that are the reader's: a box for each."""
    lon, lat = col(DwellingRow.lon), col(DwellingRow.lat)
    rows = conn.execute(
        select(col(DwellingRow.grid), func.min(lon), func.min(lat), func.max(lon), func.max(lat))
        .where(
            col(DwellingRow.town_id) == who.town,
            among(conn, col(DwellingRow.grid), set(grids) & who.grids),
            col(DwellingRow.deleted).is_(False),
            lat.is_not(None),
            lon.is_not(None),
        )
        .group_by(col(DwellingRow.grid))
    )
    boxes = {
        grid: around([(west or 0.0, south or 0.0), (east or 0.0, north or 0.0)])
        for grid, west, south, east, north in rows
    }
    return {grid: box for grid, box in boxes.items() if box is not None}


def _door(row: RowMapping) -> Door:
    plate, code = str(row["plate"]), str(row["code"])
    entrance, floor, room = place_in_building(code, row["unit_no"], row["floor"], row["room"])
    return Door(
        id=row["id"],
        label=door_title(plate, code),
        state=row["state"],
        marks=row["marks"],
        lat=row["lat"],
        lon=row["lon"],
        building=row["building"],
        entrance=entrance,
        floor=floor,
        room=room or door_title(plate, code),
    )
