"""Where the server's keys and settings come from."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.keys import Keys, KeysBroken
from server.settings import Settings


def test_keys_are_made_once_and_are_for_their_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"

    keys = Keys.load_or_create(home)

    assert Keys.load_or_create(home) == keys
    assert keys != Keys.load_or_create(tmp_path / "other")
    [file] = home.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_of_two_who_start_at_once_both_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(Keys.load_or_create, [tmp_path] * 8))

    assert len(made) == 1


@pytest.mark.parametrize("content", ["", "{}", "nonsense", '{"seal": "c2hvcnQ="}'])
def test_a_broken_key_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(content)

    with pytest.raises(KeysBroken) as broken:
        Keys.load_or_create(tmp_path)

    assert "备份" in broken.value.words.zh
    assert file.read_text() == content


def test_the_environment_wins_over_the_file_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "doorstep.toml").write_text('port = 9001\nhost = "0.0.0.0"\nodd = 1\n')
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path))
    monkeypatch.setenv("DOORSTEP_PORT", "9002")

    settings = Settings()

    assert (settings.home, settings.port, settings.host) == (tmp_path, 9002, "0.0.0.0")
    assert Settings(port=9003).port == 9003
    assert settings.database == f"sqlite:///{tmp_path / 'doorstep.db'}"
    assert settings.url == "http://0.0.0.0:9002"
    assert Settings(database_url="postgresql://h/d").database == "postgresql://h/d"
