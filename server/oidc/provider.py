"""The provider on the network: what it says of itself, the way there, and the way back.

Discovery (OpenID Connect Discovery 1.0) and keys are kept for an hour; keys are fetched anew when a
token is signed with one that is not among them, so that a provider may change its keys at any time.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from threading import Lock
from typing import TypeVar
from urllib.parse import quote_plus, urlencode

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from server.clock import Clock
from server.oidc.config import Oidc, is_safe
from server.oidc.errors import Fault, OutsideRefused
from server.oidc.id_token import Asked, KeyUnknown, Person, person_of

KEPT_MS = 3_600_000
TIMEOUT_S = 10.0
ANSWER_MAX = 1 << 20
"""Bytes of an answer that are read."""
RANDOM_BYTES = 32
_WELL_KNOWN = "/.well-known/openid-configuration"
Told = TypeVar("Told", bound=Struct)
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})


class Begun(Struct, frozen=True):
    """A sign-in that was begun: what only the browser that began it may come back with."""

    state: str
    nonce: str
    verifier: str
    """The secret of PKCE (RFC 7636)."""
    onward: str
    """The page that was asked for."""


class _Described(Struct, frozen=True):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _KeyDocument(Struct, frozen=True):
    keys: tuple[dict[str, object], ...]


class _Tokens(Struct, frozen=True):
    id_token: str


class Provider:
    """One provider. May be asked from several threads."""

    def __init__(self, oidc: Oidc, clock: Clock) -> None:
        self.oidc = oidc
        self._clock = clock
        self._lock = Lock()
        self._described: tuple[int, _Described] | None = None
        self._keys: tuple[int, KeySet] | None = None

    def begin(self, onward: str) -> Begun:
        """A new sign-in; each has its own secrets."""
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
        return Begun(state, nonce, verifier, onward)

    def address(self, begun: Begun, redirect_uri: str) -> str:
        """Where the browser goes. Raises OutsideRefused."""
        asked = {
            "response_type": "code",
            "client_id": self.oidc.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.oidc.scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return _with(self._description().authorization_endpoint, asked)

    def finish(self, begun: Begun, answer: Mapping[str, str], redirect_uri: str) -> Person:
        """Whom the answer that the browser brought back stands for. Raises OutsideRefused."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise OutsideRefused(Fault.STATE)
        if answer.get("iss", self.oidc.issuer) != self.oidc.issuer:  # RFC 9207
            raise OutsideRefused(Fault.CLAIMS, "iss")
        if "error" in answer or not answer.get("code"):
            raise OutsideRefused(Fault.DECLINED)
        token = self._id_token(answer["code"], begun.verifier, redirect_uri)
        asked = Asked(begun.nonce, self._clock())
        try:
            return person_of(token, self._key_set(), self.oidc, asked)
        except KeyUnknown:
            pass
        try:
            return person_of(token, self._key_set(anew=True), self.oidc, asked)
        except KeyUnknown as error:
            raise OutsideRefused(Fault.SIGNATURE, "kid") from error

    def way_out(self, back: str) -> str:
        """Where one signs out of the provider too; empty where it offers none or is away."""
        try:
            address = self._description().end_session_endpoint
        except OutsideRefused:
            return ""
        asked = {"client_id": self.oidc.client_id, "post_logout_redirect_uri": back}
        return _with(address, asked) if address else ""

    def _id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        described = self._description()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.oidc.client_id,
            "code_verifier": verifier,
        }
        secret, auth = self.oidc.secret.get_secret_value(), None
        methods = described.token_endpoint_auth_methods_supported
        if secret and "client_secret_basic" in methods:
            # RFC 6749, section 2.3.1: both are form-encoded first.
            auth = httpx.BasicAuth(quote_plus(self.oidc.client_id), quote_plus(secret))
        elif secret:
            fields["client_secret"] = secret
        request = httpx.Request("POST", described.token_endpoint, data=fields)
        return _asked(request, _Tokens, Fault.CODE, auth).id_token

    def _description(self) -> _Described:
        with self._lock:
            kept, now = self._described, self._clock()
            if kept is not None and now - kept[0] < KEPT_MS:
                return kept[1]
            address = self.oidc.issuer.rstrip("/") + _WELL_KNOWN
            found = _asked(httpx.Request("GET", address), _Described, Fault.AWAY)
            ends = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if found.issuer != self.oidc.issuer or not all(map(is_safe, ends)):
                raise OutsideRefused(Fault.DISCOVERY)
            self._described = (now, found)
            return found

    def _key_set(self, *, anew: bool = False) -> KeySet:
        address = self._description().jwks_uri
        with self._lock:
            kept, now = self._keys, self._clock()
            if not anew and kept is not None and now - kept[0] < KEPT_MS:
                return kept[1]
            found = _asked(httpx.Request("GET", address), _KeyDocument, Fault.AWAY)
            keys = _usable(found)
            self._keys = (now, keys)
            return keys


def challenge(verifier: str) -> str:
    """What PKCE shows of its secret before it is asked for (RFC 7636, section 4.2, S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _usable(found: _KeyDocument) -> KeySet:
    """The keys that sign; a shared secret is never one of them."""
    keys = [k for k in found.keys if k.get("kty") in _KEY_TYPES and k.get("use", "sig") == "sig"]
    try:
        return KeySet.import_key_set({"keys": keys})  # type: ignore[typeddict-item]  # as it came
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OutsideRefused(Fault.AWAY, "jwks") from error


def _asked(
    request: httpx.Request, expected: type[Told], fault: Fault, auth: httpx.Auth | None = None
) -> Told:
    """The provider's answer. Raises OutsideRefused: AWAY, or `fault` where it says no."""
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
            closing(client.send(request, auth=auth, stream=True)) as response,
        ):
            body = _body(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OutsideRefused(Fault.AWAY, type(error).__name__) from error
    if response.status_code != httpx.codes.OK:
        is_no = response.is_client_error
        raise OutsideRefused(fault if is_no else Fault.AWAY, str(response.status_code))
    try:
        return msgspec.json.decode(body, type=expected)
    except msgspec.DecodeError as error:
        raise OutsideRefused(Fault.AWAY, expected.__name__) from error


def _body(response: httpx.Response) -> bytes:
    """What it says, as far as it is not too long. Raises OutsideRefused."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > ANSWER_MAX:
            raise OutsideRefused(Fault.AWAY, "size")
    return bytes(body)


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
