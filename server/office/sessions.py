"""Sessions of the console: with which browsers an account is signed in, and until when.

A session is a row; the cookie carries its id and a secret of which only the hash is kept. Ending
it takes the row away, and nothing else is needed: a copied cookie ends with it.
"""

import hmac
import secrets
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.sign_in_tables import SessionRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.settings import Settings

SESSIONS_MAX = 20
"""Of one account at once; the one that was unheard for longest gives way."""
SEEN_STEP_MS = 60_000
"""How exactly it is noted when a session was heard of last."""
SECRET_BYTES = 32
_MINUTE_MS = 60_000


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105 - a way, not a password
    CODE = "code"
    """Password and code."""
    ORGANISATION = "organisation"
    """By the organisation's own sign-in (OpenID Connect)."""


class Origin(Struct, frozen=True):
    """Where somebody signs in from, as far as that is known."""

    address: str = ""
    browser: str = ""


class Life(Struct, frozen=True):
    """How long a session lasts, ms: unheard, and altogether."""

    idle: int
    most: int


class Ticket(Struct, frozen=True):
    """What the cookie of a session says."""

    town: str
    id: str
    secret: str


class Session(Struct, frozen=True):
    """One browser that an account is signed in with."""

    id: str
    account_id: str
    created_at: int
    seen_at: int
    address: str
    browser: str
    way: Way


def life_of(settings: Settings) -> Life:
    """How long sessions last here, as the operator has set it."""
    most = settings.session_hours * 60
    return Life(settings.session_idle_minutes * _MINUTE_MS, most * _MINUTE_MS)


def open_session(
    conn: Connection, account: tuple[str, str], *, origin: Origin, way: Way, now: int
) -> Ticket:
    """A new session of an account (town, id), with a secret that nobody had before."""
    town, account_id = account
    _make_room(conn, town, account_id)
    ticket = Ticket(town, new_id(now), secrets.token_urlsafe(SECRET_BYTES))
    conn.execute(
        insert(SessionRow).values(
            town_id=town,
            id=ticket.id,
            account_id=account_id,
            secret_hash=_hashed(ticket.secret),
            created_at=now,
            seen_at=now,
            address=origin.address,
            browser=origin.browser,
            way=way.value,
        )
    )
    return ticket


def session_of(conn: Connection, ticket: Ticket, life: Life, now: int) -> Session | None:
    """The session of a cookie, or None when there is none, it has ended or its time is over."""
    row = conn.execute(
        select(SessionRow).where(
            col(SessionRow.town_id) == ticket.town, col(SessionRow.id) == ticket.id
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, _hashed(ticket.secret)):
        return None
    session = _session(row)
    return session if _lasts(session, life, now) else None


def note_seen(conn: Connection, ticket: Ticket, now: int) -> None:
    """The session was heard of; `is_stale` says when this is worth writing."""
    conn.execute(
        update(SessionRow)
        .where(col(SessionRow.town_id) == ticket.town, col(SessionRow.id) == ticket.id)
        .values(seen_at=now)
    )


def is_stale(session: Session, now: int) -> bool:
    """Whether it was noted so long ago that the session was heard of that it is noted anew."""
    return now - session.seen_at >= SEEN_STEP_MS


def sessions_of(
    conn: Connection, town: str, account_id: str, *, life: Life, now: int
) -> list[Session]:
    """An account's sessions that still last, the one that was heard of last first."""
    everyone = open_sessions(conn, town, life=life, now=now)
    return [session for session in everyone if session.account_id == account_id]


def open_sessions(conn: Connection, town: str, *, life: Life, now: int) -> list[Session]:
    """Every session of the town that still lasts, the one that was heard of last first."""
    rows = conn.execute(
        select(SessionRow)
        .where(col(SessionRow.town_id) == town)
        .order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    )
    found = (_session(row) for row in rows)
    return [session for session in found if _lasts(session, life, now)]


def end_own_session(act: Act, session_id: str) -> None:
    """Ends one of the actor's own sessions. Raises NotFound for anybody else's."""
    gone = act.conn.execute(
        delete(SessionRow).where(
            col(SessionRow.town_id) == act.who.town,
            col(SessionRow.account_id) == act.who.id,
            col(SessionRow.id) == session_id,
        )
    )
    if gone.rowcount == 0:
        raise NotFound
    act.note(Deed.SIGNED_OUT, act.who.id)


def drop_sessions(conn: Connection, town: str, account_id: str, *, but: str = "") -> None:
    """Ends every session of an account, or every one but that with the id `but`."""
    conn.execute(
        delete(SessionRow).where(
            col(SessionRow.town_id) == town,
            col(SessionRow.account_id) == account_id,
            col(SessionRow.id) != but,
        )
    )


def drop_ended(conn: Connection, town: str, *, life: Life, now: int) -> int:
    """Forgets sessions whose time is over, with their addresses; how many."""
    gone = conn.execute(
        delete(SessionRow).where(
            col(SessionRow.town_id) == town,
            (col(SessionRow.seen_at) <= now - life.idle)
            | (col(SessionRow.created_at) <= now - life.most),
        )
    )
    return gone.rowcount


def _make_room(conn: Connection, town: str, account_id: str) -> None:
    mine = (col(SessionRow.town_id) == town, col(SessionRow.account_id) == account_id)
    unheard = (
        select(col(SessionRow.id))
        .where(*mine)
        .order_by(col(SessionRow.seen_at).desc())
        .offset(SESSIONS_MAX - 1)
    )
    too_many = list(conn.execute(unheard).scalars())
    conn.execute(delete(SessionRow).where(*mine, col(SessionRow.id).in_(too_many)))


def _lasts(session: Session, life: Life, now: int) -> bool:
    return now - session.seen_at < life.idle and now - session.created_at < life.most


def _session(row: Row[SessionRow]) -> Session:
    return Session(
        id=row.id,
        account_id=row.account_id,
        created_at=row.created_at,
        seen_at=row.seen_at,
        address=row.address,
        browser=row.browser,
        way=Way(row.way),
    )


def _hashed(secret: str) -> str:
    # 256 random bits: a plain hash hides them.
    return sha256(secret.encode()).hexdigest()
