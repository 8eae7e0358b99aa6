"""What can be wrong with the database itself, in words an operator can act on."""

import sqlite3
from pathlib import Path

import psycopg
from sqlalchemy.exc import DBAPIError

from server.errors import ServerError
from shared.wire import Words


class DatabaseError(ServerError):
    """The database cannot do what it is there for."""


class DatabaseUnknown(DatabaseError):
    """The address names no database that we know."""

    def __init__(self) -> None:
        super().__init__(
            "database_unknown",
            Words(
                "数据库地址无法识别。请使用 sqlite:///文件 或 postgresql://用户@主机/库名。",
                "The database address is not understood. "
                "Use sqlite:///file or postgresql://user@host/name.",
            ),
        )


class DatabaseTooNew(DatabaseError):
    """A newer program has changed the database."""

    def __init__(self) -> None:
        super().__init__(
            "database_too_new",
            Words(
                "数据库由更新版本的程序创建。请升级本程序；数据没有被改动。",
                "The database was made by a newer version of the program. "
                "Upgrade the program; nothing was changed.",
            ),
        )


class DatabaseOld(DatabaseError):
    """The program is newer than the database."""

    def __init__(self) -> None:
        super().__init__(
            "database_old",
            Words(
                "数据库版本较旧。请先备份，再运行 doorstep migrate。",
                "The database is from an older version. Back it up, then run: doorstep migrate",
            ),
        )


class DatabaseBroken(DatabaseError):
    """The file is not a database, or is damaged."""

    def __init__(self, path: Path | None = None) -> None:
        name = f" {path}" if path else ""
        super().__init__(
            "database_broken",
            Words(
                f"数据库文件{name} 已损坏或不是数据库。请保留该文件，并用最近的备份恢复。",
                f"The database file{name} is damaged or is not a database. "
                "Keep the file and restore the newest backup.",
            ),
        )


class DatabaseBusy(DatabaseError):
    """Others hold the database for too long; trying again helps."""

    def __init__(self) -> None:
        super().__init__(
            "busy",
            Words(
                "服务器正忙，请稍后再试；没有任何内容丢失。",
                "The server is busy. Try again in a moment; nothing is lost.",
            ),
        )


class DatabaseCircle(DatabaseBusy):
    """Two transactions waited for each other, and this one was ended: it may begin again."""


class DatabaseFull(DatabaseError):
    """There is no room left on the disk."""

    def __init__(self) -> None:
        super().__init__(
            "disk_full",
            Words(
                "服务器磁盘已满，未保存任何内容。请清理磁盘空间后重试。",
                "The server's disk is full and nothing was saved. Free some space and try again.",
            ),
        )


class DatabaseAway(DatabaseError):
    """The database does not answer, or may not be opened."""

    def __init__(self) -> None:
        super().__init__(
            "database_away",
            Words(
                "无法连接数据库。请检查数据库是否已启动、地址和权限是否正确。",
                "The database cannot be reached. Check that it runs, its address and permissions.",
            ),
        )


class ValueNotTaken(DatabaseError):
    """Somebody sent a text or number that no column takes: a NUL, or one that is too large."""

    def __init__(self) -> None:
        super().__init__(
            "value_not_taken",
            Words(
                "输入的内容含有无法保存的字符或数字，未保存任何内容。请修改后重试。",
                "The input has a character or a number that cannot be kept, so nothing was saved. "
                "Change it and try again.",
            ),
        )


class DatabaseFailed(DatabaseError):
    """The database refused a statement: a fault of the program."""

    def __init__(self) -> None:
        super().__init__(
            "database_failed",
            Words(
                "服务器内部错误，未保存任何内容。请联系管理员查看日志。",
                "The server failed and nothing was saved. Ask its operator to look at the log.",
            ),
        )


def database_error(error: DBAPIError | psycopg.Error) -> DatabaseError:
    """What a failed statement means for the operator."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    if isinstance(cause, psycopg.errors.DiskFull):
        return DatabaseFull()
    if isinstance(cause, _BUSY):
        return _busy(cause)
    if isinstance(cause, psycopg.DataError):
        return ValueNotTaken()
    if isinstance(cause, psycopg.OperationalError):
        return DatabaseAway()
    return DatabaseFailed()


_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.TooManyConnections,
)


def _busy(cause: psycopg.Error) -> DatabaseBusy:
    circle = isinstance(cause, psycopg.errors.DeadlockDetected)
    return DatabaseCircle() if circle else DatabaseBusy()


def _of_sqlite(cause: sqlite3.Error) -> DatabaseError:
    # Extended result codes carry the primary one in their low byte.
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy()
    if code == sqlite3.SQLITE_FULL:
        return DatabaseFull()
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseBroken()
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return DatabaseAway()
    return DatabaseFailed()
