"""Work cards: a code that anybody may scan, and what it tells of the worker today.

The page tells what is printed on the card anyway, and whether it holds. It tells nothing of
residents, nothing of where the worker is, and nothing to somebody who guesses codes.
"""

import os
from base64 import b32encode
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, Engine, and_, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.engine import reading
from server.db.office_tables import WorkerRow
from server.db.service_tables import WorkCardRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import areas
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.office.towns import towns
from server.office.workers import worker, workers
from server.service.people import duty_areas

CODE_BYTES = 15
"""120 random bits: 24 letters and digits."""
DAYS_MAX = 366
DAY_MS = 24 * 3600 * 1000


class WorkCard(Struct, frozen=True):
    """A card to be printed."""

    code: str
    staff_no: str
    name: str
    areas: tuple[str, ...]
    until: int


class Standing(Struct, frozen=True):
    """What the public page says of a card that is known."""

    holds: bool
    town: str
    name: str
    staff_no: str
    areas: tuple[str, ...]
    """Where the worker has a duty today; empty if nowhere."""
    until: int


class Held(Struct, frozen=True):
    """That somebody has a card."""

    until: int
    sheet: str
    """On which sheet it was issued."""


def issue(act: Act, worker_ids: Sequence[str], until: int) -> str:
    """New cards for workers, on one sheet; the cards that they had end with it. The sheet's id."""
    act.require(Action.MANAGE_SERVICE)
    if not act.now < until <= act.now + DAYS_MAX * DAY_MS:
        raise refused(
            "card_until",
            "有效期应在今天之后的一年之内。",
            "A card holds for a year at the most.",
        )
    if not worker_ids:
        raise refused("nobody", "请至少选择一人。", "Choose at least one worker.")
    sheet = new_id(act.now)
    for worker_id in dict.fromkeys(worker_ids):
        _issue(act, worker_id, until, sheet)
    return sheet


def sheet_of(act: Act, sheet: str, holder: str = "") -> list[WorkCard]:
    """The cards of a sheet that hold today, with what they say today, by staff number.

    holder: of this worker only. Nothing is issued by looking. Raises NotFound where none of the
    sheet is of the account's area, OfficeRefused where no card of it holds any longer.
    """
    act.require(Action.MANAGE_SERVICE)
    card, town = WorkCardRow, act.who.town
    staff = {each.id: each for each in workers(act.conn, act.who) if holder in ("", each.id)}
    rows = act.conn.execute(
        select(col(card.code), col(card.worker_id), col(card.until), col(card.ended_at)).where(
            col(card.town_id) == town, col(card.sheet) == sheet
        )
    ).all()
    mine = [row for row in rows if row.worker_id in staff]
    if not mine:
        raise NotFound
    cards = []
    for row in mine:
        of, places = staff[row.worker_id], _places(act.conn, town, row.worker_id, act.now)
        if of.active and row.ended_at is None and act.now < row.until and places:
            cards.append(WorkCard(row.code, of.staff_no, of.name, places, row.until))
    if not cards:
        raise refused(
            "cards_ended",
            "这些工作证已失效，不能重印；需要时请印新证。",
            "None of these cards holds any longer. Print new ones if they are needed.",
        )
    return sorted(cards, key=lambda one: one.staff_no)


def call_back(act: Act, worker_id: str) -> None:
    """Ends a worker's cards: from now on they do not hold."""
    act.require(Action.MANAGE_SERVICE)
    worker(act.conn, act.who, worker_id)
    _end(act, worker_id)
    act.note(Deed.WORK_CARD_ENDED, worker_id)


def held(conn: Connection, town: str, now: int) -> Mapping[str, Held]:
    """The cards that have not ended, by their workers."""
    card = WorkCardRow
    rows = conn.execute(
        select(col(card.worker_id), col(card.until), col(card.sheet)).where(
            col(WorkCardRow.town_id) == town,
            col(WorkCardRow.ended_at).is_(None),
            col(WorkCardRow.until) > now,
        )
    )
    return {row.worker_id: Held(row.until, row.sheet) for row in rows}


def standing(engine: Engine, code: str, now: int) -> Standing | None:
    """What a card says today; none for a code that no town has given."""
    with reading(engine) as conn:
        for town in towns(conn):
            found = _standing(conn, town.town_id, code, now)
            if found is not None:
                return found
    return None


def _standing(conn: Connection, town: str, code: str, now: int) -> Standing | None:
    row = conn.execute(
        select(
            col(WorkCardRow.worker_id),
            col(WorkCardRow.until),
            col(WorkCardRow.ended_at),
            col(WorkerRow.name),
            col(WorkerRow.staff_no),
            col(WorkerRow.active),
        )
        .join(
            WorkerRow,
            and_(
                col(WorkerRow.town_id) == col(WorkCardRow.town_id),
                col(WorkerRow.id) == col(WorkCardRow.worker_id),
            ),
        )
        .where(col(WorkCardRow.town_id) == town, col(WorkCardRow.code) == code)
    ).one_or_none()
    if row is None:
        return None
    places = _places(conn, town, row.worker_id, now)
    holds = row.active and row.ended_at is None and now < row.until and bool(places)
    return Standing(
        holds=holds,
        town=next(area.name for area in areas(conn, town) if area.parent_id is None),
        name=row.name,
        staff_no=row.staff_no,
        areas=places if holds else (),
        until=row.until,
    )


def _issue(act: Act, worker_id: str, until: int, sheet: str) -> None:
    holder = worker(act.conn, act.who, worker_id)
    if not holder.active:
        raise refused("worker_left", "该人员已离岗。", "That worker has left.")
    if not _places(act.conn, act.who.town, worker_id, act.now):
        raise refused(
            "no_duty",
            f"{holder.name}目前没有负责的网格，印出的工作证扫码会显示无效。请先安排岗位。",
            f"{holder.name} has no duty: a card would not hold. Give a duty first.",
        )
    _end(act, worker_id)
    act.conn.execute(
        insert(WorkCardRow).values(
            town_id=act.who.town,
            code=b32encode(os.urandom(CODE_BYTES)).decode(),
            sheet=sheet,
            worker_id=worker_id,
            printed_at=act.now,
            printed_by=act.who.id,
            until=until,
        )
    )
    act.note(Deed.WORK_CARD_PRINTED, worker_id)


def _end(act: Act, worker_id: str) -> None:
    act.conn.execute(
        update(WorkCardRow)
        .where(
            col(WorkCardRow.town_id) == act.who.town,
            col(WorkCardRow.worker_id) == worker_id,
            col(WorkCardRow.ended_at).is_(None),
        )
        .values(ended_at=act.now)
    )


def _places(conn: Connection, town: str, worker_id: str, at: int) -> tuple[str, ...]:
    wanted = duty_areas(conn, town, worker_id, at)
    return tuple(area.name for area in areas(conn, town) if area.id in wanted)
