"""Signing in to the console."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import col

from server.db.engine import reading, writing
from server.db.office_tables import AccountRow
from server.office.accounts import (
    Change,
    NewAccount,
    accounts,
    add_account,
    change_account,
    close_account,
    end_sessions,
    reset_password,
    unlock_account,
)
from server.office.act import Act
from server.office.audit import trail
from server.office.errors import OfficeRefused
from server.office.guesses import FREE_TRIES, wait_after
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.office.sessions import Life, Origin
from server.office.sign_in import Attempt, SignedIn, change_password, sign_in, signed_in
from server.office.sign_in_errors import SignInRefused
from tests.server.a_town import MINUTE, PASSWORD, ATown


def _try(town: ATown, login: str, password: str = PASSWORD) -> SignedIn:
    services = town.services
    attempt = Attempt(login, password, origin=Origin("10.0.0.7", "Edge · Windows"))
    return sign_in(services.engine, services.keys, attempt, town.clock)


def _fail(town: ATown, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            _try(town, "chen", "wrong")


def _session(town: ATown, entered: SignedIn) -> AccountIdentity | None:
    assert entered.ticket is not None
    with reading(town.services.engine) as conn:
        found = signed_in(conn, entered.ticket, Life(60 * MINUTE, 720 * MINUTE), town.clock())
    return found.who if found else None


def test_the_right_password_opens_a_session(town: ATown) -> None:
    who = town.account("chen", Role.COMMUNITY_ADMIN, "c1")

    entered = _try(town, " Chen ")

    assert entered.who == who
    assert _session(town, entered) == who


def test_a_password_is_kept_as_argon2id(town: ATown) -> None:
    who = town.account("chen", Role.TOWN_ADMIN)

    with reading(town.services.engine) as conn:
        kept = conn.execute(AccountRow.__table__.select()).one().password_hash  # type: ignore[attr-defined]  # SQLModel's
    assert kept.startswith("$argon2id$")
    assert who.login not in kept


def test_why_nobody_was_let_in_is_not_told(town: ATown) -> None:
    town.account("chen", Role.TOWN_ADMIN)
    closed = town.account("gone", Role.AUDITOR)
    town.account("locked", Role.AUDITOR)
    with town.act() as act:
        close_account(act, closed.id)
    with writing(town.services.engine) as conn:
        locked = update(AccountRow).where(col(AccountRow.login) == "locked")
        conn.execute(locked.values(locked_until=town.clock() + MINUTE))

    told = set()
    for login, password in (
        ("chen", "wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("locked", PASSWORD),
        ("chen", "x" * 10_000),
    ):
        with pytest.raises(SignInRefused) as refused:
            _try(town, login, password)
        told.add((refused.value.code, refused.value.words))

    assert len(told) == 1


def test_an_unknown_name_costs_the_same_work(town: ATown, monkeypatch: pytest.MonkeyPatch) -> None:
    town.account("chen", Role.TOWN_ADMIN)
    compared: list[bool] = []
    verify = "argon2.PasswordHasher.verify"
    import argon2

    real = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, kept: str, password: str) -> object:
        compared.append(kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$"))
        return real(self, kept, password)

    monkeypatch.setattr(verify, counted)
    for login in ("chen", "nobody"):
        with pytest.raises(SignInRefused):
            _try(town, login, "wrong")

    assert compared == [True, True]


def test_wrong_passwords_lock_for_longer_and_longer(town: ATown) -> None:
    town.account("chen", Role.TOWN_ADMIN)
    _fail(town, FREE_TRIES)
    assert _try(town, "chen").who.login == "chen"  # a right one starts the count anew

    _fail(town, FREE_TRIES + 1)
    with pytest.raises(SignInRefused):
        _try(town, "chen")
    town.clock.at += MINUTE
    _fail(town, 1)
    town.clock.at += MINUTE
    with pytest.raises(SignInRefused):
        _try(town, "chen")
    town.clock.at += MINUTE

    assert _try(town, "chen").who.login == "chen"


def test_delays_grow_up_to_a_bound() -> None:
    waits = [wait_after(failures) // MINUTE for failures in range(12)]

    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15]


def test_an_admin_unlocks_an_account(town: ATown) -> None:
    who = town.account("chen", Role.TOWN_ADMIN)
    _fail(town, FREE_TRIES + 1)

    with town.act() as act:
        unlock_account(act, who.id)

    assert _try(town, "chen").who == who


def test_each_try_and_each_entry_is_in_the_audit_trail_without_what_was_typed(
    town: ATown,
) -> None:
    who = town.account("chen", Role.TOWN_ADMIN)
    _fail(town, 1)
    _try(town, "chen")
    with pytest.raises(SignInRefused):
        _try(town, PASSWORD)  # typed into the wrong field

    with reading(town.services.engine) as conn:
        rows = trail(conn, "east", limit=4)
    assert [(row.action, row.actor) for row in reversed(rows)] == [
        ("sign_in_tried", who.id),
        ("sign_in_tried", who.id),
        ("signed_in", who.id),
        ("sign_in_tried", ""),
    ]
    assert PASSWORD not in str(rows)


@pytest.mark.parametrize(
    "end",
    [
        end_sessions,
        close_account,
        lambda act, account: reset_password(act, account, "other-Lamp-5"),
    ],
)
def test_all_sessions_end_at_once(town: ATown, end: Callable[[Act, str], None]) -> None:
    town.account("first", Role.TOWN_ADMIN)
    town.account("chen", Role.TOWN_ADMIN)
    entered = _try(town, "chen")

    with town.act() as act:
        end(act, entered.who.id)

    assert _session(town, entered) is None


def test_another_name_leaves_a_session_and_another_role_or_area_ends_it(town: ATown) -> None:
    town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    entered = _try(town, "chen")
    first, second = town.areas["c1"], town.areas["c2"]

    def changed(role: Role, area: str) -> AccountIdentity | None:
        with town.act() as act:
            change_account(act, entered.who.id, Change("陈", role, area))
        return _session(town, entered)

    renamed = changed(Role.COMMUNITY_ADMIN, first)
    assert renamed is not None
    assert renamed.name == "陈"
    assert changed(Role.COMMUNITY_ADMIN, second) is None
    entered = _try(town, "chen")
    assert changed(Role.AUDITOR, second) is None
    again = _try(town, "chen").who
    assert (again.role, set(again.grids)) == (Role.AUDITOR, {town.areas["g3"]})


def test_one_changes_ones_own_password_with_the_old_one(town: ATown) -> None:
    who = town.account("chen", Role.TOWN_ADMIN)
    before = _try(town, "chen")
    services = town.services

    with pytest.raises(OfficeRefused, match="password_wrong"):
        change_password(services.engine, services.keys, who, old="wrong", new="other-Lamp-5")
    change_password(services.engine, services.keys, who, old=PASSWORD, new="other-Lamp-5")

    assert _session(town, before) is None
    assert _try(town, "chen", "other-Lamp-5").who == who


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaa", "1234567890", "chen-2026-chen", "x" * 200]
)
def test_a_password_that_is_easy_to_guess_is_refused(town: ATown, password: str) -> None:
    with pytest.raises(OfficeRefused, match="password_"), town.act() as act:
        add_account(act, NewAccount("chen", "陈", Role.AUDITOR, town.areas["town"], password))


def test_a_login_name_is_given_once_whatever_its_case(town: ATown) -> None:
    town.account("chen", Role.AUDITOR)

    with pytest.raises(OfficeRefused, match="login_taken"):
        town.account("CHEN", Role.AUDITOR)


def test_the_last_town_admin_stays(town: ATown) -> None:
    who = town.account("chen", Role.TOWN_ADMIN)

    with pytest.raises(OfficeRefused, match="last_admin"), town.act() as act:
        close_account(act, who.id)
    with pytest.raises(OfficeRefused, match="last_admin"), town.act() as act:
        change_account(act, who.id, Change("陈", Role.AUDITOR, town.areas["town"]))
    with town.act() as act:
        assert [account.active for account in accounts(act.conn, act.who)] == [True]
