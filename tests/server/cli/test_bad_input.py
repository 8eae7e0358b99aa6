"""Whatever is wrong with the machine or the command: one clear sentence in each language."""

import sqlite3
from pathlib import Path

import pytest

from tests.server.a_town import make_town
from tests.server.cli.conftest import Run
from tests.server.cli.running import Told, doorstep


def _sentence(told: Told, words: str) -> None:
    assert told.code == 1
    assert words in told.err
    assert "Traceback" not in told.err
    assert len(told.err.strip().splitlines()) == 1


LANGUAGES = ("zh", "en")
SENTENCES = {
    "no command": {"zh": "没有 nope 这个命令", "en": "There is no command nope"},
    "no option": {"zh": "没有 --nope 这个选项", "en": "There is no option --nope"},
    "missing": {"zh": "缺少 --grid", "en": "--grid is missing"},
    "value": {"zh": "--minutes 的值不正确", "en": "The value of --minutes is not right"},
    "role": {"zh": "--role 的值不正确", "en": "The value of --role is not right"},
}
COMMANDS = {
    "no command": ("nope",),
    "no option": ("backup", "--nope"),
    "missing": ("add-worker", "W1", "王芳"),
    "value": ("enrolment-code", "W1", "--minutes", "soon"),
    "role": ("add-admin", "chen", "--role", "king"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wrong", COMMANDS)
def test_a_command_written_wrong(run: Run, language: str, wrong: str) -> None:
    _sentence(run(*COMMANDS[wrong], language=language), SENTENCES[wrong][language])


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "已损坏或不是数据库"), ("en", "is damaged or is not a database")]
)
def test_a_broken_database_file(run: Run, home: Path, language: str, words: str) -> None:
    (home / "doorstep.db").write_bytes(b"this is no database" * 500)

    _sentence(run("verify", language=language), words)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "由更新版本的程序创建"), ("en", "newer version of the program")]
)
def test_a_database_newer_than_the_program(run: Run, home: Path, language: str, words: str) -> None:
    make_town(home).services.engine.dispose()
    with sqlite3.connect(home / "doorstep.db") as there:
        there.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in ("serve", "verify", "migrate"):
        _sentence(run(command, language=language), words)


@pytest.mark.parametrize(("language", "words"), [("zh", "不是文件夹"), ("en", "is not a folder")])
def test_a_home_that_is_a_file(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    (home / "file").write_text("")
    for place in (home / "file", home / "file" / "below"):
        monkeypatch.setenv("DOORSTEP_HOME", str(place))
        _sentence(run("verify", language=language), words)


@pytest.mark.parametrize(("language", "words"), [("zh", "没有权限"), ("en", "permission")])
def test_a_home_that_may_not_be_written(
    home: Path, monkeypatch: pytest.MonkeyPatch, run: Run, language: str, words: str
) -> None:
    # Whoever runs the tests as root may write everywhere, so the answer is given here.
    monkeypatch.setattr("os.access", lambda *_: False)

    _sentence(run("verify", language=language), words)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "设置不正确：port"), ("en", "These settings are not right: port")],
)
def test_a_wrong_setting(
    run: Run, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("DOORSTEP_PORT", "many")

    _sentence(run("verify", language=language), words)


def test_a_settings_file_written_wrong(run: Run, home: Path) -> None:
    (home / "doorstep.toml").write_text("port = = 3")

    _sentence(run("verify"), "doorstep.toml")


def test_a_database_that_does_not_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    _sentence(run("verify"), "cannot be reached")


def test_an_address_that_is_no_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", "mongodb://somewhere")

    _sentence(run("verify"), "not understood")


def test_a_broken_key_file(run: Run, home: Path) -> None:
    (home / "keys.json").write_text("{}")

    _sentence(run("verify", language="zh"), "密钥文件")


def test_the_program_itself_speaks_the_language_of_the_terminal(tmp_path: Path) -> None:
    told = {
        name: doorstep(tmp_path, "restore", "missing.db", language="", LC_ALL=name)
        for name in ("zh_CN.UTF-8", "en_US.UTF-8", "C.UTF-8")
    }

    _sentence(told["zh_CN.UTF-8"], "找不到文件 missing.db")
    _sentence(told["en_US.UTF-8"], "There is no file missing.db")
    _sentence(told["C.UTF-8"], "There is no file missing.db")


def test_help_and_version_are_answered(run: Run) -> None:
    told = run("--help")

    for command in ("serve", "demo", "import", "export", "backup", "enrolment-code"):
        assert command in told.out
    assert run("--version").code == 0
