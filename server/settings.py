"""Settings of the server: from the environment (DOORSTEP_...) and $DOORSTEP_HOME/doorstep.toml.

The environment wins over the file, and what the caller passes wins over both.
"""

import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from shared.files import IMAGE_EDGE_MAX, MIB, FileLimits
from shared.wire import OFFLINE_DAYS

SETTINGS_FILE = "doorstep.toml"
DATABASE_FILE = "doorstep.db"
PORT = 8180


def default_home() -> Path:
    """Where the server keeps its things when nobody says otherwise."""
    return user_data_path("doorstep", appauthor=False)


class Settings(BaseSettings):
    """All that an operator can set."""

    model_config = SettingsConfigDict(env_prefix="DOORSTEP_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=default_home)
    """The folder of the database, the keys and the settings file."""
    host: str = "127.0.0.1"
    port: int = PORT
    database_url: str = ""
    """Empty: SQLite in `home`. Else an SQLAlchemy address, as postgresql://user@host/name."""
    public_url: str = ""
    """The address that devices reach; goes into enrolment codes."""
    production: bool = False
    """Secure cookies, no /docs."""
    log_level: str = "info"
    workers: int = Field(default=1, ge=1, le=64)
    no_browser: bool = False
    keep_days: int = Field(default=90, ge=90, le=36_500)
    """How long tombstones and exits are kept at least; an older cursor must take a snapshot."""
    silent_days: int = Field(default=365, ge=90, le=36_500)
    """A device that was not heard of for so long no longer keeps them from being forgotten."""
    offline_days: int = Field(default=OFFLINE_DAYS, ge=1, le=365)
    """After so many days without contact a device opens only once it has asked."""
    metrics_token: SecretStr = SecretStr("")
    """Whoever reads /metrics says it as a bearer token; empty: in production only this machine."""
    session_idle_minutes: int = Field(default=60, ge=5, le=720)
    """A browser that nobody has used for so long signs in anew (NIST SP 800-63B-4, AAL2)."""
    session_hours: int = Field(default=12, ge=1, le=24)
    """However much it is used: a working day."""
    oidc_issuer: str = ""
    """The organisation's own sign-in (OpenID Connect); empty where there is none."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_client_secret_file: Path | None = None
    """A file with the secret, instead of the secret itself."""
    oidc_scopes: str = "openid profile"
    oidc_name: str = ""
    """What people call it; on the button of the sign-in page."""
    oidc_login_claim: str = ""
    """The claim that has an account's login name; empty: an admin links each person."""
    oidc_brings_factor: bool = False
    """Whether it asks for a second factor itself."""
    oidc_town: str = ""
    """Whose accounts it signs in, on a server with several towns."""
    audit_heads: Path | None = None
    """Where the audit trail's head is written each day; best on another machine."""
    file_mib: int = Field(default=20, ge=1, le=100)
    """How large a recording or document may be."""
    image_mib: int = Field(default=5, ge=1, le=100)
    image_edge: int = Field(default=IMAGE_EDGE_MAX, ge=320, le=8000)
    """Pixels of an image's longer edge."""
    file_grace_days: int = Field(default=7, ge=1, le=36_500)
    """How long a file is kept that no record names: its record may be on its way."""

    @property
    def file_limits(self) -> FileLimits:
        """What files are taken; devices are told."""
        most = self.file_mib * MIB
        image = min(most, self.image_mib * MIB)
        return FileLimits(bytes=most, image_bytes=image, image_edge=self.image_edge)

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.home / DATABASE_FILE}"

    @property
    def url(self) -> str:
        """The address that devices reach."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the library's own signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library calls by name
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library calls by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed, then the environment, then the file in the home they name."""
        passed = init_settings().get("home")
        home = Path(str(passed or os.environ.get("DOORSTEP_HOME") or default_home()))
        file = TomlConfigSettingsSource(settings_cls, toml_file=home / SETTINGS_FILE)
        return init_settings, env_settings, file
