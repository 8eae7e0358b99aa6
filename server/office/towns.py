"""Towns: the tenants of the server. Most servers have one."""

import re

from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import TownRow
from server.keys import Keys
from server.office.act import Act
from server.office.area_edits import checked_code, checked_name, insert_area
from server.office.areas import Area, Level
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import OPERATOR, AccountIdentity
from server.office.roles import Role

_TOWN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Town(Struct, frozen=True):
    """A tenant."""

    town_id: str
    name: str
    created_at: int = 0


class NewTown(Struct, frozen=True):
    """A town to add: its id stands in every key and token."""

    town_id: str
    name: str
    code: str
    """12 digits, the last three 000."""


def towns(conn: Connection) -> list[Town]:
    """Every town of this server."""
    rows = conn.execute(select(TownRow).order_by(col(TownRow.town_id)))
    return [Town(row.town_id, row.name, row.created_at) for row in rows]


def one_town(conn: Connection, named: str = "") -> Town:
    """The town of that id or name, or the only one. Raises OfficeRefused when it is not clear."""
    everyone = towns(conn)
    if not everyone:
        raise refused(
            "no_town",
            "还没有镇。请先用 doorstep add-admin 加 --town-name 和 --town-code 建立。",
            "There is no town yet. Make one with doorstep add-admin, --town-name and --town-code.",
        )
    if not named and len(everyone) == 1:
        return everyone[0]
    found = next((town for town in everyone if named in (town.town_id, town.name)), None)
    if found is None:
        names = ", ".join(town.town_id for town in everyone)
        raise refused("which_town", f"请指明是哪个镇：{names}。", f"Say which town: {names}.")
    return found


def add_town(conn: Connection, keys: Keys, now: int, new: NewTown) -> AccountIdentity:
    """Adds a town with the root of its tree; answers with its operator, who can go on."""
    if not _TOWN_ID.fullmatch(new.town_id):
        raise refused(
            "town_id",
            "镇的代号只能用小写字母、数字和连字符，最多 40 个字符。",
            "A town's id has small letters, digits and hyphens, at most 40.",
        )
    if any(town.town_id == new.town_id for town in towns(conn)):
        raise refused("town_taken", "该镇已存在。", "That town is already there.")
    name = checked_name(new.name)
    root = Area(new_id(now), None, Level.TOWN, checked_code(Level.TOWN, new.code, None), name, now)
    who = AccountIdentity(
        town=new.town_id,
        id=OPERATOR,
        login=OPERATOR,
        name=OPERATOR,
        role=Role.TOWN_ADMIN,
        area_id=root.id,
        grids=frozenset(),
    )
    conn.execute(insert(TownRow).values(town_id=new.town_id, name=name, created_at=now))
    act = Act(conn, who, keys, now)
    insert_area(act, root)
    act.note(Deed.TOWN_ADDED, root.id)
    return who
