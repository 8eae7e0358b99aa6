"""A person is erased: nothing of their answers is left, and everything else goes on as before."""

from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from server.clock import new_id
from server.db.engine import reading
from server.errors import NotFound
from server.office.audit import check, trail
from server.office.errors import NotAllowed
from server.register.sealing import Seal
from server.rights.certificate import Certificate
from server.rights.erasing import Erasing, overwrite_space
from shared.changes import Answer, Change, ChangeKind
from shared.clock import Reading
from shared.wire import Pull, Push, chained
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone

NAME, PHONE, NUMBER = "欧阳爱国", "13912345678", "11010519491231002X"
NOTE = "欧阳爱国说膝盖疼，电话 13912345678"


class Home:
    """A household of two, with a visit, and the phone that knows it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.phone = desk, desk.phone("W1", "g1")
        self.grid, at = desk.town.areas["g1"], desk.now - 60 * MINUTE
        self.household = self._create(
            "household", at, head_name=NAME, phone=PHONE, people_count=2, needs="装扶手"
        )
        self.person = self._create(
            "resident", at, household=self.household, name=NAME, phone=PHONE, id_number=NUMBER
        )
        self.other = self._create(
            "resident", at, household=self.household, name="欧阳爱国强", emergency_contact=NAME
        )
        self.visit = self._create("visit", at, household=self.household, outcome="done", note=NOTE)

    def _create(self, kind: str, at: int, **units: Answer) -> str:
        return self.phone.create(kind, self.grid, units, at)

    def shown(self, record: str) -> dict[str, Answer]:
        found = self.desk.register.record(self.desk.town.who.town, record)
        assert found is not None
        return {name: [c.value for c in each] for name, each in found.units.items()}


@pytest.fixture
def home(desk: Desk) -> Home:
    return Home(desk)


@pytest.fixture
def erasing(desk: Desk) -> Erasing:
    return Erasing(desk.town.services)


def erased(erasing: Erasing, home: Home) -> Certificate:
    return erasing.erase(home.desk.accounts["town"], home.person, "request 1")


def said_by(desk: Desk, phone: FieldPhone) -> str:
    page = desk.register.page(phone.device, Pull())
    return page.decode()


def test_no_answer_of_the_person_is_left_anywhere(home: Home, erasing: Erasing) -> None:
    before = erasing.look(home.desk.accounts["town"], home.person)
    assert {NAME, PHONE, NUMBER} <= before.words

    erased(erasing, home)

    desk, town = home.desk, home.desk.town.who.town
    assert not {"name", "phone", "id_number"} & home.shown(home.person).keys()
    assert home.shown(home.household)["head_name"] == [None]
    assert home.shown(home.visit)["note"] == [None]
    assert home.shown(home.other)["emergency_contact"] == [None]
    history = msgspec.json.encode(desk.register.history(town, home.household, with_children=True))
    for word in (PHONE, NUMBER, NOTE):
        assert word.encode() not in history
        assert word not in said_by(desk, home.phone)


def test_what_is_not_theirs_stays(home: Home, erasing: Erasing) -> None:
    erased(erasing, home)

    assert home.shown(home.other)["name"] == ["欧阳爱国强"]
    assert home.shown(home.household)["needs"] == ["装扶手"]
    assert home.shown(home.household)["people_count"] == [2]
    assert home.shown(home.visit)["outcome"] == ["done"]


def test_the_register_is_still_what_its_journal_says(home: Home, erasing: Erasing) -> None:
    desk, town = home.desk, home.desk.town.who.town
    before = desk.register.verify(town)
    erased(erasing, home)

    after = desk.register.verify(town)

    assert before.well
    assert after.well, after
    with reading(desk.town.services.engine) as conn:
        assert check(conn, desk.town.services.keys.audit, town).broken_at is None
        deed = trail(conn, town, limit=1)[0]
    assert (deed.action, deed.object, deed.reason) == ("erased", home.person, "request 1")
    desk.register.rebuild(town)
    assert desk.register.verify(town).well


def test_the_database_file_has_none_of_it_once_its_space_is_overwritten(
    home: Home, erasing: Erasing, tmp_path: Path
) -> None:
    services = home.desk.town.services
    assert words_in_files(tmp_path) != set()  # else the search would find nothing in any case
    erased(erasing, home)

    ended = overwrite_space(services.engine, home.desk.town.who.town, home.desk.now)

    assert ended == 1
    assert words_in_files(tmp_path) == set()
    assert overwrite_space(services.engine, home.desk.town.who.town, home.desk.now) == 0


def words_in_files(folder: Path) -> set[str]:
    content = b"".join(file.read_bytes() for file in folder.glob("doorstep.db*"))
    return {
        w for w in (PHONE, NUMBER, NOTE, 'emergency_contact":"' + NAME) if w.encode() in content
    }


def test_what_a_phone_still_sends_is_refused_and_not_kept(home: Home, erasing: Erasing) -> None:
    desk, phone = home.desk, home.phone
    erased(erasing, home)

    result = late(home, {"phone": "13700001111"})

    assert (result.outcome, result.problem and result.problem.code) == ("rejected", "erased")
    assert "phone" not in home.shown(home.person)
    assert "13700001111" not in said_by(desk, phone)
    with reading(desk.town.services.engine) as conn:
        rows = conn.exec_driver_sql("SELECT device_id, n, raw FROM quarantine").all()
    seal, town = Seal(desk.town.services.keys), desk.town.who.town
    raws = [seal.open(row.raw, "quarantine", town, row.device_id, row.n) for row in rows]
    assert len(raws) == 1
    assert b"13700001111" not in raws[0]
    assert late(home, {"phone": "13700002222"}).outcome == "rejected"
    assert desk.register.verify(town).well


def late(home: Home, units: dict[str, Answer]):  # type: ignore[no-untyped-def]  # the reply's own type
    phone = home.phone
    phone.n += 1
    made = Change(
        n=phone.n, save=new_id(), kind=ChangeKind.SET, record=home.person, record_kind="resident",
        grid=home.grid, worker=phone.device.worker_id, at=home.desk.now, base=1, units=units,
        form="1",
    )  # fmt: skip
    body, after = msgspec.json.encode(made), phone.digest
    phone.digest = chained(after, body)
    clock = Reading(home.desk.now, "boot", 0)
    push = Push(phone.device.id, after, clock, [msgspec.Raw(body)])
    return home.desk.register.push(phone.device, push).results[0]


def test_the_certificate_finds_what_was_left_and_nothing_when_all_is_gone(
    home: Home, erasing: Erasing
) -> None:
    true = erased(erasing, home)

    assert erasing.check(true) == []
    assert NAME not in msgspec.json.encode(true).decode()
    second = Home.__new__(Home)
    second.desk, second.phone, second.grid = home.desk, home.phone, home.grid
    left = second._create("visit", home.desk.now, household=home.household, note=f"又见到{NAME}")
    forged = structs.replace(true, within=(*true.within, left))
    found = {place.table for place in erasing.check(forged)}
    assert {"record", "journal", "visit"} <= found


def test_only_a_town_admin_erases_and_only_who_is_there(home: Home, erasing: Erasing) -> None:
    accounts = home.desk.accounts

    for login in ("community", "leader", "auditor"):
        with pytest.raises(NotAllowed):
            erasing.erase(accounts[login], home.person, "x")
    with pytest.raises(NotFound):
        erasing.erase(accounts["town"], home.household, "x")
    assert home.shown(home.person)["name"] == [NAME]


def test_a_number_that_others_in_the_home_have_too_stays_theirs(
    home: Home, erasing: Erasing
) -> None:
    home._create("resident", home.desk.now, household=home.household, name="王芳", phone=PHONE)

    erased(erasing, home)

    assert home.shown(home.household)["phone"] == [PHONE]
    assert home.shown(home.household)["head_name"] == [None]
