"""Visits, collection and service of a period, counted by the database."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, and_, distinct, exists, func, select, true
from sqlmodel import col

from server.coverage.figures import Asked as CoverageAsked
from server.coverage.figures import Figure as Door
from server.coverage.figures import number, together
from server.coverage.sums import figures_by_grid
from server.db.bulk import among
from server.db.office_tables import AreaRow, DeviceRow
from server.db.projections import HouseholdRow, VisitRow
from server.db.register_tables import JournalRow
from server.db.service_tables import CardBatchRow
from server.register.author import CONSOLE
from server.register.standing_visits import handed_out, visit_stands
from server.service.cards import serials
from server.summary.values import Asked, Figure, Item, number_of
from shared.changes import ChangeKind

COMPANIONS = (Door.CONTACTED, Door.REFUSED, Door.UNREACHED, Door.UNKNOWN, Door.FRESH_365)
"""What always stands beside the collection rate."""


_OUTCOME = col(VisitRow.outcome)
VISITS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "visits": true(),
        "visits_done": _OUTCOME == "done",
        "visits_partly": _OUTCOME == "partly_done",
        "visits_nobody": _OUTCOME == "nobody_home",
        "visits_refused": _OUTCOME == "refused",
        "visits_other": _OUTCOME.not_in(["done", "partly_done", "nobody_home", "refused"]),
        "visits_by_phone": col(VisitRow.mode) == "phone",
        "notices": col(VisitRow.notices) != "",
    }
)
"""Which visits count for which figure."""
CARDS_PRINTED = "cards_printed"
CARDS_GIVEN = "cards_given"
CARDS = handed_out("service_card")


def collection(conn: Connection, asked: Asked) -> tuple[Figure, ...]:
    """How much of the area is collected now: the register has no other today."""
    of = CoverageAsked(asked.who.town, asked.who.grids, asked.now)
    figures = together(list(figures_by_grid(conn, of).values()))
    listed = figures.count(Door.LISTED)
    wanted = (Door.COLLECTED, *COMPANIONS)
    return (
        Figure(key=str(Door.LISTED), number=listed),
        *(Figure(key=str(door), number=figures.count(door), of=listed) for door in wanted),
    )


def visits(conn: Connection, asked: Asked) -> tuple[Figure, ...]:
    """The visits that stand, by outcome; the households that were visited; who was registered."""
    households = func.count(distinct(col(VisitRow.household_id)))
    counts = [number(which) for which in VISITS.values()]
    row = conn.execute(select(*counts, households).where(*_of_period(conn, asked))).one()
    numbers = [int(str(value)) for value in row]
    figures = [Figure(key=key, number=n) for key, n in zip(VISITS, numbers, strict=False)]
    return (
        *figures,
        Figure(key="households_visited", number=numbers[-1]),
        Figure(key="households_new", number=len(_created(conn, asked))),
    )


def visits_by_grid(conn: Connection, asked: Asked) -> dict[str, int]:
    """The visits of the period that stand, by the grid that they were made in."""
    rows = conn.execute(
        select(col(VisitRow.grid), func.count())
        .where(*_of_period(conn, asked))
        .group_by(col(VisitRow.grid))
    )
    return {str(grid): int(count) for grid, count in rows}


def service(conn: Connection, asked: Asked) -> tuple[Figure, ...]:
    """Service cards: printed, and handed out."""
    given = conn.execute(select(number(CARDS)).where(*_of_period(conn, asked))).scalar_one()
    return (
        Figure(key=CARDS_PRINTED, number=number_of(_batches(conn, asked))),
        Figure(key=CARDS_GIVEN, number=int(given)),
    )


def behind_visits(conn: Connection, asked: Asked, key: str) -> list[Item] | None:
    """The records behind a figure of these sections; None where the figure is none of them."""
    if key in VISITS or key == CARDS_GIVEN:
        condition = VISITS.get(key, CARDS)
        rows = conn.execute(
            select(col(VisitRow.id))
            .where(*_of_period(conn, asked), condition)
            .order_by(col(VisitRow.started).desc(), col(VisitRow.id).desc())
        )
        return [Item("visit", row.id) for row in rows]
    if key == "households_visited":
        rows = conn.execute(
            select(col(VisitRow.household_id))
            .where(*_of_period(conn, asked), col(VisitRow.household_id).is_not(None))
            .distinct()
            .order_by(col(VisitRow.household_id))
        )
        return [Item("household", str(row.household_id)) for row in rows]
    if key == "households_new":
        return [Item("household", record) for record in _created(conn, asked)]
    return _batches(conn, asked) if key == CARDS_PRINTED else None


def _of_period(conn: Connection, asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Of the visits that stand, those that began in the period."""
    return (
        col(VisitRow.town_id) == asked.who.town,
        among(conn, col(VisitRow.grid), asked.who.grids),
        col(VisitRow.started) >= asked.since,
        col(VisitRow.started) < asked.until,
        visit_stands(),
    )


def _registered(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Households that a phone registered in the period: what was imported is no work of it."""
    by_phone = exists().where(
        col(JournalRow.town_id) == col(HouseholdRow.town_id),
        col(JournalRow.record_id) == col(HouseholdRow.id),
        col(JournalRow.kind) == ChangeKind.CREATE.value,
        col(DeviceRow.town_id) == col(JournalRow.town_id),
        col(DeviceRow.id) == col(JournalRow.device_id),
        col(DeviceRow.kind) != CONSOLE,
    )
    return (
        col(HouseholdRow.town_id) == asked.who.town,
        col(HouseholdRow.created_at) >= asked.since,
        col(HouseholdRow.created_at) < asked.until,
        col(HouseholdRow.deleted).is_(False),
        col(HouseholdRow.alias_of).is_(None),
        by_phone,
    )


def _created(conn: Connection, asked: Asked) -> list[str]:
    within = among(conn, col(HouseholdRow.grid), asked.who.grids)
    rows = conn.execute(
        select(col(HouseholdRow.id))
        .where(*_registered(asked), within)
        .order_by(col(HouseholdRow.created_at), col(HouseholdRow.id))
    )
    return [row.id for row in rows]


def _batches(conn: Connection, asked: Asked) -> list[Item]:
    """The batches of the period, each for as many cards as came out fit for use."""
    batch = CardBatchRow
    rows = conn.execute(
        select(
            col(batch.id), col(batch.first), col(batch.count), col(batch.spoiled), col(AreaRow.code)
        )
        .join(
            AreaRow,
            and_(col(AreaRow.town_id) == col(batch.town_id), col(AreaRow.id) == col(batch.grid)),
        )
        .where(
            col(batch.town_id) == asked.who.town,
            among(conn, col(batch.grid), asked.who.grids),
            col(batch.printed_at) >= asked.since,
            col(batch.printed_at) < asked.until,
        )
        .order_by(col(AreaRow.code), col(batch.first))
    )
    return [
        Item("batch", batch_id, serials(code, range(first, first + count)), count - spoiled)
        for batch_id, first, count, spoiled, code in rows
    ]
