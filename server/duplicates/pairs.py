"""What is known of a pair: how alike it is, and whether somebody has said that it is none."""

from msgspec import Struct
from sqlalchemy import Connection, delete, select
from sqlmodel import col

from server.db.register_tables import NotSameRow
from server.db.review_tables import LookalikeRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.roles import Action
from server.register.names import names_of


class Standing(Struct, frozen=True, kw_only=True):
    """What is known of a pair."""

    score: int
    """In thousandths; 0 where the comparison finds nothing alike."""
    reasons: tuple[str, ...]
    apart_by: str = ""
    """Who said that they are not the same."""
    apart_at: int | None = None


def ordered(one: str, other: str) -> tuple[str, str]:
    """A pair as it is kept: the smaller id first."""
    return (one, other) if one < other else (other, one)


def standing(conn: Connection, town: str, pair: tuple[str, str]) -> Standing:
    """What is known of a pair, in whatever order it is named."""
    one, other = ordered(*pair)
    found = conn.execute(
        select(col(LookalikeRow.score), col(LookalikeRow.reasons)).where(
            col(LookalikeRow.town_id) == town,
            col(LookalikeRow.one_id) == one,
            col(LookalikeRow.other_id) == other,
        )
    ).one_or_none()
    said = conn.execute(
        select(col(NotSameRow.said_by), col(NotSameRow.said_at)).where(
            col(NotSameRow.town_id) == town,
            col(NotSameRow.one_id) == one,
            col(NotSameRow.other_id) == other,
        )
    ).one_or_none()
    names = names_of(conn, town, {said.said_by}) if said else {}
    return Standing(
        score=found.score if found else 0,
        reasons=tuple(found.reasons.split()) if found else (),
        apart_by=names.get(said.said_by, said.said_by) if said else "",
        apart_at=said.said_at if said else None,
    )


def take_back(act: Act, pair: tuple[str, str]) -> None:
    """They may be the same after all: the pair is proposed again."""
    act.require(Action.DECIDE)
    one, other = ordered(*pair)
    act.conn.execute(
        delete(NotSameRow).where(
            col(NotSameRow.town_id) == act.who.town,
            col(NotSameRow.one_id) == one,
            col(NotSameRow.other_id) == other,
        )
    )
    act.note(Deed.MAYBE_THE_SAME, f"{one} {other}")
