"""Opening the server's home for a command, with a sentence for whatever stands in the way."""

import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, inspect

from server.db.engine import reading
from server.db.errors import DatabaseOld
from server.db.migrate import check_version, migrate
from server.office.act import Act, acting
from server.office.areas import areas
from server.office.errors import refused
from server.office.people import operator
from server.office.towns import Town, one_town
from server.services import Services, open_services
from server.settings import SETTINGS_FILE, Settings


def read_settings() -> Settings:
    """The settings. Raises OfficeRefused when one of them is not right."""
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(".".join(str(part) for part in fault["loc"]) for fault in error.errors())
        raise refused(
            "setting",
            f"设置不正确：{names}。请检查环境变量 DOORSTEP_… 和 {SETTINGS_FILE}。",
            f"These settings are not right: {names}. "
            f"Check the environment (DOORSTEP_...) and {SETTINGS_FILE}.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise refused(
            "settings_file",
            f"设置文件 {SETTINGS_FILE} 写法有误（{error}）。",
            f"The settings file {SETTINGS_FILE} is not written right ({error}).",
        ) from error


def prepare_home() -> Settings:
    """The settings, with a home that can be written. Raises OfficeRefused."""
    settings = read_settings()
    _check_home(settings.home)
    return settings


@contextmanager
def opened() -> Iterator[Services]:
    """The services of this home. A database that is not there yet is made."""
    settings = prepare_home()
    services = open_services(settings)
    try:
        prepare(services.engine)
        yield services
    finally:
        services.engine.dispose()


def prepare(engine: Engine) -> None:
    """Makes the tables of a new database. Raises DatabaseOld or DatabaseTooNew."""
    try:
        check_version(engine)
    except DatabaseOld:
        with reading(engine) as conn:
            is_new = not inspect(conn).get_table_names()
        if not is_new:
            raise
        migrate(engine)


def chosen_town(services: Services, named: str) -> Town:
    """The town that a command speaks of. Raises OfficeRefused."""
    with reading(services.engine) as conn:
        return one_town(conn, named)


@contextmanager
def operating(services: Services, town: str) -> Iterator[Act]:
    """An act of the operator of this machine."""
    with reading(services.engine) as conn:
        who = operator(conn, town)
    with acting(services.engine, services.keys, who, services.clock) as act:
        yield act


def area_of(conn: Connection, town: str, code: str) -> str:
    """The id of the area with that code. Raises OfficeRefused."""
    found = next((area for area in areas(conn, town) if area.code == code), None)
    if found is None:
        raise refused("no_area", f"没有编码为 {code} 的区域。", f"No area has the code {code}.")
    return found.id


def _check_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise refused(
            "home",
            f"{home} 不是文件夹，无法存放数据。请用 DOORSTEP_HOME 指定文件夹。",
            f"{home} is not a folder, so nothing can be kept there. "
            "Name a folder with DOORSTEP_HOME.",
        ) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise refused(
            "home",
            f"没有权限写入 {home}。请更改其权限，或用 DOORSTEP_HOME 指定其他文件夹。",
            f"There is no permission to write into {home}. "
            "Change that, or name another folder with DOORSTEP_HOME.",
        )
