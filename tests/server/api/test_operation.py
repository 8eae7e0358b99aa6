"""What operators see: health, numbers, logs, headers; and what happens when many come at once."""

import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from anyio.to_thread import run_sync

from server.api.context import ApiLimits
from server.logs import failure
from tests.server.a_town import PASSWORD, ATown, make_town
from tests.server.api.caller import Caller, Device, calling, enrol
from tests.server.logged import kept_logs


def test_health_says_that_the_database_answers(caller: Caller) -> None:
    reply = caller.get("/healthz")

    assert reply.status_code == 200
    assert reply.json()["status"] == "ok"


def test_health_says_what_is_wrong_with_the_database(town: ATown, caller: Caller) -> None:
    town.services.engine.dispose()
    database = town.services.settings.home / "doorstep.db"
    for path in database.parent.glob("doorstep.db*"):
        path.unlink()
    database.write_bytes(b"this is no database" * 500)

    reply = caller.get("/healthz")

    assert reply.status_code == 503
    assert reply.json() == {
        "status": "failing",
        "version": reply.json()["version"],
        "database": "database_broken",
    }


def test_metrics_count_requests_and_what_waits(town: ATown, caller: Caller) -> None:
    enrol(town, "g1")
    caller.post("/v1/pull", content=b"{}")
    caller.get("/somewhere?name=王芳")

    page = caller.get("/metrics").text

    assert 'doorstep_requests_total{method="POST",route="/v1/pull",status="401"} 1.0' in page
    assert 'route="other",status="404"} 1.0' in page
    assert 'doorstep_devices_active{town="east"} 1.0' in page
    assert 'doorstep_conflicts_open{town="east"} 0.0' in page
    assert "doorstep_oldest_contact_seconds" in page
    assert "somewhere" not in page


def test_metrics_of_a_live_server_are_for_its_own_machine(tmp_path: Path) -> None:
    with calling(make_town(tmp_path, production=True)) as caller:
        from_elsewhere = caller.get("/metrics")

    assert from_elsewhere.status_code == 404


def test_with_a_token_metrics_are_for_whoever_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_METRICS_TOKEN", "scrape-me")
    with calling(make_town(tmp_path, production=True)) as caller:
        answers = [
            caller.get("/metrics", headers={"Authorization": said} if said else {}).status_code
            for said in ("Bearer scrape-me", "Bearer scrape", "scrape-me", "")
        ]

    assert answers == [200, 404, 404, 404]


def test_every_answer_has_the_headers_of_a_safe_server(caller: Caller) -> None:
    for path in ("/healthz", "/v1/nothing", "/docs"):
        headers = caller.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src" in headers["Content-Security-Policy"]
        assert headers["X-Request-Id"]
    first, second = (caller.get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second


def test_no_other_origin_may_ask(caller: Caller) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}

    reply = caller.call("OPTIONS", "/v1/push", headers=asked)

    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_full_house_is_told_to_come_back_before_any_work(town: ATown) -> None:
    device = enrol(town, "g1")
    statements: list[str] = []
    with calling(town, ApiLimits(open_max=1)) as caller, _holding(caller, device) as go_on:
        import sqlalchemy

        def count(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        sqlalchemy.event.listen(town.services.engine, "before_cursor_execute", count)
        refused = [
            caller.call(method, path, content=b"{}", headers=device.signed(b"{}"))
            for method, path in (("POST", "/v1/pull"), ("GET", "/v1/snapshot?grid=x"))
        ]
        during = list(statements)
        other_door = caller.post("/v1/push", content=b"{}", headers=device.signed(b"{}"))
        go_on.set()
    with calling(town, ApiLimits(open_max=1)) as caller:
        after = caller.post("/v1/pull", content=b"[]", headers=device.token)

    assert [reply.status_code for reply in refused] == [503, 503]
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in refused)
    assert during == []
    assert other_door.status_code == 400  # pushes have a door of their own
    assert after.status_code == 400


