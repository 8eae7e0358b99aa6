"""A stranger's client of a new worker, and whether it has what the server says."""

import httpx

from tests.server.a_town import ATown
from tests.stranger.client import Client


def enrolled(town: ATown, http: httpx.Client, staff_no: str, *places: str) -> Client:
    client = Client(http)
    client.enrol(town.code(town.worker(staff_no, *(places or ("g1",)))))
    return client


def agrees(client: Client) -> bool:
    """Whether what it has adds up to what the server says of each grid."""
    return {grid: client.sum_of(grid) for grid in client.checksums} == client.checksums
