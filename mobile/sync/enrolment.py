"""Enrolment: reading a code, spending it, and the identity that comes of it."""

import re
from base64 import b64encode
from ipaddress import ip_address
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from mobile.errors import EnrolmentFailed
from mobile.settings import APP
from mobile.store.kept import Identity
from mobile.sync.line import enrol
from mobile.sync.trouble import Trouble
from shared.wire import Enrol, Enrolled, Words

SCHEME = "doorstep"
_LINK = re.compile(rf"{SCHEME}://\S+", re.IGNORECASE)
_GROUP = 4
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}")
_MISREAD = str.maketrans("OIL", "011")
"""Crockford's base32: letters that look like digits are those digits."""


class EnrolmentText(Struct, frozen=True):
    """What a QR code, or a typed code and address, says."""

    server: str
    code: str


def parse_enrolment(text: str, server: str = "") -> EnrolmentText:
    """Reads a QR code's text, or a typed code with the server's address.

    Raises EnrolmentFailed with words that say what is missing.
    """
    plain = normalize("NFKC", text).strip()
    link = _LINK.search(plain)
    if link is None:
        return EnrolmentText(_address(server), _code(plain))
    query = parse_qs(urlsplit(link[0]).query)
    return EnrolmentText(
        _address(query.get("server", [server])[0]), _code(query.get("code", [""])[0])
    )


def spend_code(
    http: httpx.Client, enrolment: EnrolmentText, key: Ed25519PrivateKey, platform: str
) -> Enrolled:
    """Makes this device known. Raises EnrolmentFailed; the same key may try again."""
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    try:
        return enrol(http, enrolment.server, Enrol(enrolment.code, public, platform, APP))
    except Trouble as trouble:
        raise EnrolmentFailed(trouble.words) from trouble


def identity_of(enrolled: Enrolled, enrolment: EnrolmentText, key: Ed25519PrivateKey) -> Identity:
    """Who this device is from now on."""
    return Identity(
        device=enrolled.device,
        token=enrolled.token,
        private_key=key.private_bytes_raw(),
        server=enrolment.server,
        town=enrolled.town,
        town_name=enrolled.town_name,
        worker=enrolled.worker,
        worker_name=enrolled.worker_name,
        fingerprint=enrolled.fingerprint,
        limits=enrolled.limits,
        town_key=enrolled.town_key,
        recovery_key=enrolled.recovery_key,
    )


def _code(text: str) -> str:
    letters = re.sub(r"[\s\-_.]", "", text).upper().translate(_MISREAD)
    if not _CODE.fullmatch(letters):
        raise EnrolmentFailed(
            Words(
                "登记码是 12 位字母和数字，例如 K7Q2-9FHM-3XWP，请核对。",
                "An enrolment code has 12 letters and digits, such as K7Q2-9FHM-3XWP. Check it.",
            )
        )
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _address(text: str) -> str:
    """The server's address, with its scheme and without a path."""
    plain = normalize("NFKC", text).strip().rstrip("/")
    if "://" not in plain:
        near = _is_near(_parts(f"//{plain}")[1])
        plain = f"{'http' if near else 'https'}://{plain}"
    scheme, host, port = _parts(plain)
    if not host or scheme not in ("http", "https"):
        raise EnrolmentFailed(
            Words(
                "请输入服务器地址，例如 https://doorstep.example.cn。",
                "Enter the server's address, such as https://doorstep.example.cn.",
            )
        )
    if scheme == "http" and not _is_near(host):
        raise EnrolmentFailed(
            Words(
                "这个地址没有加密，不能使用。请用 https 开头的地址。",
                "That address is not encrypted and is not used. Take one that begins with https.",
            )
        )
    place = f"[{host}]" if ":" in host else host
    return f"{scheme}://{place}" if port is None else f"{scheme}://{place}:{port}"


def _parts(address: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None


def _is_near(host: str) -> bool:
    """Whether the address is this machine or its own office network."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
