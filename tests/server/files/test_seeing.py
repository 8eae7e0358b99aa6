"""Who may have a file: a device whose grid has a record that names it, and nobody else."""

from server.clock import new_id
from tests.media import pdf, photo
from tests.server.files.conftest import Hall
from tests.server.files.sending import both, ref_of

HASH = ref_of(pdf()).sha256


@both
def test_a_file_is_given_to_the_grid_of_its_record_only(hall: Hall) -> None:
    hall.sending.send(pdf())
    assert hall.sending.take(HASH).status_code == 404  # named by nothing yet

    hall.sending.name(ref_of(pdf()))

    assert hall.sending.take(HASH).content == pdf()
    assert hall.sending.look(HASH).status_code == 200
    assert hall.elsewhere.take(HASH).status_code == 404
    assert hall.elsewhere.look(HASH).status_code == 404


@both
def test_the_data_may_come_before_the_file_and_after_it(hall: Hall) -> None:
    hall.sending.name(ref_of(pdf()))
    assert hall.sending.take(HASH).status_code == 404

    hall.sending.send(pdf())

    assert hall.sending.take(HASH).content == pdf()


def test_a_file_is_never_shown_as_a_page(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.sending.name(ref_of(pdf()))

    headers = hall.sending.take(HASH).headers

    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == "attachment"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_a_file_in_a_repeat_is_found(hall: Hall) -> None:
    content = photo(seed=5)
    hall.sending.send(content)

    hall.sending.name(ref_of(pdf()), rooms=[{"wall": ref_of(content).answer}])

    assert hall.sending.take(ref_of(content).sha256).content == content


@both
def test_a_rebuild_finds_again_who_names_what(hall: Hall) -> None:
    hall.sending.send(pdf())
    record = hall.sending.name(ref_of(pdf()), new_id())

    hall.town.services.register.rebuild("east")

    assert record
    assert hall.sending.take(HASH).status_code == 200


def test_a_hash_that_is_none_is_not_found(hall: Hall) -> None:
    for wrong in ("abc", "A" * 64, "..%2f..%2fkeys.json", "%00"):
        assert hall.sending.take(wrong).status_code in (400, 404)
