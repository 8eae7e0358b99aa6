"""What a device has held: the grids of its worker's duties, from its enrolment to its last contact.

It is what a notice to the people concerned goes by when a device is lost.
"""

from msgspec import Struct
from sqlalchemy import Connection

from server.office.areas import Area, Level, areas_below
from server.office.assignments import assignments
from server.office.devices import Device
from server.office.people import AccountIdentity


class Held(Struct, frozen=True):
    """One grid that a device held."""

    grid: Area
    since: int
    until: int | None
    """When the duty ended: the device drops the grid at its next contact after."""


def held_by(conn: Connection, who: AccountIdentity, device: Device) -> list[Held]:
    """The grids that a device has held, as far as the area of `who` reaches."""
    last = device.last_contact
    if last is None:
        return []  # it never received anything
    held: dict[str, Held] = {}
    for duty in reversed(assignments(conn, who, device.worker_id)):
        since = max(duty.valid_from, device.created_at)
        ended = duty.valid_to is not None and duty.valid_to <= device.created_at
        if ended or since > last:
            continue
        for area in areas_below(conn, who.town, duty.area_id):
            if area.level is Level.GRID and area.id in who.grids:
                before = held.get(area.id)
                begun = min(since, before.since) if before else since
                held[area.id] = Held(area, begun, duty.valid_to)
    return sorted(held.values(), key=lambda each: each.grid.code)
