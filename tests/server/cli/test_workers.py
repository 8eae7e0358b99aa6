"""Two server processes on one PostgreSQL: whichever answers, a device is told the same."""

from pathlib import Path

import httpx
import msgspec
import pytest

from server.clock import new_id, now_ms
from server.forms.builtin import builtin_forms
from server.register.register import Register
from shared.forms.model import Form
from shared.wire import Page, Problem, PushReply
from tests.server.a_town import ATown, make_town
from tests.server.api.caller import Device, enrol
from tests.server.cli.running import serving

TURNS = 8
START_S = 150


@pytest.fixture
def town(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> ATown:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", postgres_url)
    made = make_town(tmp_path, postgres_url)
    made.clock.at = now_ms()
    for form in builtin_forms().values():
        made.services.register.publish_form("east", form)
    return made


def ask(url: str, path: str, device: Device, body: bytes) -> httpx.Response:
    """One request on a connection of its own: any of the processes may take it."""
    headers = device.signed(body) | {"Connection": "close"}
    return httpx.post(url + path, content=body, headers=headers, timeout=90, trust_env=False)


def pull(url: str, device: Device, cursor: str | None) -> Page:
    body = msgspec.json.encode({"cursor": cursor} if cursor else {})
    return msgspec.json.decode(ask(url, "/v1/pull", device, body).content, type=Page)


def test_two_devices_sync_by_turns_with_two_processes(town: ATown) -> None:
    wang, li = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    home = town.services.settings.home
    seen: dict[str, set[str]] = {"wang": set(), "li": set()}
    cursors: dict[str, str | None] = {"wang": None, "li": None}
    written: list[str] = []
    with serving(home, "--workers", "2") as url:
        httpx.get(f"{url}/healthz", timeout=START_S, trust_env=False).raise_for_status()
        for _ in range(TURNS):
            for device in (wang, li):
                written.append(new_id())
                change = device.create(written[-1], "dwelling", code=f"3-1-02-{len(written)}")
                body = device.push_of(change)
                replies = [ask(url, "/v1/push", device, body) for _ in range(3)]
                device.took(change)
                told = [msgspec.json.decode(r.content, type=PushReply).results for r in replies]
                assert told[0] == told[1] == told[2]
                assert [result.seq for result in told[0]] == [len(written)]
            for name, device in (("wang", wang), ("li", li)):
                page = pull(url, device, cursors[name])
                seen[name] |= {record.id for record in page.records}
                cursors[name] = page.cursor
        _publish_another_form(town)
        versions = {pull(url, wang, None).forms["dwelling"] for _ in range(8)}
        forked = msgspec.json.decode(
            ask(url, "/v1/push", wang, li.push_of()).content, type=Problem
        ).code
        processes = len({file.stem for file in (home / "metrics").glob("counter_*.db")})

    assert seen["wang"] == seen["li"] == set(written)
    assert versions == {"2"}
    assert forked == "not_understood"
    assert processes == 2
    register = Register(town.services.engine, town.services.keys)
    assert register.verify("east").well


def _publish_another_form(town: ATown) -> None:
    """By a process of its own, as `doorstep forms publish` does."""
    form: Form = builtin_forms()["dwelling"]
    other = Register(town.services.engine, town.services.keys)
    other.publish_form("east", msgspec.structs.replace(form, version="2"))
