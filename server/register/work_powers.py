"""What of grid work may be written by whom: phones act for the grid, and steps stay as they are."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import DeviceRow
from server.register.author import CONSOLE, Author
from shared.changes import Change, ChangeKind
from shared.work.values import APPEND_ONLY, STEP_KINDS, Level

OF_THE_OFFICE = frozenset({"protection_step", "work_rules"})
"""Kinds of record that are written at the console only."""
REPLIES: Mapping[str, frozenset[str]] = MappingProxyType({"finding": frozenset({"reply"})})
"""Of what the office writes for a grid, the answers that its workers give."""
OFFICE_ANSWERS: Mapping[str, frozenset[str]] = MappingProxyType({"feedback": frozenset({"answer"})})
"""Of what workers write, the answers that the office gives."""
_STEPS = frozenset(STEP_KINDS.values())
_KEPT = frozenset({ChangeKind.CREATE, ChangeKind.NOTE})
_BY_THE_OFFICE = frozenset({ChangeKind.MOVE, ChangeKind.DELETE, ChangeKind.RESTORE})


def overreach(conn: Connection, author: Author, change: Change) -> str:
    """The reason why its author may not write this; "" where nothing speaks against it."""
    kind = change.record_kind
    if kind in APPEND_ONLY and change.kind not in _KEPT | _BY_THE_OFFICE:
        return "already_written"
    if not _needs_the_office(change) or _is_console(conn, author):
        return ""
    return "already_written" if kind in APPEND_ONLY and change.kind not in _KEPT else "not_yours"


def _needs_the_office(change: Change) -> bool:
    if change.record_kind in OF_THE_OFFICE:
        return True
    if change.record_kind in REPLIES and change.kind is not ChangeKind.NOTE:
        return change.kind is ChangeKind.CREATE or not (
            change.units.keys() <= REPLIES[change.record_kind]
        )
    if not change.units.keys().isdisjoint(OFFICE_ANSWERS.get(change.record_kind, ())):
        return True
    if change.record_kind in APPEND_ONLY and change.kind in _BY_THE_OFFICE:
        return True
    if change.record_kind in _STEPS:
        return change.units.get("level", Level.GRID.code) != Level.GRID.code or bool(
            change.units.get("post")
        )
    return change.record_kind == "nil_report" and bool(change.units.get("excuse"))


def _is_console(conn: Connection, author: Author) -> bool:
    kind = select(col(DeviceRow.kind)).where(
        col(DeviceRow.town_id) == author.town, col(DeviceRow.id) == author.device
    )
    return conn.execute(kind).scalar() == CONSOLE
