"""Files through a backup, a restore, a check and a server that is killed."""

import shutil
import signal
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import httpx
from sqlalchemy import text

from server.clock import now_ms
from server.db.engine import writing
from server.files.collecting import DAY_MS
from server.keys import KEYS_FILE
from server.services import open_services
from server.settings import Settings
from tests.media import pdf, photo, voice
from tests.server.a_town import ATown
from tests.server.api.caller import Device, calling, enrol
from tests.server.cli.running import doorstep, killable
from tests.server.files.conftest import Hall
from tests.server.files.sending import PART, TUS, Sending, ref_of

WAIT_S = 60


def test_a_backup_has_the_files_and_a_restore_gives_them_back(hall: Hall, tmp_path: Path) -> None:
    hall.sending.send(photo())
    hall.sending.name(ref_of(photo()))
    home, copy, empty = hall.town.services.settings.home, tmp_path / "copy.db", tmp_path / "empty"

    saved = doorstep(home, "backup", "--to", str(copy), "--json")
    empty.mkdir()
    shutil.copy(home / KEYS_FILE, empty)
    restored = doorstep(empty, "restore", str(copy))
    checked = doorstep(empty, "verify", "--json")

    assert (saved.code, restored.code, checked.code) == (0, 0, 0), (saved, restored, checked)
    assert '"files": 1' in checked.out
    assert photo()[:200] not in copy.read_bytes()
    services = open_services(Settings(home=empty), hall.town.clock)
    with calling(replace(hall.town, services=services)) as caller:
        taken = Sending(caller, hall.phone).take(ref_of(photo()).sha256)
    assert taken.content == photo()


def test_a_check_finds_a_file_that_was_tampered_with(hall: Hall) -> None:
    hall.sending.send(pdf())
    with writing(hall.town.services.engine) as conn:
        conn.execute(text("UPDATE file_part SET sealed = substr(sealed, 1, 40)"))

    told = doorstep(hall.town.services.settings.home, "verify", "--json")

    assert told.code == 1
    assert ref_of(pdf()).sha256 in told.out


def test_housekeeping_tells_what_it_forgot(hall: Hall) -> None:
    hall.town.clock.at = now_ms() - 30 * DAY_MS
    hall.sending.send(pdf())

    told = doorstep(hall.town.services.settings.home, "housekeeping", "--json")

    assert told.code == 0, told.err
    assert f'"bytes": {len(pdf())}' in told.out


def test_an_upload_outlives_the_processes_that_took_it(town: ATown) -> None:
    town.clock.at = now_ms()
    device = enrol(town, "g1")
    content, home = voice(30), town.services.settings.home
    half = len(content) // 2
    with killable(home, "--workers", "2") as (url, kill):
        where = _begin(url, device, content)
        first = _append(url, device, where, content[:half], 0)
        kill(signal.SIGKILL)
    assert first.status_code == 204

    with killable(home, "--workers", "2") as (url, _):
        state = httpx.head(url + where, headers=device.token | TUS, timeout=WAIT_S)
        last = _append(url, device, where, content[half:], half)

    assert state.headers["Upload-Offset"] == str(half)
    assert last.status_code == 204
    with calling(town) as caller:
        sending = Sending(caller, device)
        sending.name(ref_of(content))
        assert sending.take(ref_of(content).sha256).content == content


def _begin(url: str, device: Device, content: bytes) -> str:
    digest = b64encode(sha256(content).hexdigest().encode()).decode()
    asked = {"Upload-Length": str(len(content)), "Upload-Metadata": f"sha256 {digest}"}
    where: str = httpx.post(
        f"{url}/v1/uploads", headers=device.token | TUS | asked, timeout=WAIT_S
    ).headers["Location"]
    return where


def _append(url: str, device: Device, where: str, part: bytes, offset: int) -> httpx.Response:
    headers = device.token | PART | {"Upload-Offset": str(offset)}
    return httpx.patch(url + where, content=part, headers=headers, timeout=WAIT_S)
