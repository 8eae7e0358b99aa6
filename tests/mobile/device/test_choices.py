"""What is chosen for a device: by the worker in the app, by the operator in the environment."""

from pathlib import Path

from mobile.device import Device
from mobile.settings import Preferences, Settings, Theme, read_preferences


def test_choices_are_kept_and_nonsense_is_ignored(tmp_path: Path) -> None:
    device = Device(Settings(home=tmp_path))
    device.prefer(Preferences(language="en", theme=Theme.DARK, text_scale=2.0))

    again = Device(Settings(home=tmp_path)).preferences
    (tmp_path / "preferences.json").write_text("{broken")

    assert (again.language, again.theme, again.text_scale) == ("en", Theme.DARK, 2.0)
    assert read_preferences(tmp_path) == Preferences()


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    settings = Settings.from_environment({
        "DOORSTEP_HOME": str(tmp_path), "DOORSTEP_PORT": "8123", "DOORSTEP_NO_BROWSER": "1"
    })  # fmt: skip

    assert (settings.home, settings.port, settings.open_browser) == (tmp_path, 8123, False)
    assert settings.keystore is None
