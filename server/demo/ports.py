"""Free ports, and what to say when the wanted one is taken."""

import socket
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server may listen on the port on this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(wanted: int, count: int) -> list[int]:
    """`count` free ports, the first of them `wanted` or the next that is free.

    Raises OSError when there are none among the next few hundred.
    """
    found = [port for port, _ in zip(_free_from(wanted), range(count), strict=False)]
    if len(found) < count:
        raise OSError(f"no {count} free ports from {wanted}")
    return found


def _free_from(wanted: int) -> Iterator[int]:
    for port in range(wanted, min(wanted + TRIES, 65_536)):
        if is_free(port):
            yield port
