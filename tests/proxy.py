"""A proxy between an app and its server that loses, cuts and refuses, as a bad line does."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import ClassVar

import httpx

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
TIMEOUT_S = 30.0


@dataclass
class Line:
    """The state of the line; change it while requests run."""

    upstream: str
    url: str = ""
    down: bool = False
    """No server reachable: every connection is cut before the request gets through."""
    lose_reply_to: list[str] = field(default_factory=list)
    """Paths whose next reply is lost after the server has done its work; one entry, one loss."""
    cut_reply_after: int | None = None
    """Cut every reply after this many bytes of its body."""
    cut_request_after: int | None = None
    """Pass on only so many bytes of a larger body, then cut both ways; once."""
    stall_at: str = ""
    """Requests of this method are taken and never passed on or answered."""
    requests: list[str] = field(default_factory=list)
    """The paths that reached the server."""
    lost: list[str] = field(default_factory=list)
    """The paths whose replies were lost."""
    stalled: Event = field(default_factory=Event)
    """Set once a request has been stalled."""
    go_on: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def loses(self, path: str) -> bool:
        """Whether this reply is to be lost; each wish is granted once."""
        with self.lock:
            if path not in self.lose_reply_to:
                return False
            self.lose_reply_to.remove(path)
            self.lost.append(path)
            return True


@contextmanager
def faulty_line(upstream: str) -> Iterator[Line]:
    """A proxy on a free loopback port in front of `upstream`, until the block ends."""
    line = Line(upstream=upstream)
    with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
        handler = type("Handler", (_Handler,), {"line": line, "client": client})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        line.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.go_on.set()
            server.shutdown()
            server.server_close()
            thread.join(TIMEOUT_S)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: ClassVar[Line]
    client: ClassVar[httpx.Client]

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_HEAD(self) -> None:
        self._forward()

    def do_PATCH(self) -> None:
        self._forward()

    def do_DELETE(self) -> None:
        self._forward()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        if self.line.down:
            self.close_connection = True
            return
        self.line.requests.append(path)
        if self.line.stall_at == self.command:
            self.line.stalled.set()
            self.line.go_on.wait(TIMEOUT_S)
            self.close_connection = True
            return
        cut, self.line.cut_request_after = self.line.cut_request_after, None
        if cut is not None and len(body) > cut:
            self._pass_on_part(body, cut)
            return
        self.line.cut_request_after = cut
        reply, content = self._ask(body)
        if self.line.loses(path):
            self.close_connection = True
            return
        self._answer(reply, content)

    def _pass_on_part(self, body: bytes, cut: int) -> None:
        self.close_connection = True

        def part() -> Iterator[bytes]:
            yield body[:cut]
            raise ConnectionAbortedError

        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        headers["Content-Length"] = str(len(body))
        with suppress(ConnectionAbortedError, httpx.HTTPError):
            self.client.request(
                self.command, self.line.upstream + self.path, headers=headers, content=part()
            )

    def _ask(self, body: bytes) -> tuple[httpx.Response, bytes]:
        headers = [(k, v) for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP]
        url = self.line.upstream + self.path
        with self.client.stream(self.command, url, headers=headers, content=body) as reply:
            return reply, b"".join(reply.iter_raw())

    def _answer(self, reply: httpx.Response, content: bytes) -> None:
        self.send_response(reply.status_code)
        for name, value in reply.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if self.command == "HEAD":
            content = b""
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.line.cut_reply_after is not None and len(content) > self.line.cut_reply_after:
            content = content[: self.line.cut_reply_after]
            self.close_connection = True
        self.wfile.write(content)
