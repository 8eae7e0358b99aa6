"""Pushes, pulls and their answers, as tests of the API send and read them."""

import httpx
import msgspec
from sqlalchemy import func, select

from server.clock import new_id
from server.db.engine import reading
from server.db.register_tables import JournalRow, QuarantineRow
from server.forms.builtin import builtin_forms
from shared.wire import Page, Problem, Pull
from tests.server.a_town import TOWN, ATown
from tests.server.api.caller import Caller, Device


def publish(town: ATown, name: str = TOWN) -> None:
    """The built-in forms count in the town."""
    for form in builtin_forms().values():
        town.services.register.publish_form(name, form)


def door(device: Device, number: int = 1) -> bytes:
    return device.create(new_id(), "dwelling", code=f"3-1-02-{number:05d}", status="occupied")


def push(caller: Caller, device: Device, *changes: bytes) -> httpx.Response:
    body = device.push_of(*changes)
    return caller.post("/v1/push", content=body, headers=device.signed(body))


def pull(caller: Caller, device: Device, cursor: str | None) -> httpx.Response:
    return caller.post("/v1/pull", content=msgspec.json.encode(Pull(cursor)), headers=device.token)


def page(reply: httpx.Response) -> Page:
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=Page)


def told(reply: httpx.Response) -> tuple[int, str]:
    problem = msgspec.json.decode(reply.content, type=Problem)
    assert problem.words.zh
    assert problem.words.en
    return reply.status_code, problem.code


def rows(town: ATown, table: type[JournalRow | QuarantineRow]) -> int:
    with reading(town.services.engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()
