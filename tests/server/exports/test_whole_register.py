"""The whole register as lines: the same from both databases, with every candidate, in pieces."""

import tracemalloc
from pathlib import Path

import msgspec

from server.exports.whole import PAGE, Line, lines
from server.office.roles import Role
from tests.server.a_town import TOWN, ATown, make_town
from tests.server.api.admin_office import Office
from tests.server.api.caller import calling, enrol
from tests.server.api.sending import publish

IDS = [f"01966a3e-0000-7000-8000-{n:012x}" for n in range(1, 6)]


def at_work(home: Path, url: str = "") -> ATown:
    """Two phones that contradict each other, in answers of several policies, and delete."""
    town = make_town(home, url)
    publish(town)
    account = town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    with calling(town) as caller:
        one, other = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
        office = Office(town, caller, one, account)
        answers = {"head_name": "张建国", "phone": "13800000000", "access_note": "前门"}
        for record in reversed(IDS):
            office.push(one.create(record, "household", **answers, marks=["floating"], newer=1e-7))
        for phone, number, note in ((one, "13811111111", "后门"), (other, "13822222222", "侧门")):
            change = office.edit(IDS[0], 5, phone, phone=number, access_note=note, marks=[number])
            office.push(change, phone)
            town.clock.at += 60_000  # else the ids of the devices decide what is shown
    return town


def written(town: ATown, *, sensitive: bool = False) -> bytes:
    """The export, with the names that a database's own ids have in both."""
    found = lines(town.services, TOWN, sensitive=sensitive)
    text = b"\n".join(msgspec.json.encode(line) for line, _ in found)
    known = {town.areas["g1"]: "g1"}
    for line in text.splitlines():
        for candidates in msgspec.json.decode(line, type=Line).candidates.values():
            for place, write in enumerate(w for each in candidates for w in each.writes):
                known |= {write.device: f"device {place}", write.worker: f"worker {place}"}
    for known_id, name in known.items():
        text = text.replace(known_id.encode(), name.encode())
    return text


def test_both_databases_give_the_same_bytes_with_every_candidate(
    tmp_path: Path, postgres_url: str
) -> None:
    on_sqlite, on_postgres = at_work(tmp_path / "one"), at_work(tmp_path / "two", postgres_url)

    told = written(on_sqlite)

    assert told == written(on_postgres)
    assert written(on_sqlite, sensitive=True) == written(on_postgres, sensitive=True)
    found = [msgspec.json.decode(line, type=Line) for line in told.splitlines()]
    assert [line.id for line in found] == IDS
    assert [line.version for line in found] == [7, 4, 3, 2, 1]
    assert found[0].contested == {"phone": ["13811111111", "13822222222"]}
    both = {unit: [c.value for c in each] for unit, each in found[0].candidates.items()}
    assert both == {"access_note": ["后门", "侧门"], "phone": ["13811111111", "13822222222"]}
    assert [write.base for c in found[0].candidates["phone"] for write in c.writes] == [5, 5]
    assert found[0].answers["access_note"] == "侧门"


def test_it_is_read_in_pieces_however_large_the_register_is(tmp_path: Path) -> None:
    pages = 8
    town = make_town(tmp_path)
    publish(town)
    with calling(town) as caller:
        phone = enrol(town, "g1")
        for start in range(0, pages * PAGE, PAGE):
            ids = [f"01966a3e-0000-7000-8000-{start + n:012x}" for n in range(PAGE)]
            changes = [phone.create(each, "household", head_name="甲" * 200) for each in ids]
            body = phone.push_of(*changes)
            caller.post("/v1/push", content=body, headers=phone.signed(body))
            phone.took(*changes)

    tracemalloc.start()
    count = sum(1 for _ in lines(town.services, TOWN))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == pages * PAGE
    assert most < pages * PAGE * 700  # of each one its line alone takes more, if all are kept
