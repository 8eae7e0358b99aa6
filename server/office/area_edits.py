"""Adding, renaming and ending areas. A code is checked against the standard and its parent."""

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AreaRow, AssignmentRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, Level, areas, areas_below
from server.office.audit import Deed
from server.office.errors import OfficeRefused, refused
from server.office.roles import Action
from shared.codes.areas import (
    AREA_CODE_LENGTH,
    AreaLevel,
    area_level,
    check_area_code,
    check_grid_code,
    short_area_code,
)
from shared.codes.messages import Fault, message_of

NAME_MAX = 60
_BELOW = {Level.TOWN: Level.COMMUNITY, Level.COMMUNITY: Level.GRID}


class NewArea(Struct, frozen=True):
    """An area to add below another."""

    parent_id: str
    code: str
    name: str


def add_area(act: Act, new: NewArea) -> Area:
    """Adds a community below the town, or a grid below a community."""
    act.require(Action.MANAGE_AREAS)
    tree = areas(act.conn, act.who.town)
    parent = _standing(act, tree, new.parent_id)
    level = _BELOW.get(parent.level)
    if level is None:
        raise refused("grid_is_last", "网格下面不能再设区域。", "There is nothing below a grid.")
    area = Area(
        id=new_id(act.now),
        parent_id=parent.id,
        level=level,
        code=checked_code(level, new.code, parent.code),
        name=checked_name(new.name),
        valid_from=act.now,
    )
    if any(other.code == area.code for other in tree):
        raise refused(
            "area_code_taken",
            f"编码 {area.code} 已被使用。",
            f"The code {area.code} is already in use.",
        )
    insert_area(act, area)
    act.note(Deed.AREA_ADDED, area.id)
    return area


def rename_area(act: Act, area_id: str, name: str) -> None:
    """Gives an area another name."""
    act.require(Action.MANAGE_AREAS)
    _found(areas(act.conn, act.who.town), area_id)
    _update(act, area_id, name=checked_name(name))
    act.note(Deed.AREA_CHANGED, area_id)


def end_area(act: Act, area_id: str) -> None:
    """Ends an area from now on; its past stays. Refused while somebody still works in it."""
    act.require(Action.MANAGE_AREAS)
    tree = areas_below(act.conn, act.who.town, area_id)
    _standing(act, tree, area_id)
    if any(area.stands(act.now) and area.id != area_id for area in tree):
        raise refused(
            "area_not_empty",
            "请先结束该区域下的所有网格。",
            "End the areas below it first.",
        )
    if _somebody_works_in(act, area_id):
        raise refused(
            "area_has_workers",
            "该区域仍有在岗人员，请先结束其分工。",
            "Somebody still works there: end those assignments first.",
        )
    _update(act, area_id, valid_to=act.now)
    act.note(Deed.AREA_ENDED, area_id)


def insert_area(act: Act, area: Area) -> None:
    """Writes the area's row."""
    act.conn.execute(
        insert(AreaRow).values(
            town_id=act.who.town,
            id=area.id,
            parent_id=area.parent_id,
            level=area.level.value,
            code=area.code,
            name=area.name,
            valid_from=area.valid_from,
            valid_to=area.valid_to,
        )
    )


def checked_code(level: Level, code: str, parent_code: str | None) -> str:
    """The code without spaces. Raises OfficeRefused when it is not right for its place."""
    code = code.replace(" ", "")
    if level is Level.GRID:
        _refuse(check_grid_code(code))
    else:
        _refuse(check_area_code(code))
    if level is not Level.GRID and area_level(code) is not _standard_level(level):
        raise _wrong_level(level)
    if parent_code and not code.startswith(_stem(parent_code)):
        raise refused(
            "area_code_elsewhere",
            f"编码必须以上级区域的编码 {_stem(parent_code)} 开头。",
            f"The code must begin with that of the area above, {_stem(parent_code)}.",
        )
    return code


def checked_name(name: str) -> str:
    """The name without outer spaces. Raises OfficeRefused when it is empty or too long."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise refused(
            "name",
            f"名称不能为空，且不超过 {NAME_MAX} 个字。",
            f"A name has 1 to {NAME_MAX} characters.",
        )
    return name


def _refuse(fault: Fault | None) -> None:
    if fault is not None:
        message = message_of(fault)
        raise refused("area_code", message.zh, message.en)


def _standard_level(level: Level) -> AreaLevel:
    return AreaLevel.TOWN if level is Level.TOWN else AreaLevel.COMMUNITY


def _wrong_level(level: Level) -> OfficeRefused:
    if level is Level.TOWN:
        return refused(
            "area_code",
            "镇的编码为 12 位，最后三位是 000。",
            "A town's code has 12 digits and ends in 000.",
        )
    return refused(
        "area_code",
        "社区（村）的编码为 12 位，最后三位不能是 000。",
        "A community's code has 12 digits and does not end in 000.",
    )


def _stem(code: str) -> str:
    return short_area_code(code) if len(code) == AREA_CODE_LENGTH else code


def _found(tree: list[Area], area_id: str) -> Area:
    area = next((area for area in tree if area.id == area_id), None)
    if area is None:
        raise NotFound
    return area


def _standing(act: Act, tree: list[Area], area_id: str) -> Area:
    area = _found(tree, area_id)
    if not area.stands(act.now):
        raise refused("area_ended", "该区域已停用。", "That area has ended.")
    return area


def _somebody_works_in(act: Act, area_id: str) -> bool:
    duty = act.conn.execute(
        select(col(AssignmentRow.id))
        .where(
            col(AssignmentRow.town_id) == act.who.town,
            col(AssignmentRow.area_id) == area_id,
            col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > act.now),
        )
        .limit(1)
    )
    return duty.first() is not None


def _update(act: Act, area_id: str, **values: str | int) -> None:
    act.conn.execute(
        update(AreaRow)
        .where(col(AreaRow.town_id) == act.who.town, col(AreaRow.id) == area_id)
        .values(**values)
    )
