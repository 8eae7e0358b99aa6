"""What is missing of a household and its people, as its worker's phone says it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.clock import town_time
from server.console.desk import Desk
from server.console.labels import form_of, label, rules_of
from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import ResidentRow
from server.office.people import AccountIdentity
from shared.completeness import Completeness, completeness
from shared.coverage import LIVING_HERE, Answered
from shared.forms.scope import Moment
from shared.merge import shown


class Gap(Struct, frozen=True):
    """What is missing of one record."""

    record: str
    kind: str
    title: str
    wanted: tuple[str, ...]
    """What the mandatory items are called."""
    others: tuple[str, ...]


class Gaps(Answered, frozen=True):
    """A household with its people."""

    gaps: tuple[Gap, ...] = ()


def gaps_of(
    desk: Desk, who: AccountIdentity, family: Sequence[str], titles: Mapping[str, str]
) -> Gaps:
    """Of a household and everybody who lives there.

    family: the household, and those that were merged into it.
    """
    with reading(desk.engine) as conn:
        people = _people(conn, who.town, family)
    moment = Moment(town_time(desk.clock()))
    found: list[tuple[Gap, Completeness]] = []
    records = desk.register.records(who.town, [family[0], *people]).values()
    for record in records:
        form = form_of(record.kind)
        if form is None or record.grid not in who.grids:
            continue
        items = completeness(form, shown(record, rules_of(record.kind)), moment)
        found.append((_gap(record.id, record.kind, titles, items), items))
    return Gaps(
        answered=sum(len(items.answered) for _, items in found),
        applicable=sum(items.applicable for _, items in found),
        declined=sum(len(items.declined) for _, items in found),
        gaps=tuple(gap for gap, _ in found if gap.wanted or gap.others),
    )


def _people(conn: Connection, town: str, family: Sequence[str]) -> Sequence[str]:
    return (
        conn.execute(
            select(col(ResidentRow.id)).where(
                col(ResidentRow.town_id) == town,
                among(conn, col(ResidentRow.household_id), family),
                col(ResidentRow.deleted).is_(False),
                col(ResidentRow.alias_of).is_(None),
                col(ResidentRow.status).in_(LIVING_HERE),
            )
        )
        .scalars()
        .all()
    )


def _gap(record: str, kind: str, titles: Mapping[str, str], items: Completeness) -> Gap:
    wanted = tuple(label(kind, name) for name in items.wanted)
    others = tuple(label(kind, name) for name in items.missing if name not in items.wanted)
    return Gap(record, kind, titles.get(record, ""), wanted, others)
