"""The audit trail."""

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from server.db.engine import reading, writing
from server.db.errors import DatabaseError
from server.db.office_tables import AuditRow
from server.errors import NotFound
from server.office.audit import Checked, Deed, Head, check, head, trail
from server.office.roles import Role
from tests.server.a_town import ATown

TRIGGERS = ("audit_not_changed", "audit_not_deleted")


@pytest.fixture
def audited(town: ATown) -> ATown:
    town.worker("W1", "g1")
    town.account("chen", Role.AUDITOR)
    with writing(town.services.engine) as conn:
        for trigger in TRIGGERS:
            conn.execute(text(f"DROP TRIGGER {trigger}"))
    return town


def _checked(town: ATown, known: Head | None = None) -> Checked:
    with reading(town.services.engine) as conn:
        return check(conn, town.services.keys.audit, "east", known)


def _head(town: ATown) -> Head:
    with reading(town.services.engine) as conn:
        return head(conn, "east")


def test_every_act_leaves_who_did_what_to_whom(town: ATown) -> None:
    person = town.worker("W1", "g1")

    with reading(town.services.engine) as conn:
        rows = trail(conn, "east", limit=2)
    assert [(row.actor, row.action) for row in rows] == [
        ("operator", "assigned"),
        ("operator", "worker_added"),
    ]
    assert rows[1].object == person


def test_an_act_that_fails_leaves_no_row(town: ATown) -> None:
    before = _head(town)

    with pytest.raises(NotFound):
        _reveal_what_is_not_there(town)

    assert _head(town) == before


def test_an_untouched_trail_is_whole(audited: ATown) -> None:
    found = _checked(audited, _head(audited))

    assert found.broken_at is None
    assert found.rows == _head(audited).seq


@pytest.mark.parametrize(
    "values", [{"reason": "x"}, {"actor": "x"}, {"at": 1}, {"object": "x"}, {"mac": "0" * 64}]
)
def test_a_changed_row_is_named(audited: ATown, values: dict[str, str | int]) -> None:
    with writing(audited.services.engine) as conn:
        conn.execute(update(AuditRow).where(col(AuditRow.seq) == 3).values(**values))

    assert _checked(audited).broken_at == 3


def test_a_deleted_row_is_named(audited: ATown) -> None:
    _delete(audited.services.engine, 4)

    assert _checked(audited).broken_at == 4


def test_two_swapped_rows_are_named(audited: ATown) -> None:
    with writing(audited.services.engine) as conn:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            conn.execute(update(AuditRow).where(col(AuditRow.seq) == before).values(seq=after))

    assert _checked(audited).broken_at == 2


def test_a_cut_tail_shows_only_against_a_head_kept_elsewhere(audited: ATown) -> None:
    kept = _head(audited)
    _delete(audited.services.engine, kept.seq)

    assert _checked(audited).broken_at is None
    assert _checked(audited, kept).broken_at == kept.seq


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_trail(town: ATown, statement: str) -> None:
    with pytest.raises((DatabaseError, DBAPIError)), writing(town.services.engine) as conn:
        conn.execute(text(statement))

    assert _checked(town).broken_at is None


def _reveal_what_is_not_there(town: ATown) -> None:
    with town.act() as act:
        act.note(Deed.REVEALED, "nowhere")
        raise NotFound


def _delete(engine: Engine, seq: int) -> None:
    with writing(engine) as conn:
        conn.execute(delete(AuditRow).where(col(AuditRow.seq) == seq))
