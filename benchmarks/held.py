"""A device that holds a whole grid, or ten: made in its file, as a first sync would leave it."""

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
from msgspec import Struct

from benchmarks.people import GIVEN, SURNAMES, household
from mobile.clock import Clock
from mobile.store import contact
from mobile.store.creation import create_store
from mobile.store.kept import Identity
from mobile.store.shelf import rules_of
from mobile.store.store import Store
from mobile.vault.sealing import Keys
from server.forms.builtin import builtin_forms
from shared.changes import Answer, Change, ChangeKind
from shared.codec import PackedRecord, on_the_wire, pack_created
from shared.forms.model import encode_form
from shared.records import Write
from shared.wire import Area

KEYS = Keys("benchmark", b"k" * 32)
AREA = Area("01999999-0000-7000-8000-000000000001", "第一网格", "330102001001001")
MONTH_MS = 30 * 86_400_000
NOW = 1_790_000_000_000
DOORS_OF_A_BUILDING = 60
AT_ONCE = 5_000


class Size(Struct, frozen=True):
    """How much a device holds."""

    households: int
    residents: int
    often_visited: int = 500
    """Visits of the first household; every other has one, and the second five."""


def hold(folder: Path, size: Size) -> None:
    """Makes the account's file in the folder."""
    path, clock = folder / "store.db", Clock()
    create_store(path, KEYS, clock=clock, identity=_IDENTITY, areas=[AREA])
    store = Store(path, KEYS, clock, _IDENTITY)
    for kind, form in builtin_forms().items():
        contact.take_form(store.shelf, kind, form.version, encode_form(form))
    waiting: list[PackedRecord] = []
    for record in _records(size):
        waiting.append(record)
        if len(waiting) == AT_ONCE:
            _put(store, waiting)
    _put(store, waiting)
    store.close()


def opened(folder: Path) -> Store:
    """The account as after its PIN was taken."""
    return Store(folder / "store.db", KEYS, Clock(), None)


def household_id(number: int) -> str:
    """The id of a household, counted from 0."""
    return f"01999999-0000-7000-8000-1{number:011d}"


_IDENTITY = Identity(
    device="device-a",
    token="t.d.secret",
    private_key=b"p" * 32,
    server="http://127.0.0.1:1",
    town="town",
    town_name="和平镇",
    worker="worker-a",
    worker_name="王芳",
    fingerprint="six words",
)


def _put(store: Store, records: list[PackedRecord]) -> None:
    with store.shelf.database.writing() as conn:
        store.shelf.shadow.put(conn, records, None)
    records.clear()


def _records(size: Size) -> Iterator[PackedRecord]:
    random, seq = Random(1), 0
    for number in range(size.households):
        people = size.residents * (number + 1) // size.households
        people -= size.residents * number // size.households
        for kind, record, units in _of_household(random, number, people, size):
            seq += 1
            yield _packed(kind, record, units, seq)


def _of_household(
    random: Random, number: int, people: int, size: Size
) -> Iterator[tuple[str, str, dict[str, Answer]]]:
    home, here = f"01999999-0000-7000-8000-0{number:011d}", household_id(number)
    yield "dwelling", home, _dwelling(number)
    answers = {u: a for u, a in household(random).items() if not u.startswith("town_")}
    yield "household", here, answers | {"dwelling": home, "people_count": people}
    for person in range(people):
        relation = "head" if person == 0 else "child"
        yield (
            "resident",
            f"01999999-0000-7000-8000-2{number:07d}{person:04d}",
            _resident(random, here, relation),
        )
    for visit in range(size.often_visited if number == 0 else 5 if number == 1 else 1):
        yield (
            "visit",
            f"01999999-0000-7000-8000-3{number:07d}{visit:04d}",
            _visit(here, visit),
        )


def _dwelling(number: int) -> dict[str, Answer]:
    building, door = number // DOORS_OF_A_BUILDING + 1, number % DOORS_OF_A_BUILDING
    unit, floor, room = door // 30 + 1, door % 30 // 2 + 1, door % 2 + 1
    return {
        "code": f"{building}-{unit}-{floor:02d}-{floor}{room:02d}",
        "plate": f"柳溪路{building}号{unit}单元{floor}{room:02d}",
        "address": f"柳溪路{building}号",
        "building": str(building),
        "unit_no": str(unit),
        "floor": str(floor),
        "room": f"{floor}{room:02d}",
        "status": "occupied",
    }


def _resident(random: Random, home: str, relation: str) -> dict[str, Answer]:
    year, month = random.randrange(1935, 2024), random.randrange(1, 13)
    return {
        "household": home,
        "name": random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=2)),
        "relation": relation,
        "sex": random.choice(("male", "female")),
        "birth_date": f"{year}-{month:02d}-{random.randrange(1, 29):02d}",
        "phone": f"137{random.randrange(10**8):08}",
        "pension": "resident",
        "medical": "employee",
        "care": ["living_alone"] if year < 1945 else [],
        "status": "living_here",
    }


def _visit(home: str, number: int) -> dict[str, Answer]:
    day = f"{2016 + number // 60}-{1 + number // 5 % 12:02d}-{1 + number % 5 * 5:02d}"
    return {
        "household": home,
        "started": f"{day}T10:00:00+08:00",
        "outcome": "done",
        "mode": "door",
        "note": "一切正常。",
    }


def _packed(kind: str, record: str, units: dict[str, Answer], seq: int) -> PackedRecord:
    at = NOW - MONTH_MS
    change = Change(
        n=seq,
        save="s",
        kind=ChangeKind.CREATE,
        record=record,
        record_kind=kind,
        grid=AREA.id,
        worker="worker-b",
        at=at,
        form=builtin_forms()[kind].version,
        units=units,
    )
    write = Write(seq, "device-b", seq, 0, "worker-b", at, at, "")
    return _decoder.decode(on_the_wire(pack_created(change, write, _SETS[kind], frozenset())))


_SETS = {kind: rules_of(form).unions for kind, form in builtin_forms().items()}
_decoder = msgspec.json.Decoder(PackedRecord)


def _resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // (1 << 20)


if __name__ == "__main__":
    _before = _resident_mb()
    _store = opened(Path(sys.argv[1]))
    _store.prepare()
    print(_resident_mb() - _before, end="")
