"""A whole day in the app: what it writes down, and what it logs, tells nobody's name."""

import logging
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.errors import AppError
from mobile.views.keeper import TALKATIVE, keep_quiet
from mobile.views.state.house import House
from tests.media import photo
from tests.mobile.field import PIN, Fault, Field, Phone, synced
from tests.mobile.headless import Screen, story
from tests.mobile.kit import change_of, create
from tests.mobile.scanning import given_away, told_by
from tests.mobile.views.test_enrol import choose_pin

NAMES = ("欧阳静雯", "慕容小燕", "上官婉儿")
PHONES = ("13900014477", "13700025588")
WORDS = ("楼上漏水，需要约物业一起看", "老人耳朵不好，敲门要重一些", "低保申请还没有回音")
ID_NUMBER = "11010519491231002X"
SECRETS = (*NAMES, *PHONES, *WORDS, ID_NUMBER, PIN)


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is put aside for a moment lies below the scanned folder, too."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.chdir(scratch)


@pytest.fixture
def loud() -> Iterator[None]:
    """As `doorstep-app` logs, with everything turned up that can be."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    keep_quiet()
    logging.getLogger("mobile").setLevel(logging.DEBUG)
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def a_day(field: Field, phone: Phone) -> None:
    """Records come; she looks, edits, attaches, fails, syncs badly, mistypes her PIN, carries."""
    household, store = phone.clock.new_id(), phone.store
    field.write(household, head_name=NAMES[0], phone=PHONES[0])
    synced(phone)
    store.save([change_of(store, "household", household, phone=PHONES[1], needs=WORDS[0])])
    store.save(
        [
            create(
                "resident",
                phone.clock.new_id(),
                household=household,
                name=NAMES[1],
                id_number=ID_NUMBER,
            ),
            create("household", phone.clock.new_id(), head_name=NAMES[2]),
        ]
    )
    store.files.add(photo(200, 100), "老人.jpg")
    store.keep(store.begin("household", household).answered("needs", WORDS[2]))
    phone.line.plan.extend([Fault.LOSE_REPLY, Fault.CUT, Fault.ERROR, Fault.NONSENSE])
    for _ in range(3):
        phone.device.sync()
    phone.device.carry_out()
    phone.device.lock()
    screen = await Screen.open(House(phone.device, phone.clock))
    await choose_pin(screen, "918273")
    await screen.sees("还可以试")
    await choose_pin(screen, PIN)
    await screen.place(1)
    await screen.sees(NAMES[0])
    await screen.type("search", NAMES[2])
    await screen.go(f"/households/{household}")
    await screen.sees(PHONES[1])
    screen.tab.say_trouble(ValueError(WORDS[1]))


def crash() -> None:
    """A thread that dies with a record's words on its lips."""

    def die() -> None:
        raise ValueError(f"{NAMES[0]} {PHONES[0]} {WORDS[1]}")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()


@story
async def test_a_day_leaves_nothing_readable_on_the_device(field: Field, tmp_path: Path) -> None:
    phone = field.phone()
    await a_day(field, phone)

    while_open = given_away(phone.home, SECRETS) | given_away(tmp_path / "scratch", SECRETS)
    phone.device.lock()
    afterwards = given_away(phone.home, SECRETS) | given_away(tmp_path / "scratch", SECRETS)

    assert (while_open, afterwards) == (set(), set())
    assert sum(file.stat().st_size for file in phone.home.rglob("*") if file.is_file()) > 100_000


@story
async def test_the_same_scan_finds_the_same_day_when_it_is_not_sealed(
    field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = "mobile.vault.sealing.Seal"
    monkeypatch.setattr(f"{seal}.close", lambda _self, _row, _version, content: content)
    monkeypatch.setattr(f"{seal}.open", lambda _self, _row, _version, content: content)
    phone = field.phone()
    await a_day(field, phone)
    with sqlite3.connect(tmp_path / "scratch" / "plain.db") as conn:
        conn.execute("CREATE TABLE note (words TEXT)")
        conn.execute("INSERT INTO note VALUES (?)", (PIN,))

    found = given_away(phone.home, SECRETS) | given_away(tmp_path / "scratch", SECRETS)

    assert found >= {*NAMES, *PHONES, WORDS[0], WORDS[2], ID_NUMBER, PIN}


@story
async def test_neither_logs_nor_crashes_tell_anything(
    loud: None,
    field: Field,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = field.phone()
    token = phone.store.shelf.account.identity.token.rpartition(".")[2]
    await a_day(field, phone)
    crash()

    printed = capfd.readouterr()
    logged = "\n".join(record.getMessage() for record in caplog.records) + caplog.text
    told = told_by(
        [text.encode() for text in (logged, printed.out, printed.err)], [*SECRETS, token]
    )

    assert told == set()
    assert "ended: ValueError at" in logged, "it is said that something crashed, and where"


def test_the_scan_of_logs_finds_what_an_ordinary_crash_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        raise AppError.__new__(AppError, f"{NAMES[0]}")
    except AppError:
        logging.getLogger("anybody").exception("it failed for %s", PHONES[0])

    assert told_by([caplog.text.encode()], SECRETS) == {NAMES[0], PHONES[0]}
