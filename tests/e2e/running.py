"""Real processes for stories: a server with its office, and devices that can be killed."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from server.demo.ports import LOOPBACK
from server.demo.processes import Child, Children

PASSWORD = "gate-lamp-rice-4"
TOWN_CODE = "329901100000"
COMMUNITY_CODE = "329901100001"
GRID_CODES = {"第一网格": "329901100001001", "第二网格": "329901100001002"}
COMMAND_S = 120


def any_free_port() -> int:
    """A port that nobody uses now; the system hands them out in turn, so hardly anyone soon."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def zone_where_it_is_noon() -> str:
    """A time zone for phones: nobody visits a household at night, but tests run at any hour."""
    east_of_utc = 12 - time.gmtime().tm_hour
    return f"NOON{-east_of_utc:+d}"


def doorstep(home: Path, *arguments: str) -> dict[str, object]:
    """Runs a `doorstep` command on a server's home, and gives its JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments, "--json"],
        env={**os.environ, "DOORSTEP_HOME": str(home), "DOORSTEP_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        timeout=COMMAND_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@dataclass
class Office:
    """A server process with a town of two empty grids."""

    home: Path
    url: str = ""

    def open(self, children: Children) -> None:
        """Makes the town and starts the server."""
        town = ("--town-name", "望禾镇", "--town-code", TOWN_CODE)
        doorstep(self.home, "add-admin", "admin", "--name", "王主任", *town)
        doorstep(self.home, "second-factor", "--set", "nobody")
        doorstep(self.home, "add-area", COMMUNITY_CODE, "春和社区")
        for name, code in GRID_CODES.items():
            doorstep(self.home, "add-area", code, name)
        port = any_free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        server = children.start(
            "server",
            ["-m", "server.cli", "serve", "--port", str(port)],
            f"{self.url}/healthz",
            {"DOORSTEP_HOME": str(self.home), "DOORSTEP_PUBLIC_URL": self.url},
        )
        children.await_ready(server)


@dataclass
class Phone:
    """A device's folder, and the process of its app while it runs."""

    name: str
    home: Path
    children: Children
    url: str = ""
    process: Child | None = field(default=None)
    program: tuple[str, ...] = ("-m", "mobile.app")

    def start(self) -> None:
        """Starts the app; after a kill, at the same address and on the same folder."""
        if not self.url:
            self.url = f"http://{LOOPBACK}:{any_free_port()}"
        self.process = self.children.start(
            self.name,
            [*self.program, "--web", "--port", self.url.rsplit(":", 1)[1]],
            self.url,
            {
                "DOORSTEP_HOME": str(self.home),
                "TZ": zone_where_it_is_noon(),
                "DOORSTEP_APP_KEYSTORE": f"file:{self.home.parent / self.name}.key",
            },
        )
        self.children.await_ready(self.process)

    def kill(self) -> None:
        """Ends the app at once, as a flat battery does."""
        assert self.process is not None
        self.process.process.kill()
        self.process.process.wait(10)
        self.children.running.remove(self.process)
        self.process = None
