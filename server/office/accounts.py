"""Accounts of those who sign in to the console. Only a town admin adds or changes them."""

import re

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AccountRow
from server.errors import NotFound
from server.office.act import Act, require
from server.office.area_edits import checked_name
from server.office.areas import areas
from server.office.audit import Deed
from server.office.errors import refused
from server.office.passwords import check_password, hashed
from server.office.people import AccountIdentity
from server.office.roles import ACCOUNT_ROLES, Action, Role
from server.office.second_factor import turn_off
from server.office.sessions import drop_sessions
from shared.codes import code_table

REASON_MIN = 4
_LOGIN = re.compile(r"[\w.-]{2,40}")


class Account(Struct, frozen=True):
    """An account, without its secrets."""

    id: str
    login: str
    name: str
    role: Role
    area_id: str
    active: bool
    created_at: int
    locked_until: int
    post: str = ""
    """Of a department, the post whose cases it sees."""


class NewAccount(Struct, frozen=True):
    """An account to add."""

    login: str
    name: str
    role: Role
    area_id: str
    password: str
    post: str = ""


class Change(Struct, frozen=True):
    """What an account is to be from now on."""

    name: str
    role: Role
    area_id: str
    post: str = ""


def accounts(conn: Connection, who: AccountIdentity) -> list[Account]:
    """Every account of the town."""
    require(who, Action.SEE_ACCOUNTS)
    rows = conn.execute(
        select(AccountRow)
        .where(col(AccountRow.town_id) == who.town)
        .order_by(col(AccountRow.login))
    )
    return [msgspec.convert(row, Account, from_attributes=True) for row in rows]


def one_account(conn: Connection, who: AccountIdentity, account_id: str) -> Account:
    """One account of the town. Raises NotFound."""
    found = next((each for each in accounts(conn, who) if each.id == account_id), None)
    if found is None:
        raise NotFound
    return found


def add_account(act: Act, new: NewAccount) -> Account:
    """Adds an account."""
    act.require(Action.MANAGE_ACCOUNTS)
    login = _login(act, new.login)
    check_password(new.password, login)
    _check_area(act, new.role, new.area_id)
    added = Account(
        id=new_id(act.now),
        login=login,
        name=checked_name(new.name),
        role=new.role,
        area_id=new.area_id,
        active=True,
        created_at=act.now,
        locked_until=0,
        post=_post(new.role, new.post),
    )
    act.conn.execute(
        insert(AccountRow).values(
            town_id=act.who.town,
            password_hash=hashed(new.password),
            failures=0,
            **msgspec.structs.asdict(added),
        )
    )
    act.note(Deed.ACCOUNT_ADDED, added.id)
    return added


def change_account(act: Act, account_id: str, change: Change) -> None:
    """Gives an account another name, role or area. Raises OfficeRefused.

    Who may do something else from now on signs in anew: a town may ask more of that role.
    """
    before = _managed(act, account_id)
    post = _post(change.role, change.post)
    _check_area(act, change.role, change.area_id)
    if before.role is Role.TOWN_ADMIN and change.role is not Role.TOWN_ADMIN:
        _refuse_last_admin(act, account_id)
    _update(
        act,
        account_id,
        name=checked_name(change.name),
        role=change.role.value,
        area_id=change.area_id,
        post=post,
    )
    if (before.role, before.area_id, before.post) != (change.role, change.area_id, post):
        drop_sessions(act.conn, act.who.town, account_id)
    act.note(Deed.ACCOUNT_CHANGED, account_id)


def close_account(act: Act, account_id: str) -> None:
    """Closes an account at once, with its sessions."""
    if _managed(act, account_id).role is Role.TOWN_ADMIN:
        _refuse_last_admin(act, account_id)
    _update(act, account_id, active=False)
    drop_sessions(act.conn, act.who.town, account_id)
    act.note(Deed.ACCOUNT_CLOSED, account_id)


def unlock_account(act: Act, account_id: str) -> None:
    """Lets somebody sign in again who had guessed too often."""
    _managed(act, account_id)
    _update(act, account_id, failures=0, locked_until=0)
    act.note(Deed.ACCOUNT_UNLOCKED, account_id)


