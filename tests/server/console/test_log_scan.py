"""What a day at the console leaves in the logs: no name, number, word, search or password."""

import io
from collections.abc import Iterator

import httpx
import pytest
import structlog

from server.api.odata import BASE
from server.office.roles import Action
from server.office.tokens import give_token
from tests.server.a_town import PASSWORD
from tests.server.console.world import Desk
from tests.server.logged import kept_logs
from tests.server.rights.test_erasing import NAME, NOTE, NUMBER, PHONE, Home

WORDS = (NAME, PHONE, NUMBER, NOTE, "欧阳", PASSWORD, "装扶手")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    with kept_logs(monkeypatch) as lines:
        yield lines


def found(lines: io.StringIO) -> set[str]:
    text = lines.getvalue()
    escaped = {word: word.encode("unicode_escape").decode() for word in WORDS}
    return {word for word in WORDS if word in text or escaped[word] in text}


def test_a_day_at_the_desk_tells_the_logs_nothing(desk: Desk, logged: io.StringIO) -> None:
    home = Home(desk)
    admin = desk.signed_in("town")
    for path in (
        f"/households/list?q={NAME}",
        f"/residents/list?filter=name__contains%3D{NAME}",
        f"/residents/detail?pk={home.person}",
        f"/audit?q={PHONE}",
        f"/exports/new?list=households&q={NAME}",
        f"/rights/new/{home.person}",
        f"/{NAME}/{NUMBER}",
    ):
        admin.get(f"/console{path}")
    why = {"reason": NOTE, "note": NOTE, "purpose": "other", "kind": "resident", "format": "csv"}
    admin.post("/console/exports/new", why)
    admin.post(f"/console/rights/new/{home.person}", why, wish="erase")
    admin.post("/console/me/password", old=PASSWORD, new=NAME, again=NAME)
    desk.browser().sign_in(NAME, NUMBER)
    with desk.town.act() as act:
        token = give_token(act, "town", "月报", [Action.READ_FEED], days=1).token

    async def feed() -> int:
        client = httpx.AsyncClient(transport=desk.transport, base_url="http://doorstep.test")
        question = {"$filter": f"name eq '{NAME}'"}
        reply = await client.get(f"{BASE}/resident", params=question, auth=("feed", token))
        return reply.status_code

    assert desk.portal.call(feed) == 200
    assert len(logged.getvalue().splitlines()) > 10
    assert found(logged) == set()
    assert token not in logged.getvalue()


def test_the_same_scan_finds_what_somebody_logs(logged: io.StringIO) -> None:
    structlog.get_logger().info("oops", name=NAME, phone=PHONE)

    assert {NAME, PHONE} <= found(logged)
