"""`doorstep serve` on a real port of this machine."""

import os
import socket
from pathlib import Path

import httpx
import msgspec
import pytest
import zstandard

from server.office.devices import devices
from server.settings import Settings
from shared.wire import Enrol, Enrolled, Page, PushReply
from tests.server.a_town import ATown, Phone, make_town
from tests.server.api.caller import Device
from tests.server.cli.conftest import Run
from tests.server.cli.running import serving


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    from server.clock import now_ms
    from server.forms.builtin import builtin_forms

    made = make_town(tmp_path)
    made.clock.at = now_ms()
    for form in builtin_forms().values():
        made.services.register.publish_form("east", form)
    return made


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_phone_enrols_pushes_and_pulls_over_the_network(town: ATown, processes: str) -> None:
    phone = Phone()
    code = town.code(town.worker("W1", "g1"))
    with (
        serving(town.services.settings.home, "--workers", processes) as url,
        _client(url) as client,
    ):
        asked = msgspec.json.encode(Enrol(code, phone.public_key))
        enrolled = client.post("/v1/enrol", content=asked)
        device = Device(msgspec.json.decode(enrolled.content, type=Enrolled), phone)
        door = device.create("0199b0a0-0000-7000-8000-000000000001", "dwelling", code="3-1-02-201")
        body = device.push_of(door)
        pushed = client.post(
            "/v1/push",
            content=zstandard.compress(body),
            headers=device.signed(body) | {"Content-Encoding": "zstd"},
        )
        pulled = client.post("/v1/pull", content=b"{}", headers=device.token)
        metrics = client.get("/metrics").text

    reply = msgspec.json.decode(pushed.content, type=PushReply)
    assert [result.outcome for result in reply.results] == ["applied"]
    assert len(msgspec.json.decode(pulled.content, type=Page).records) == 1
    assert 'route="/v1/push",status="200"} 1.0' in metrics
    with town.act() as act:
        [seen] = devices(act.conn, act.who)
    assert seen.last_contact is not None


def test_a_device_that_is_sent_away_hears_it_even_while_it_is_still_sending(
    town: ATown,
) -> None:
    with serving(town.services.settings.home) as url, _client(url) as client:
        reply = client.post("/v1/pull", content=os.urandom(600_000))

    assert reply.status_code == 401


def test_a_port_in_use_is_told_with_one_that_is_free(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = {
            language: run("serve", "--port", str(port), language=language)
            for language in ("zh", "en")
        }

    assert [answer.code for answer in told.values()] == [1, 1]
    assert f"端口 {port} 已被占用" in told["zh"].err
    assert f"Port {port} is in use" in told["en"].err
    free = int(told["en"].err.rsplit("--port ", 1)[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", free))


def test_an_address_of_another_machine_is_told(run: Run) -> None:
    told = run("serve", "--host", "203.0.113.1", "--port", "0")

    assert told.code == 1
    assert "203.0.113.1" in told.err
    assert "Traceback" not in told.err


def test_the_environment_and_the_file_set_the_port(tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text("port = 1234\npublic_url = 'https://a.example/'\n")

    assert Settings(home=tmp_path).port == 1234
    assert Settings(home=tmp_path).url == "https://a.example"


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=90, transport=httpx.HTTPTransport(retries=20))
