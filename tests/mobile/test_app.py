"""The way into the app in a browser: this machine only, one process, clear words."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mobile import web
from mobile.device import Device
from mobile.fonts import FONT_URL
from mobile.settings import Settings
from mobile.views.state.house import House

READY_SECONDS = 60


@contextmanager
def served(home: Path, *arguments: str) -> Iterator[str]:
    """The app as a person starts it; its address."""
    command = [sys.executable, "-m", "mobile.app", "--web", "--home", str(home), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline().strip()
            assert said.startswith("app: http://127.0.0.1:"), said
            yield said.removeprefix("app: ")
        finally:
            process.terminate()
            process.wait(READY_SECONDS)


def test_it_says_where_it_can_be_opened_and_answers_there(tmp_path: Path) -> None:
    with served(tmp_path, "--port", "0") as url:
        page = httpx.get(url, timeout=30, trust_env=False)

    assert page.status_code == 200
    assert "<title>Doorstep</title>" in page.text
    assert tmp_path.exists()


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "mobile.app", "--web", "--home", str(tmp_path)]
        tried = subprocess.run(
            [*command, "--port", port], capture_output=True, text=True, timeout=60, check=False
        )

    assert tried.returncode == 1
    assert f"Port {port} is in use" in tried.stderr
    assert f"端口 {port} 已被占用" in tried.stderr
    assert "Traceback" not in tried.stderr


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The app, served by itself."""
    home = tmp_path_factory.mktemp("device")
    with (
        served(home, "--port", "0") as url,
        httpx.Client(base_url=url, trust_env=False, timeout=30) as client,
    ):
        yield client


def test_the_page_may_ask_nobody_else(client: httpx.Client) -> None:
    page = client.get("/")

    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert "access-control-allow-origin" not in page.headers
    # With these, Flet's client draws with several threads, and Chinese text now and then wrong.
    assert "cross-origin-opener-policy" not in page.headers
    assert "cross-origin-embedder-policy" not in page.headers


def test_nothing_is_fetched_from_a_content_network(client: httpx.Client) -> None:
    page = client.get("/").text

    assert "flet.noCdn=true" in page
    assert 'canvasKitBaseUrl="/canvaskit/"' in page
    assert "Element.prototype.append" in page


def test_the_font_is_named_before_the_first_text_is_drawn(client: httpx.Client) -> None:
    fonts = client.get("/assets/FontManifest.json").json()

    (ours,) = [font for font in fonts if font["family"] == "Noto Sans SC"]
    assert ours["fonts"] == [{"asset": f"..{FONT_URL}"}]
    font = client.head(FONT_URL)
    assert font.status_code == 200
    assert int(font.headers["content-length"]) > 10_000_000


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.example"}, {"host": "127.0.0.1", "origin": "http://evil.example"}],
)
def test_another_site_gets_no_answer(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get("/", headers=headers).status_code == 403


def test_a_websocket_from_another_site_is_closed(tmp_path: Path) -> None:
    sent: list[dict[str, object]] = []
    asgi = web.create_web_app(House(Device(Settings(home=tmp_path))), tmp_path)
    scope: web.Message = {
        "type": "websocket",
        "headers": [(b"host", b"127.0.0.1:1"), (b"origin", b"http://evil.example")],
    }

    async def receive() -> web.Message:
        return {"type": "websocket.connect"}

    async def send(message: web.Message) -> None:
        sent.append(dict(message))

    coroutine = asgi(scope, receive, send)
    with pytest.raises(StopIteration):
        coroutine.__await__().send(None)
    assert sent == [{"type": "websocket.close", "code": 1008}]
