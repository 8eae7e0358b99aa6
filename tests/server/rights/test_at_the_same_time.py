"""What goes for good, and a phone that writes at the same moment: on PostgreSQL, in order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from server.clock import midnight
from server.forms.builtin import builtin_forms
from server.rights.consenting import Consenting
from server.rights.consents import Said
from server.rights.erasing import Erasing
from server.rights.stopping import Stopping
from shared.consent import WORD_UNIT, How, Purpose, Word
from shared.forms.model import Form, Node, Question
from tests.server.console.world import a_desk
from tests.server.register.interleaving import TAKES_NUMBERS, stopped_before, waits_for_a_lock
from tests.server.rights.test_answer_retention import DAY, NEW_NUMBER, nights, put_in_force
from tests.server.rights.test_consents import version, write
from tests.server.rights.test_door_consents import note
from tests.server.rights.test_erasing import NAME, Home

LOCKS_ITS_CONSOLE = "SELECT device.id"


@pytest.fixture
def home(tmp_path: Path, postgres_url: str) -> Iterator[Home]:
    with a_desk(tmp_path, database_url=postgres_url) as desk:
        yield Home(desk)


def test_what_is_written_while_a_person_is_erased_does_not_bring_them_back(home: Home) -> None:
    desk = home.desk
    erasing, who = Erasing(desk.town.services), desk.accounts["town"]

    def erase() -> object:
        return erasing.erase(who, home.person, "request 1")

    with stopped_before(desk.town.services.engine, LOCKS_ITS_CONSOLE, erase) as erased:
        write(home, {"name": "欧阳爱国又名", "disability": "applying"}, base=version(home))

    erased.result()
    record = desk.register.record("east", home.person)
    assert record is not None
    assert record.deleted
    late = write(home, {"name": NAME}, base=record.version)
    assert late.problem is not None
    assert late.problem.code == "erased"
    assert (
        "欧阳爱国又名"
        not in msgspec.json.encode(desk.register.history("east", home.person)).decode()
    )
    assert desk.register.verify("east").well


def test_an_answer_given_anew_in_the_night_that_ends_the_old_one_stays(home: Home) -> None:
    put_in_force(home)
    home.desk.town.clock.at += 400 * DAY

    with stopped_before(
        home.desk.town.services.engine, LOCKS_ITS_CONSOLE, lambda: nights(home)
    ) as done:
        write(home, {"id_number": NEW_NUMBER}, base=version(home))

    assert done.result() == [(0, 0)]
    assert home.shown(home.person)["id_number"] == [NEW_NUMBER]


def test_a_word_is_carried_out_once_by_two_servers_that_begin_at_once(home: Home) -> None:
    services = home.desk.town.services
    write(home, {"disability": "applying"})
    note(home, home.phone, {"consent": "declined"})

    def carry_out() -> int:
        return Stopping(services).go_on("east")

    with ThreadPoolExecutor(1) as pool:
        with stopped_before(services.engine, LOCKS_ITS_CONSOLE, carry_out) as first:
            second = pool.submit(carry_out)
            waits_for_a_lock(services.engine, second)
        done = [first.result(), second.result(30)]

    assert sorted(done) == [0, 1]
    assert "disability" not in home.shown(home.person)
    assert home.desk.register.verify("east").well


def test_an_answer_that_comes_while_its_consent_is_withdrawn_does_not_stay(home: Home) -> None:
    services, who = home.desk.town.services, home.desk.accounts["community"]
    services.register.publish_form("east", _without_words(builtin_forms()["resident"]))
    said = Said(
        purpose=Purpose.SENSITIVE, units=("disability",), word=Word.WITHDRAWN, how=How.PAPER,
        paper="1", guardian=False, said_at=midnight(home.desk.now), notice_version=0,
    )  # fmt: skip

    with ThreadPoolExecutor(1) as pool:
        with stopped_before(
            services.engine, TAKES_NUMBERS, lambda: write(home, {"disability": "applying"})
        ):
            withdrawn = pool.submit(Consenting(services).note, who, home.person, said)
            waits_for_a_lock(services.engine, withdrawn)
        withdrawn.result(30)

    assert "disability" not in home.shown(home.person)
    assert (
        "applying"
        not in msgspec.json.encode(home.desk.register.history("east", home.person)).decode()
    )
    assert home.desk.register.verify("east").well


def _without_words(form: Form) -> Form:
    """The form of a town that does not ask at the door what may be kept."""
    return structs.replace(form, version="2", children=tuple(_left(form.children)))


def _left(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Question):
            if not node.name.startswith(WORD_UNIT):
                yield node
        else:
            yield structs.replace(node, children=tuple(_left(node.children)))
