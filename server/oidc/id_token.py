"""An ID token (OpenID Connect Core 1.0, 3.1.3.7): whom it names, once all of it is right."""

from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from server.oidc.config import Oidc
from server.oidc.errors import Fault, OutsideRefused

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
    "EdDSA",
)  # fmt: skip
"""Signatures with a key that only the provider has: never `none`, never a shared secret."""
LEEWAY_S = 60
"""By so much the clocks of the two servers may differ."""
SUBJECT_MAX = 255
"""Characters, as the standard bounds it."""
LABEL_MAX = 60
LOGIN_MAX = 100


class KeyUnknown(Exception):
    """Signed with a key that was not among the provider's when they were fetched."""


class Person(Struct, frozen=True):
    """Whom the provider names."""

    issuer: str
    subject: str
    label: str
    """The name that it gives them; for people to read, and never to decide by."""
    login: str
    """The login name here, where the operator has said which claim has it; or empty."""


class Asked(Struct, frozen=True):
    """What the token must be an answer to."""

    nonce: str
    now: int
    """ms."""


def person_of(token: str, keys: KeySet, oidc: Oidc, asked: Asked) -> Person:
    """Whom the token names. Raises OutsideRefused, or KeyUnknown when newer keys may help."""
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except InvalidKeyIdError as error:
        raise KeyUnknown from error
    except (JoseError, ValueError) as error:
        raise OutsideRefused(Fault.SIGNATURE, type(error).__name__) from error
    _check(claims, oidc, asked)
    return Person(
        issuer=oidc.issuer,
        subject=str(claims["sub"]),
        label=_text(claims, "name")[:LABEL_MAX],
        login=_login(claims, oidc.login_claim),
    )


def _check(claims: Mapping[str, object], oidc: Oidc, asked: Asked) -> None:
    registry = jwt.JWTClaimsRegistry(
        now=asked.now // 1000,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": oidc.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": oidc.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": asked.nonce},
    )
    try:
        registry.validate(dict(claims))
    except ClaimError as error:
        raise OutsideRefused(Fault.CLAIMS, str(error.claim)) from error
    audience = claims["aud"]
    others = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if others else oidc.client_id) != oidc.client_id:
        raise OutsideRefused(Fault.CLAIMS, "azp")
    if not 0 < len(str(claims["sub"])) <= SUBJECT_MAX:
        raise OutsideRefused(Fault.CLAIMS, "sub")


def _login(claims: Mapping[str, object], claim: str) -> str:
    if claim == "email" and claims.get("email_verified") is not True:
        return ""
    login = _text(claims, claim).strip().casefold()
    return login if len(login) <= LOGIN_MAX else ""


def _text(claims: Mapping[str, object], name: str) -> str:
    """What a claim says; nothing where it has what cannot be seen: it might look like another."""
    said = claims.get(name)
    return said if isinstance(said, str) and said.isprintable() else ""
