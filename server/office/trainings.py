"""Sessions of training, and who attended: a record that it took place, with no marks and no list.

A session is of an area; its workers may have come from anywhere in it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.bulk import among
from server.db.training_tables import AttendanceRow, TrainingRow
from server.errors import NotFound
from server.office.act import Act, require
from server.office.areas import areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.workers import workers
from shared.codes import code_table

TITLE_MAX = 80
SHOWN_MAX = 200


class NewTraining(Struct, frozen=True):
    """A session as it is written down."""

    area_id: str
    held_on: str
    """An ISO date."""
    subject: str
    title: str
    workers: tuple[str, ...]


class Training(Struct, frozen=True, kw_only=True):
    """A session that was held."""

    id: str
    area_id: str
    held_on: str
    subject: str
    title: str
    noted_by: str
    noted_at: int
    workers: tuple[str, ...]
    """Those whom the reader may see."""


def trainings(conn: Connection, who: AccountIdentity) -> list[Training]:
    """The sessions that concern the reader's area, the newest first."""
    require(who, Action.SEE_STAFF)
    seen = {worker.id for worker in workers(conn, who)}
    reach = {area.id for area in areas_below(conn, who.town, who.area_id)}
    rows = conn.execute(
        select(TrainingRow)
        .where(col(TrainingRow.town_id) == who.town)
        .order_by(col(TrainingRow.held_on).desc(), col(TrainingRow.id).desc())
        .limit(SHOWN_MAX)
    ).all()
    came = _came(conn, who.town, [row.id for row in rows], seen)
    return [
        Training(
            id=row.id,
            area_id=row.area_id,
            held_on=row.held_on,
            subject=row.subject,
            title=row.title,
            noted_by=row.noted_by,
            noted_at=row.noted_at,
            workers=tuple(came.get(row.id, ())),
        )
        for row in rows
        if row.area_id in reach or row.id in came
    ]


def note_training(act: Act, new: NewTraining) -> str:
    """Writes a session down; its id. Raises NotFound or OfficeRefused."""
    act.require(Action.MANAGE_WORKERS)
    _in_reach(act, new.area_id)
    checked = _checked(act, new)
    training = new_id(act.now)
    act.conn.execute(
        insert(TrainingRow).values(
            town_id=act.who.town,
            id=training,
            area_id=checked.area_id,
            held_on=checked.held_on,
            subject=checked.subject,
            title=checked.title,
            noted_by=act.who.id,
            noted_at=act.now,
        )
    )
    _put(act, training, checked.workers)
    act.note(Deed.TRAINING_NOTED, training)
    return training


def set_attendance(act: Act, training: str, chosen: Collection[str]) -> None:
    """Says anew who of the actor's workers attended. Raises NotFound."""
    act.require(Action.MANAGE_WORKERS)
    known = next((one for one in trainings(act.conn, act.who) if one.id == training), None)
    if known is None:
        raise NotFound
    _in_reach(act, known.area_id)
    act.conn.execute(
        delete(AttendanceRow).where(
            col(AttendanceRow.town_id) == act.who.town,
            col(AttendanceRow.training_id) == training,
            among(act.conn, col(AttendanceRow.worker_id), known.workers),
        )
    )
    _put(act, training, _own(act, chosen))
    act.note(Deed.TRAINING_NOTED, training)


def _came(
    conn: Connection, town: str, ids: Sequence[str], seen: Collection[str]
) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    rows = conn.execute(
        select(col(AttendanceRow.training_id), col(AttendanceRow.worker_id)).where(
            col(AttendanceRow.town_id) == town, among(conn, col(AttendanceRow.training_id), ids)
        )
    )
    for row in rows:
        if row.worker_id in seen:
            found[row.training_id].append(row.worker_id)
    return dict(found)


def _put(act: Act, training: str, chosen: Collection[str]) -> None:
    rows = [
        {"town_id": act.who.town, "training_id": training, "worker_id": worker}
        for worker in sorted(chosen)
    ]
    if rows:
        act.conn.execute(insert(AttendanceRow), rows)


def _in_reach(act: Act, area_id: str) -> None:
    if all(area.id != area_id for area in areas_below(act.conn, act.who.town, act.who.area_id)):
        raise NotFound


def _own(act: Act, chosen: Collection[str]) -> tuple[str, ...]:
    own = {worker.id for worker in workers(act.conn, act.who)}
    if not set(chosen) <= own:
        raise NotFound
    return tuple(sorted(set(chosen)))


def _checked(act: Act, new: NewTraining) -> NewTraining:
    try:
        day = date.fromisoformat(new.held_on)
    except ValueError as error:
        raise refused("training_day", "请填写培训日期。", "Say on which day it was.") from error
    title = " ".join(new.title.split())
    if not 0 < len(title) <= TITLE_MAX:
        raise refused(
            "training_title",
            f"请填写培训内容，不超过 {TITLE_MAX} 字。",
            f"Say what it was about, in at most {TITLE_MAX} characters.",
        )
    if new.subject not in {each.code for each in code_table("training_subject").offered}:
        raise refused("training_subject", "请选择培训类别。", "Choose what kind of training.")
    return NewTraining(new.area_id, day.isoformat(), new.subject, title, _own(act, new.workers))
