"""A small OpenID provider on this machine: RFC 6749, RFC 7636 and OpenID Connect Core 1.0.

It signs its one person in without asking, and can be told to misbehave.
"""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import unquote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.server.a_town import NOW
from tests.server.listening import serving

CLIENT = "doorstep-console"
SECRET = "s3cret of the client: & +"
Claims = dict[str, object]


@cache
def key(kid: str) -> RSAKey:
    """The key of that id; made once for all tests of a process."""
    return RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig"})


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    redirect_uri: str
    challenge: str
    nonce: str


@dataclass
class Provider:
    """The provider, its person, and what it does wrong."""

    issuer: str = ""
    redirect_uri: str = "http://doorstep.test/console/oidc/back"
    subject: str = "person-7f3a"
    claims: Claims = field(default_factory=lambda: {"name": "李网格"})
    now: Callable[[], int] = lambda: NOW
    kid: str = "first"
    published: list[str] = field(default_factory=lambda: ["first"])
    spoil: Callable[[Claims], object] = lambda _: None
    """Changes the claims before they are signed."""
    header: Claims = field(default_factory=lambda: {"alg": "RS256"})
    grants: dict[str, Grant] = field(default_factory=dict)
    is_down: bool = False
    told: list[str] = field(default_factory=list)
    """Every code and token that it has given."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/jwks", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def describe(self) -> Claims:
        here = self.issuer
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/jwks",
            "end_session_endpoint": f"{here}/out",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    async def _describe(self, _: Request) -> Response:
        return Response(status_code=503) if self.is_down else JSONResponse(self.describe())

    async def _keys(self, _: Request) -> Response:
        keys = [key(kid).as_dict(private=False) for kid in self.published]
        return JSONResponse({"keys": keys})

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == self.redirect_uri
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe(24)
        self.told.append(code)
        self.grants[code] = Grant(asked["redirect_uri"], asked["code_challenge"], asked["nonce"])
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(back)}", status_code=302)

    async def _token(self, request: Request) -> Response:
        fields = await request.form()
        if self._client(request) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        grant = self.grants.pop(str(fields["code"]), None)  # a code is good for once
        verifier = str(fields.get("code_verifier") or "")
        shown = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        is_right = (
            grant is not None
            and fields["grant_type"] == "authorization_code"
            and fields["redirect_uri"] == grant.redirect_uri
            and shown == grant.challenge
        )
        if grant is None or not is_right:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        token = self._id_token(grant.nonce)
        self.told.append(token)
        return JSONResponse(
            {"access_token": "unused", "token_type": "Bearer", "expires_in": 60, "id_token": token}
        )

    def _id_token(self, nonce: str) -> str:
        at = self.now() // 1000
        claims: Claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": nonce,
            **self.claims,
        }
        self.spoil(claims)
        header = {"kid": self.kid} | self.header
        if header["alg"] == "none":
            return f"{_part(header)}.{_part(claims)}."
        signs = OctKey.import_key(SECRET) if header["alg"] == "HS256" else key(self.kid)
        return jwt.encode(header, claims, signs, algorithms=[str(header["alg"])])

    @staticmethod
    def _client(request: Request) -> tuple[str, str]:
        said = request.headers.get("authorization", "").removeprefix("Basic ")
        name, _, secret = b64decode(said).decode().partition(":")
        return unquote_plus(name), unquote_plus(secret)


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider that listens."""
    made = Provider()
    with serving(made.app()) as address:
        made.issuer = address
        yield made


def _part(said: Claims) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
