"""How far a village's collection is: reported by it, looked through and accepted by the town.

`collected -reviewed-> reviewed -> accepted | returned[reason] -> collected ...`: each step is a
person's. Who has not reported is still collecting. The doors are counted at each step.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from server.clock import new_id
from server.coverage.figures import Figure, Figures
from server.db.board_tables import CollectionReportRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Level, areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action

REASON_MAX = 300


class State(StrEnum):
    """How far it is."""

    COLLECTED = "collected"
    """The village says that its collection is done."""
    REVIEWED = "reviewed"
    """The town has looked through it."""
    ACCEPTED = "accepted"
    RETURNED = "returned"


NEXT: Mapping[State | None, tuple[State, ...]] = MappingProxyType(
    {
        None: (State.COLLECTED,),
        State.COLLECTED: (State.REVIEWED, State.ACCEPTED, State.RETURNED),
        State.REVIEWED: (State.ACCEPTED, State.RETURNED),
        State.RETURNED: (State.COLLECTED,),
        State.ACCEPTED: (State.COLLECTED,),
    }
)
"""What may follow; after it was accepted, another round may begin."""


class Reported(Struct, frozen=True, kw_only=True):
    """The last step of an area."""

    area_id: str
    state: State
    listed: int
    collected: int
    reason: str
    by: str
    at: int


def standing_reports(conn: Connection, town: str) -> dict[str, Reported]:
    """The last step of every area that has reported."""
    rows = conn.execute(
        select(CollectionReportRow)
        .where(col(CollectionReportRow.town_id) == town)
        .order_by(col(CollectionReportRow.at), col(CollectionReportRow.id))
    )
    return {row.area_id: msgspec.convert(row, Reported, from_attributes=True) for row in rows}


def steps_of(conn: Connection, town: str, area_id: str) -> list[Reported]:
    """Every step of an area, the newest first."""
    rows = conn.execute(
        select(CollectionReportRow)
        .where(
            col(CollectionReportRow.town_id) == town, col(CollectionReportRow.area_id) == area_id
        )
        .order_by(col(CollectionReportRow.at).desc(), col(CollectionReportRow.id).desc())
    )
    return [msgspec.convert(row, Reported, from_attributes=True) for row in rows]


def may_follow(reported: Reported | None) -> tuple[State, ...]:
    """The steps that are open."""
    return NEXT[None if reported is None else reported.state]


def note_step(act: Act, area_id: str, state: str, figures: Figures, *, reason: str = "") -> None:
    """Takes a step. Raises NotFound, NotAllowed or OfficeRefused.

    figures: how the doors of the area stand.
    """
    if state not in set(State):
        raise NotFound
    wanted = State(state)
    own = wanted is State.COLLECTED
    act.require(Action.REPORT_COLLECTION if own else Action.ACCEPT_COLLECTION)
    reach = areas_below(act.conn, act.who.town, act.who.area_id)
    if not any(area.id == area_id and area.level is Level.COMMUNITY for area in reach):
        raise NotFound
    if wanted not in may_follow(standing_reports(act.conn, act.who.town).get(area_id)):
        raise refused(
            "collection_step",
            "状态刚刚有了变化，请看过以后再操作。",
            "It stands otherwise now: look at it first.",
        )
    why = " ".join(reason.split())[:REASON_MAX]
    if wanted is State.RETURNED and not why:
        raise refused("reason", "请写明退回原因。", "Say why it is returned.")
    act.conn.execute(
        insert(CollectionReportRow).values(
            town_id=act.who.town,
            id=new_id(act.now),
            area_id=area_id,
            state=wanted.value,
            listed=figures.count(Figure.LISTED),
            collected=figures.count(Figure.COLLECTED),
            reason=why if wanted is State.RETURNED else "",
            by=act.who.id,
            at=act.now,
        )
    )
    act.note(Deed.COLLECTION_REPORTED, area_id, wanted.value)
