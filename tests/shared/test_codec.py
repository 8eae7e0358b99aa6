"""A record comes back as it was, whichever way it was written down."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import GRID
from shared.codec import PackedRecord, on_the_wire, opened, pack, packed, unpack
from shared.records import Candidate, Record, Write

SECRET = frozenset({"id_number", "care"})
NAMES = st.sampled_from(["head_name", "phone", "id_number", "care", "marks"])
ANSWERS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
VALUES = ANSWERS | st.lists(ANSWERS, max_size=3) | st.dictionaries(st.text(max_size=4), ANSWERS)


@st.composite
def records(draw: st.DrawFn) -> Record:
    table = [
        Write(seq, "device", seq, seq - 1, "worker", 5, 6, draw(st.none() | st.just("visit")))
        for seq in range(1, 5)
    ]
    writes = st.lists(st.sampled_from(table), min_size=1, unique=True).map(tuple)
    candidates = st.lists(st.builds(Candidate, VALUES, writes), min_size=1, max_size=3).map(tuple)
    units = draw(st.dictionaries(NAMES, candidates, max_size=5))
    units[GRID] = (Candidate([None, "grid"], (table[0],)),)
    return Record(id="record", kind="household", version=4, form='v"1', units=units)


@given(records())
def test_a_row_gives_the_record_back(record: Record) -> None:
    assert unpack(pack(record, SECRET)) == record
    assert unpack(pack(record)) == record


@given(records())
def test_the_wire_gives_the_record_back(record: Record) -> None:
    travelled = msgspec.json.decode(on_the_wire(pack(record, SECRET)), type=PackedRecord)

    assert opened(travelled) == record
    assert travelled == packed(record, SECRET)


@given(records())
def test_sensitive_units_stand_in_the_secret_part_only(record: Record) -> None:
    stored = pack(record, SECRET)

    in_body = msgspec.json.decode(stored.body)["u"].keys()
    in_secret = msgspec.json.decode(stored.secret or b"{}").keys()

    assert not in_body & SECRET
    assert in_secret == record.units.keys() & SECRET


def test_a_torn_row_is_told_apart_from_an_empty_one() -> None:
    write = Write(1, "device", 1, 0, "worker", 5, 6)
    units: dict[str, tuple[Candidate, ...]] = {GRID: (Candidate([None, "grid"], (write,)),)}
    stored = pack(Record(id="r", kind="visit", version=1, form="", units=units))
    torn = msgspec.structs.replace(stored, body=stored.body[:-4])

    with pytest.raises(msgspec.DecodeError):
        unpack(torn)