def reset_password(act: Act, account_id: str, password: str) -> None:
    """Gives an account another password and ends its sessions."""
    account = _managed(act, account_id)
    check_password(password, account.login)
    _update(
        act,
        account_id,
        password_hash=hashed(password),
        failures=0,
        locked_until=0,
    )
    drop_sessions(act.conn, act.who.town, account_id)
    act.note(Deed.PASSWORD_RESET, account_id)


def reset_factor(act: Act, account_id: str, reason: str) -> None:
    """An account asks for no code any more, because its phone and recovery codes are gone.

    Somebody else does it, says why, and unlocks the account with it. Raises OfficeRefused.
    """
    _managed(act, account_id)
    if account_id == act.who.id:
        raise refused(
            "own_factor",
            "不能重置自己的两步验证，请由另一位管理员办理。",
            "Nobody resets their own second factor: ask another admin.",
        )
    if len(reason.strip()) < REASON_MIN:
        raise refused(
            "reason_missing",
            f"请写明理由（至少 {REASON_MIN} 个字），例如如何确认了本人。",
            f"Say why, in {REASON_MIN} characters or more: how you made sure that it is them.",
        )
    turn_off(act, account_id, reason.strip())
    _update(act, account_id, failures=0, locked_until=0)


def end_sessions(act: Act, account_id: str, *, but: str = "") -> None:
    """Ends all sessions of an account, or all but that with the id `but`; everyone their own."""
    if account_id != act.who.id:
        _managed(act, account_id)
    drop_sessions(act.conn, act.who.town, account_id, but=but)
    act.note(Deed.SESSIONS_ENDED, account_id)


def _managed(act: Act, account_id: str) -> Account:
    act.require(Action.MANAGE_ACCOUNTS)
    return one_account(act.conn, act.who, account_id)


def _login(act: Act, login: str) -> str:
    login = login.strip().casefold()
    if not _LOGIN.fullmatch(login):
        raise refused(
            "login",
            "登录名为 2 到 40 个字符，只能包含文字、数字、点、横线和下划线。",
            "A login name has 2 to 40 letters, digits, dots, hyphens or underscores.",
        )
    if any(account.login == login for account in accounts(act.conn, act.who)):
        raise refused(
            "login_taken", f"登录名 {login} 已被使用。", f"The login name {login} is in use."
        )
    return login


def _post(role: Role, post: str) -> str:
    """The post of a department; nobody else has one. Raises OfficeRefused."""
    if role is not Role.DEPARTMENT:
        return ""
    if post not in {code.code for code in code_table("handler").offered}:
        raise refused(
            "post_missing",
            "请选择这个账号代表哪个部门。",
            "Choose the department that the account acts for.",
        )
    return post


def _check_area(act: Act, role: Role, area_id: str) -> None:
    if role not in ACCOUNT_ROLES:
        raise refused(
            "role", "网格员通过手机使用，不需要后台账号。", "A grid worker has a phone, no account."
        )
    area = next((area for area in areas(act.conn, act.who.town) if area.id == area_id), None)
    if area is None:
        raise NotFound
    if role is Role.TOWN_ADMIN and area.parent_id is not None:
        raise refused(
            "town_admin_area",
            "镇管理员须管辖全镇。",
            "A town admin is in charge of the whole town.",
        )


def _refuse_last_admin(act: Act, account_id: str) -> None:
    others = (
        a
        for a in accounts(act.conn, act.who)
        if a.active and a.role is Role.TOWN_ADMIN and a.id != account_id
    )
    if next(others, None) is None:
        raise refused(
            "last_admin",
            "这是最后一位镇管理员，请先添加另一位。",
            "This is the last town admin: add another one first.",
        )


def _update(act: Act, account_id: str, **values: str | int | bool) -> None:
    act.conn.execute(
        update(AccountRow)
        .where(col(AccountRow.town_id) == act.who.town, col(AccountRow.id) == account_id)
        .values(**values)
    )
