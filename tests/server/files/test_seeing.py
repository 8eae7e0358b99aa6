"""Who may have a file: a device whose grid has a record that names it, and nobody else."""

from server.clock import new_id
from server.office.roles import Role
from server.register.edits import Edit
from shared.changes import GRID, ChangeKind
from tests.media import pdf, photo
from tests.server.a_town import add_east
from tests.server.api.caller import enrol
from tests.server.files.conftest import DWELLING, Hall
from tests.server.files.sending import Sending, both, ref_of, rows

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


@both
def test_another_town_has_neither_the_upload_nor_the_file(hall: Hall) -> None:
    west = add_east(hall.town.services, hall.town.clock, "west")
    hall.town.services.register.publish_form("west", DWELLING)
    stranger = Sending(hall.caller, enrol(west, "g1"))
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.send(photo())
    hall.sending.name(ref_of(photo()))

    stranger.name(ref_of(photo()))

    assert stranger.state(where).status_code == 404
    assert stranger.append(where, 0, pdf()).status_code == 404
    assert stranger.take(ref_of(photo()).sha256).status_code == 404
    stranger.send(photo())
    assert stranger.take(ref_of(photo()).sha256).content == photo()
    assert rows(hall.town, "file") == 2


def test_a_file_goes_with_its_record_to_another_grid(hall: Hall) -> None:
    hall.sending.send(pdf())
    record = hall.sending.name(ref_of(pdf()))
    town, register = hall.town, hall.town.services.register
    admin = town.account("admin", Role.TOWN_ADMIN)
    here = register.record("east", record)
    assert here is not None

    register.commit(
        admin,
        [
            Edit(
                kind=ChangeKind.MOVE,
                record=record,
                record_kind="dwelling",
                grid=here.grid,
                base=here.version,
                units={GRID: [here.grid, town.areas["g3"]]},
            )
        ],
    )

    assert hall.sending.take(HASH).status_code == 404
    assert hall.elsewhere.take(HASH).content == pdf()
