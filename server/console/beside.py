"""A record beside what a page is about: what it says now and who lives there, without its story."""

from msgspec import Struct

from server.console.belongings import Member, members_of
from server.console.desk import Desk
from server.console.labels import Reader, Sight, kind_name
from server.console.record_page import (
    HOUSEHOLD,
    Section,
    references,
    sections_of,
    waiting_units,
)
from server.console.titles import titles_of
from server.db.engine import reading
from server.office.people import AccountIdentity
from server.register.aliases import merged_into
from server.register.names import names_of
from shared.records import Record


class Beside(Struct, frozen=True):
    """What is shown of the record."""

    title: str
    sections: tuple[Section, ...]
    members: tuple[Member, ...]
    """Of a household."""


def beside(desk: Desk, who: AccountIdentity, record: Record | None, sight: Sight) -> Beside | None:
    """The record as its reader may see it; None where it lies in another area."""
    if record is None or record.grid not in who.grids:
        return None
    authors = {write.worker for _, write in record.writes()}
    with reading(desk.engine) as conn:
        titles = titles_of(conn, who, references(record) | {record.id}, sight)
        reader, names = Reader(sight, titles), names_of(conn, who.town, authors)
        family = merged_into(conn, who.town, [record.id]) if record.kind == HOUSEHOLD else ()
        return Beside(
            title=titles.get(record.id) or kind_name(record.kind),
            sections=sections_of(record, reader, names, waiting_units(conn, who.town, record.id)),
            members=members_of(conn, who, family, reader) if family else (),
        )
