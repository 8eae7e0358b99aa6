"""What the operator has set about the organisation's own sign-in, checked once at the start."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct
from pydantic import SecretStr

from server.office.errors import OfficeRefused, refused
from server.settings import Settings


class Oidc(Struct, frozen=True):
    """A provider, and who this server is to it."""

    issuer: str
    client_id: str
    secret: SecretStr
    """Never shown: its text is asterisks wherever it is printed. Empty for a public client."""
    scopes: str
    name: str
    """What people call it; on the button. May be empty."""
    login_claim: str
    """The claim that has the login name of an account; empty where an admin links each person."""
    brings_factor: bool
    """Whether it asks for a second factor itself, so that ours need not."""
    town: str
    """Whose accounts it signs in; may be empty where the server has only one town."""


def oidc_of(settings: Settings) -> Oidc | None:
    """The provider, or None where none is set. Raises OfficeRefused when the settings are wrong."""
    if not settings.oidc_issuer:
        return None
    if not is_safe(settings.oidc_issuer):
        raise _wrong("DOORSTEP_OIDC_ISSUER", "须为 https 地址", "must be an https address")
    if not settings.oidc_client_id:
        raise _wrong("DOORSTEP_OIDC_CLIENT_ID", "不能为空", "is missing")
    return Oidc(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        secret=_secret(settings),
        scopes=" ".join(dict.fromkeys(("openid", *settings.oidc_scopes.split()))),
        name=settings.oidc_name,
        login_claim=settings.oidc_login_claim,
        brings_factor=settings.oidc_brings_factor,
        town=settings.oidc_town,
    )


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is said there: TLS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(settings: Settings) -> SecretStr:
    file = settings.oidc_client_secret_file
    if file is None:
        return settings.oidc_client_secret
    try:
        return SecretStr(file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(
            "DOORSTEP_OIDC_CLIENT_SECRET_FILE", "无法读取", "names a file that cannot be read"
        ) from error


def _wrong(name: str, zh: str, en: str) -> OfficeRefused:
    return refused("oidc_setting", f"设置 {name} {zh}。", f"The setting {name} {en}.")
