"""Leaving a person's data alone (PIPL article 47): kept, and shown and sent to nobody.

A restricted record is a tombstone: it stands in no list, count, file or feed, and no phone
shows it. Nothing is lost; lifting the restriction brings it back to all of them. What the person
asked for goes with them; a dispute is the other side's, too, and stays.
"""

from server.db.engine import reading
from server.office.act import require
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import Edit
from server.register.sealing import Seal
from server.rights.person import People
from server.rights.worked import GridWork
from server.services import Services
from shared.changes import ChangeKind


def restrict(services: Services, who: AccountIdentity, resident: str, *, lift: bool) -> None:
    """Restricts a resident's records, or lifts it; again changes nothing. Raises NotFound."""
    require(who, Action.HANDLE_RIGHTS)
    with reading(services.engine) as conn:
        seal = Seal(services.keys)
        person = People(conn, who.town, seal).person(who, resident)
        work = GridWork(conn, who.town, seal).of(person)
    asked = [each.record for each in work if each.own and not each.is_dispute]
    kind = ChangeKind.RESTORE if lift else ChangeKind.DELETE
    edits = [
        Edit(
            kind=kind, record=record.id, record_kind=record.kind, grid=record.grid,
            base=record.version,
        )
        for record in (*person.records, *asked)
        if record.deleted is lift
    ]  # fmt: skip
    if edits:
        services.register.deeds.edit(who, edits, Deed.EDITED, resident)
