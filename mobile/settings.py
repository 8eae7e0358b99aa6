"""Where the app's files lie, and what a person has chosen for this device."""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct
from platformdirs import user_data_path

APP = "0.1.0"
"""The app's version, told to the server."""


class Theme(StrEnum):
    """Light, dark, or as the device is set."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Preferences(Struct, frozen=True, omit_defaults=True):
    """A person's choices for this device; nothing personal is in them."""

    language: str = ""
    """"zh", "en", or "" for the device's own."""
    theme: Theme = Theme.SYSTEM
    text_scale: float = 1.0
    auto_lock_minutes: int = 5
    server: str = ""
    """The address of the last enrolment, offered at the next one."""


class Settings(Struct, frozen=True):
    """What the environment says."""

    home: Path
    """The folder of everything that the app keeps on this device."""
    port: int = 0
    """For the app in a browser: 0 takes a free one."""
    open_browser: bool = True
    keystore: Path | None = None
    """An operator's explicit choice to keep the device secret in a file."""
    platform: str = "desktop"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from DOORSTEP_HOME, _PORT, _NO_BROWSER and _APP_KEYSTORE=file:<path>."""
        home = environment.get("DOORSTEP_HOME") or environment.get("FLET_APP_STORAGE_DATA")
        keystore = environment.get("DOORSTEP_APP_KEYSTORE", "")
        return cls(
            home=Path(home) if home else user_data_path("doorstep-app"),
            port=int(environment.get("DOORSTEP_PORT") or 0),
            open_browser=environment.get("DOORSTEP_NO_BROWSER") != "1",
            keystore=Path(keystore.removeprefix("file:")) if keystore.startswith("file:") else None,
        )


def read_preferences(home: Path) -> Preferences:
    """The choices kept in `home`; the defaults where there are none, or none that make sense."""
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=Preferences)
    except (OSError, msgspec.DecodeError):
        return Preferences()


def write_preferences(home: Path, preferences: Preferences) -> None:
    """Keeps the choices."""
    home.mkdir(parents=True, exist_ok=True)
    (home / _FILE).write_bytes(msgspec.json.encode(preferences))


_FILE = "preferences.json"
