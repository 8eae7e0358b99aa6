"""Problems met and next steps: what a person adds to the figures of an area and a period.

Versions are only added. Who writes on an older version than the last is told so, and nothing of
either is lost.
"""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from server.db.summary_tables import SummaryTextRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.register.sealing import Seal
from server.summary.values import Asked, Written

TEXT_MAX = 4000


class _Said(Struct, frozen=True):
    problems: str
    next: str


def written_for(conn: Connection, asked: Asked, seal: Seal) -> Written:
    """The version that stands for this area and these days."""
    row = conn.execute(
        select(SummaryTextRow)
        .where(
            col(SummaryTextRow.town_id) == asked.who.town,
            col(SummaryTextRow.area_id) == asked.area.id,
            col(SummaryTextRow.first) == asked.first.isoformat(),
            col(SummaryTextRow.last) == asked.last.isoformat(),
        )
        .order_by(col(SummaryTextRow.version).desc())
        .limit(1)
    ).first()
    if row is None:
        return Written()
    opened = seal.open(row.text, *_belongs_to(asked), row.version)
    said = msgspec.json.decode(opened, type=_Said)
    return Written(
        problems=said.problems,
        next=said.next,
        version=row.version,
        by=row.written_by,
        at=row.written_at,
    )


def write(act: Act, seal: Seal, asked: Asked, text: Written) -> None:
    """Adds a version; `text.version` is the one that it was written on. Raises OfficeRefused."""
    act.require(Action.EDIT_RECORDS)
    _check_length(text)
    if written_for(act.conn, asked, seal).version != text.version:
        raise refused(
            "summary_written",
            "您填写期间，别人也填写了这份总结。对方的文字已显示在上方，您的仍在输入框里，请合并后再保存。",
            "Somebody else wrote on this summary meanwhile. Their text stands above, yours is "
            "still in the fields: bring them together and save again.",
        )
    version = text.version + 1
    said = msgspec.json.encode(_Said(text.problems, text.next))
    act.conn.execute(
        insert(SummaryTextRow).values(
            town_id=act.who.town,
            area_id=asked.area.id,
            first=asked.first.isoformat(),
            last=asked.last.isoformat(),
            version=version,
            text=seal.close(said, *_belongs_to(asked), version),
            written_by=act.who.id,
            written_at=act.now,
        )
    )
    act.note(Deed.SUMMARY_WRITTEN, asked.area.id, f"{asked.first} – {asked.last}")


def _check_length(text: Written) -> None:
    if max(len(text.problems), len(text.next)) > TEXT_MAX:
        raise refused(
            "summary_long",
            f"每栏最多 {TEXT_MAX} 字。",
            f"At most {TEXT_MAX} characters in each field.",
        )


def _belongs_to(asked: Asked) -> tuple[str, ...]:
    days = (asked.first.isoformat(), asked.last.isoformat())
    return (SummaryTextRow.__tablename__, asked.who.town, asked.area.id, *days)
