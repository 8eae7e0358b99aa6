"""How an upload ends: in time, given up, as one file for a town, sealed."""

import pytest
from sqlalchemy import text

from server.db.engine import reading, writing
from server.files import uploads as uploads_module
from server.files.uploads import OPEN_MAX, UPLOAD_MS
from tests.media import pdf
from tests.server.files.conftest import Hall
from tests.server.files.sending import both, code_of, ref_of, rows


@both
def test_another_devices_upload_is_not_there(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]

    assert hall.elsewhere.state(where).status_code == 404
    assert hall.elsewhere.append(where, 0, pdf()).status_code == 404
    assert hall.elsewhere.end(where).status_code == 404
    assert hall.sending.append(where, 0, pdf()).status_code == 204


@both
def test_an_upload_that_was_not_finished_in_time_is_gone(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf()[:10])
    hall.town.clock.at += UPLOAD_MS

    late = hall.sending.append(where, 10, pdf()[10:])

    assert (late.status_code, code_of(late)) == (410, "upload_expired")
    assert hall.sending.state(where).status_code == 410
    hall.sending.begin(pdf())
    assert (rows(hall.town, "upload"), rows(hall.town, "file_part")) == (1, 0)


def test_an_ended_upload_leaves_nothing(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf()[:10])

    assert hall.sending.end(where).status_code == 204

    assert hall.sending.state(where).status_code == 404
    assert rows(hall.town, "file_part") == 0


@both
def test_to_end_an_upload_that_made_a_file_keeps_the_file(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf())
    hall.sending.name(ref_of(pdf()))

    assert hall.sending.end(where).status_code == 204

    assert hall.sending.take(ref_of(pdf()).sha256).content == pdf()


@both
def test_a_device_has_only_so_many_unfinished_uploads(hall: Hall) -> None:
    for _ in range(OPEN_MAX):
        hall.sending.begin(pdf())

    one_more = hall.sending.begin(pdf())

    assert (one_more.status_code, code_of(one_more)) == (429, "too_many_uploads")
    assert int(one_more.headers["Retry-After"]) > 0
    assert hall.elsewhere.begin(pdf()).status_code == 201


def test_a_file_does_not_come_in_crumbs(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_module, "PARTS_MAX", 3)
    where = hall.sending.begin(pdf()).headers["Location"]
    for at in range(3):
        hall.sending.append(where, at, pdf()[at : at + 1])

    assert code_of(hall.sending.append(where, 3, pdf()[3:4])) == "too_many_parts"


@both
def test_the_same_content_is_stored_once_in_a_town(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.elsewhere.send(pdf())

    assert (rows(hall.town, "file"), rows(hall.town, "file_part")) == (1, 1)


@both
def test_what_lies_in_the_database_cannot_be_read(hall: Hall) -> None:
    content = pdf().replace(b"obj", b"Wang Fang obj", 1)
    hall.sending.send(content)

    with reading(hall.town.services.engine) as conn:
        [sealed] = conn.execute(text("SELECT sealed FROM file_part")).scalars()

    assert b"Wang Fang" in content
    assert b"Wang Fang" not in bytes(sealed)
    assert b"%PDF" not in bytes(sealed)


def test_a_content_that_was_tampered_with_is_not_given_out(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.sending.name(ref_of(pdf()))
    with writing(hall.town.services.engine) as conn:
        [sealed] = conn.execute(text("SELECT sealed FROM file_part")).scalars()
        changed = bytes(sealed)[:-1] + bytes([bytes(sealed)[-1] ^ 1])
        conn.execute(text("UPDATE file_part SET sealed = :changed"), {"changed": changed})

    reply = hall.sending.take(ref_of(pdf()).sha256)

    assert reply.status_code == 500
    assert code_of(reply) == "seal_broken"
