"""A line that carries bytes as they are, and is cut after so many of them."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock, Thread

LOOPBACK = "127.0.0.1"
PIECE = 512
TIMEOUT_S = 30.0


class Way(StrEnum):
    """A direction."""

    UP = "up"
    DOWN = "down"


@dataclass
class Cut:
    """The line is cut once, when so many bytes have gone that way."""

    way: Way
    after: int
    then: Callable[[], None] = lambda: None


@dataclass
class CuttingLine:
    """Change it while connections run."""

    upstream: int
    """The server's port."""
    port: int = 0
    cut: Cut | None = None
    carried: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    """Bytes, since `begin`."""
    lock: Lock = field(default_factory=Lock)

    def begin(self, cut: Cut | None = None) -> None:
        """Counts from here on, and cuts once."""
        with self.lock:
            self.cut, self.carried = cut, dict.fromkeys(Way, 0)

    def lets_through(self, way: Way, piece: bytes) -> tuple[bytes, Cut | None]:
        """What of the piece still goes through, and the cut that ends it."""
        with self.lock:
            cut, before = self.cut, self.carried[way]
            self.carried[way] += len(piece)
            if cut is None or cut.way is not way or before + len(piece) <= cut.after:
                return piece, None
            self.cut = None
            return piece[: cut.after - before], cut


@contextmanager
def cutting_line(upstream: int) -> Iterator[CuttingLine]:
    """A line from a free port to the server's, until the block ends."""
    line = CuttingLine(upstream)
    with socket.create_server((LOOPBACK, 0)) as listening:
        line.port = listening.getsockname()[1]
        Thread(target=_accept, args=(line, listening), daemon=True).start()
        try:
            yield line
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _accept(line: CuttingLine, listening: socket.socket) -> None:
    while True:
        try:
            phone, _ = listening.accept()
        except OSError:
            return
        try:
            server = socket.create_connection((LOOPBACK, line.upstream), TIMEOUT_S)
        except OSError:
            phone.close()
            continue
        for way, source, sink in ((Way.UP, phone, server), (Way.DOWN, server, phone)):
            Thread(target=_carry, args=(line, way, source, sink), daemon=True).start()


def _carry(line: CuttingLine, way: Way, source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            through, cut = line.lets_through(way, piece)
            sink.sendall(through)
            if cut is not None:
                cut.then()
                break
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
