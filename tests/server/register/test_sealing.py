"""What is of class S cannot be read from a stolen database."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from server.db.engine import open_engine, writing
from server.db.migrate import migrate
from server.db.register_tables import RecordRow
from server.keys import Keys
from server.register.register import Register
from server.register.sealing import Seal, SealBroken
from shared.changes import ChangeKind
from shared.forms.model import Form, Node, Question
from shared.policies import PrivacyClass
from tests.server.register.world import GRID_A, GRID_B, TOWN, WANG, World, make_world

ID_NUMBER = "420106199003072134"


def assert_unreadable(engine_file: Path, *secrets: str) -> None:
    content = b"".join(path.read_bytes() for path in engine_file.parent.iterdir() if path.is_file())
    assert "看得见的名字".encode() in content  # the scan finds what is open
    for secret in secrets:
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert secret.encode(encoding) not in content


def rows_of(engine_file: Path, *tables: str) -> str:
    """All that stands in the tables, as one text."""
    with sqlite3.connect(engine_file) as raw:
        return "".join(
            value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for table in tables
            for row in raw.execute(f"SELECT * FROM {table}")
            for value in row
        )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "doorstep.db"


@pytest.fixture
def sqlite_world(file: Path) -> World:
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    return make_world(engine)


def test_sensitive_answers_cannot_be_read_from_the_files(sqlite_world: World, file: Path) -> None:
    world = sqlite_world
    phone = world.phone(WANG)
    resident = phone.create(
        "resident", {"name": "看得见的名字", "id_number": ID_NUMBER, "care": ["left_behind"]}
    )
    phone.note(ChangeKind.SET, resident, {"assistance": "special_difficulty"}, kind="resident")
    phone.note(
        ChangeKind.SET,
        resident,
        {"assistance": "minimum_living"},
        kind="resident",
        old={"assistance": "special_difficulty"},
    )
    phone.create("resident", {"name": "别处的人", "id_number": "420106198511241235"}, grid=GRID_B)
    phone.note(ChangeKind.SET, resident, {"assistance": "no_such_code"}, kind="resident")
    assert phone.outcomes() == ["applied", "applied", "applied", "rejected", "rejected"]

    assert_unreadable(file, ID_NUMBER, "420106198511241235", "别处的人")
    rows = rows_of(file, "record", "journal", "quarantine", "resident", "conflict")
    assert "看得见的名字" in rows
    for code in ("special_difficulty", "left_behind", "minimum_living", "no_such_code"):
        assert code not in rows
    assert world.values(resident, "id_number") == [ID_NUMBER]
    steps = world.register.history(TOWN, resident)
    assert steps[2].units[0].before == "special_difficulty"
    assert steps[2].units[0].old == "special_difficulty"
    assert phone.pull().records[0].s["id_number"][0][0] == ID_NUMBER
    world.assert_whole()


def test_equal_id_numbers_are_found_by_a_keyed_hash_only(sqlite_world: World, file: Path) -> None:
    world = sqlite_world
    phone = world.phone(WANG)
    records = [
        phone.create("resident", {"name": "看得见的名字", "id_number": ID_NUMBER}) for _ in range(2)
    ]
    phone.send()

    one, two = (world.projection("resident", record)["id_hash"] for record in records)

    assert one == two is not None
    assert_unreadable(file, ID_NUMBER)


def test_a_sealed_answer_of_another_record_does_not_open(sqlite_world: World) -> None:
    world = sqlite_world
    phone = world.phone(WANG)
    mine, other = (
        phone.create("resident", {"name": name, "id_number": ID_NUMBER}) for name in "甲乙"
    )
    phone.send()
    secret = RecordRow.__table__.c.secret  # type: ignore[attr-defined]  # SQLModel sets it
    table = secret.table
    with writing(world.engine) as conn:
        stolen = conn.execute(table.select().where(table.c.id == mine)).one().secret
        conn.execute(table.update().where(table.c.id == other).values(secret=stolen))

    with pytest.raises(SealBroken):
        world.register.record(TOWN, other)


def test_another_key_opens_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    phone = world.phone(WANG)
    resident = phone.create("resident", {"name": "甲", "id_number": ID_NUMBER})
    phone.send()

    with pytest.raises(SealBroken):
        Register(world.engine, Keys.new(), world.clock).record(TOWN, resident)


def test_every_flipped_bit_is_noticed() -> None:
    seal = Seal(Keys.new())
    sealed = seal.close("秘密".encode(), "record", "t", "r", 1)

    assert seal.open(sealed, "record", "t", "r", 1) == "秘密".encode()
    for place in range(len(sealed)):
        broken = bytes(b ^ (place == i) for i, b in enumerate(sealed))
        with pytest.raises(SealBroken):
            seal.open(broken, "record", "t", "r", 1)
    with pytest.raises(SealBroken):
        seal.open(sealed, "record", "t", "r", 2)
    with pytest.raises(SealBroken):
        seal.open(b"", "record", "t", "r", 1)


def with_sensitive(form: Form, name: str, version: str) -> Form:
    """The form with one question of class S."""
    children = tuple(_with_sensitive(node, name) for node in form.children)
    return msgspec.structs.replace(form, version=version, children=children)


def _with_sensitive(node: Node, name: str) -> Node:
    if not isinstance(node, Question):
        children = tuple(_with_sensitive(child, name) for child in node.children)
        return msgspec.structs.replace(node, children=children)
    if node.name != name:
        return node
    return msgspec.structs.replace(node, privacy=PrivacyClass.SENSITIVE)


def test_what_becomes_sensitive_is_sealed_from_then_on_and_stays_so(
    sqlite_world: World, file: Path
) -> None:
    world = sqlite_world
    phone = world.phone(WANG)
    before = phone.create("household", {"head_name": "看得见的名字", "needs": "需要轮椅坡道"})
    phone.send()
    first = world.register.forms(TOWN)["household"]

    world.register.publish_form(TOWN, with_sensitive(first, "needs", "2"))
    world.register.publish_form(TOWN, first)
    phone.create("household", {"head_name": "后来", "needs": "需要无障碍卫生间"})
    phone.send()

    rows = rows_of(file, "record", "journal")
    assert "看得见的名字" in rows
    assert "轮椅" not in rows
    assert "卫生间" not in rows
    assert world.values(before, "needs") == ["需要轮椅坡道"]
    assert world.record(before).grid == GRID_A
    world.assert_whole()
