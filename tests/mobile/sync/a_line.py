"""Another line for a phone that is already out: one that a test makes up."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.mobile.field import Phone


@contextmanager
def via(phone: Phone, transport: httpx.BaseTransport) -> Iterator[None]:
    """Meanwhile the phone's syncs go over that line."""
    client = phone.device._client
    assert client is not None
    straight, client._http = client._http, httpx.Client(transport=transport)
    try:
        yield
    finally:
        client._http = straight