@contextmanager
def _holding(caller: Caller, device: Device) -> Iterator[threading.Event]:
    """Another device is inside with a pull whose body has not ended."""
    inside, go_on = threading.Event(), threading.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"["
        inside.set()
        await run_sync(go_on.wait, 10)
        yield b"]"

    async def ask() -> httpx.Response:
        return await caller.client.post("/v1/pull", content=body(), headers=device.token)

    future = caller.portal.start_task_soon(ask)
    assert inside.wait(10)
    try:
        yield go_on
    finally:
        go_on.set()
        assert future.result(10).status_code == 400


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    with kept_logs(monkeypatch) as lines:
        yield lines


def test_logs_are_json_and_name_no_one(town: ATown, caller: Caller, logged: io.StringIO) -> None:
    device = enrol(town, "g1")
    code = town.code(device.enrolled.worker)
    private = ("王小芳", "13912345678", "秘密备注", code, device.enrolled.token, PASSWORD)
    body = json.dumps({"note": private[2], "name": private[0]}).encode()
    for path in ("/v1/push", "/v1/pull", "/v1/enrol", f"/v1/enrol?name={private[0]}"):
        caller.post(path, content=body, headers=device.signed(body))
        caller.post(path, content=code.encode(), headers=device.token)
    caller.get(f"/v1/forms/{private[0]}/{private[1]}", headers=device.token)
    caller.get(f"/console/?search={private[0]}")
    caller.get(f"/{private[0]}/{private[1]}")

    lines = logged.getvalue().splitlines()
    entries = [json.loads(line) for line in lines]
    assert len(entries) > 10
    assert {"request", "method", "route", "status", "ms"} <= set(entries[-1])
    for secret in private:
        assert secret not in logged.getvalue()
        assert secret.encode("unicode_escape").decode() not in logged.getvalue()


def test_a_failure_is_logged_by_its_kind_and_place_only(logged: io.StringIO) -> None:
    try:
        try:
            raise KeyError("王小芳")
        except KeyError as error:
            raise RuntimeError("13912345678") from error
    except RuntimeError as error:
        told = failure(error)
        logging.getLogger("some.library").error("answer %s", "王小芳", exc_info=error)

    assert told["error"] == ["RuntimeError", "KeyError"]
    assert "test_operation.py" in str(told["where"])
    assert "some.library" in logged.getvalue()
    assert "王小芳" not in logged.getvalue()
    assert "13912345678" not in logged.getvalue()


def test_a_fault_of_the_program_shows_nothing_of_itself(
    town: ATown, caller: Caller, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    device = enrol(town, "g1")

    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("SELECT secret FROM 王小芳")

    monkeypatch.setattr(town.services.register, "page", broken)
    reply = caller.post("/v1/pull", content=b"{}", headers=device.token)
    page = caller.post("/v1/pull", content=b"{}", headers=device.token | {"Accept": "text/html"})

    assert reply.status_code == 500
    assert reply.json()["code"] == "internal"
    assert page.headers["Content-Type"].startswith("text/html")
    for shown in (reply.text, page.text, logged.getvalue()):
        assert "SELECT" not in shown
        assert "王小芳" not in shown
    assert "RuntimeError" in logged.getvalue()


def test_contacts_are_written_together_and_at_the_end(town: ATown) -> None:
    device = enrol(town, "g1")
    report = {"app": "0.1.0", "unsent": 4, "oldest_unsent": 5, "free_bytes": 6}
    clock = {"wall": town.clock() - 1000, "boot": "b", "mono": 1}
    body = json.dumps({"report": report, "clock": clock}).encode()
    with calling(town) as caller:
        caller.post("/v1/pull", content=body, headers=device.token)

    from server.office.devices import devices

    with town.act() as act:
        [seen] = devices(act.conn, act.who)
    assert seen.last_contact == town.clock()
    assert (seen.app, seen.unsent, seen.free_bytes, seen.clock_offset) == ("0.1.0", 4, 6, 1000)


def test_an_old_app_is_told_to_update_when_it_pulls(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    reply = caller.post("/v1/pull", content=b'{"report":{"app":"0.0.9"}}', headers=device.token)

    assert (reply.status_code, reply.json()["code"]) == (426, "update_app")
