"""What a locked device may ask the office: to be let in, and to take its last word."""

import httpx

from mobile.sync.line import SIGNATURE, answer_of, signature, understood
from mobile.sync.trouble import nonsense
from shared.rescue import AskRescue, Rescue, Wiped
from shared.wire import encode

_PATH = "/v1/rescue"


def ask(http: httpx.Client, server: str, wanted: AskRescue) -> Rescue:
    """Puts a request before the admins. Raises Trouble."""
    request = http.build_request("POST", server + _PATH, content=encode(wanted))
    request.headers["Content-Type"] = "application/json"
    return understood(answer_of(http, request), Rescue)


def standing(http: httpx.Client, server: str, token: str) -> Rescue:
    """How a request stands. Raises Trouble."""
    headers = {"Authorization": f"Bearer {token}"}
    return understood(
        answer_of(http, http.build_request("GET", server + _PATH, headers=headers)), Rescue
    )


def end(http: httpx.Client, server: str, token: str) -> None:
    """The request is not needed any more. Raises Trouble."""
    headers = {"Authorization": f"Bearer {token}"}
    answer_of(http, http.build_request("DELETE", server + _PATH, headers=headers))


def receipt_headers(token: str, private_key: bytes, body: bytes) -> dict[str, str]:
    """The headers of a receipt: they are made while there is still a key to sign with."""
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        SIGNATURE: signature(private_key, body),
    }


def receipt(device: str, at: int) -> bytes:
    """The body of a receipt."""
    return encode(Wiped(device, at))


def send_receipt(http: httpx.Client, server: str, headers: dict[str, str], body: bytes) -> None:
    """Tells the office that a lost device is wiped. Raises Trouble."""
    request = http.build_request("POST", f"{server}/v1/wiped", headers=headers, content=body)
    if answer_of(http, request):
        raise nonsense()  # the office says nothing to it: this is a log-in page
