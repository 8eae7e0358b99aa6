"""A record comes back as it was, whichever way it was written down."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import GRID, Change, ChangeKind
from shared.codec import (
    AMENDED_WRITES_MAX,
    PackedRecord,
    on_the_wire,
    opened,
    pack,
    packed,
    repack,
    spelt_out,
    unpack,
)
from shared.folded import FoldedUnits
from shared.merge import Rules, conflicts, merge
from shared.policies import Policy
from shared.records import PENDING, Candidate, Record, Write, numbered

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

    body = msgspec.json.decode(stored.body)
    in_body = [*body.get("v", {}), *body.get("u", {})]
    in_secret = msgspec.json.decode(stored.secret or b"{}").keys()

    assert sorted([*in_body, *in_secret]) == sorted(record.units)
    assert SECRET.isdisjoint(in_body)
    assert in_secret == record.units.keys() & SECRET


def test_a_torn_row_is_told_apart_from_an_empty_one() -> None:
    write = Write(1, "device", 1, 0, "worker", 5, 6)
    units: dict[str, tuple[Candidate, ...]] = {GRID: (Candidate([None, "grid"], (write,)),)}
    stored = pack(Record(id="r", kind="visit", version=1, form="", units=units))
    torn = msgspec.structs.replace(stored, body=stored.body[:-4])

    with pytest.raises(msgspec.DecodeError):
        unpack(torn)


@given(records(), st.dictionaries(NAMES, VALUES, min_size=1), st.integers(0, 5), st.booleans())
def test_an_edit_of_a_stored_record_makes_what_it_makes_of_a_whole_one(
    record: Record, units: dict[str, object], base: int, by_a_set: bool
) -> None:
    change = Change(
        n=5, save="s", kind=ChangeKind.SET, record="record", record_kind="household",
        grid="grid", worker="worker", at=0, base=base, units=units,
    )  # fmt: skip
    write = Write(PENDING, "other", 5, base, "worker", 7, 8)
    rules = Rules({"marks": Policy.UNION}) if by_a_set else Rules()

    whole = merge(record, change, write, rules)
    folded = merge(unpack(pack(record, SECRET)), change, write, rules)
    stored = repack(folded.record, SECRET, first=50)

    assert folded == whole
    assert conflicts(folded.record, rules) == conflicts(whole.record, rules)
    assert unpack(stored) == numbered(whole.record, 50)
    assert unpack(pack(folded.record, SECRET, first=50)) == numbered(whole.record, 50)
    assert msgspec.json.decode(stored.secret or b"{}").keys() == whole.record.units.keys() & SECRET

    later, second = (
        msgspec.structs.replace(change, n=6),
        Write(PENDING + 1, "a", 6, base, "w", 7, 8),
    )
    assert merge(folded.record, later, second, rules) == merge(whole.record, later, second, rules)


@given(records())
def test_who_reads_no_short_records_is_given_every_unit_as_candidates(record: Record) -> None:
    spelt = msgspec.json.decode(on_the_wire(spelt_out(pack(record, SECRET))), type=PackedRecord)

    assert not spelt.v
    assert spelt.u.keys() | spelt.s.keys() == record.units.keys()
    assert opened(spelt) == record


def test_what_the_first_write_alone_has_set_is_written_down_as_its_value() -> None:
    first, second = (Write(n, "device", n, 0, "worker", 5, 6) for n in (1, 2))
    units: dict[str, tuple[Candidate, ...]] = {
        GRID: (Candidate([None, "grid"], (first,)),),
        "phone": (Candidate("1", (first,)), Candidate("2", (second,))),
        "head_name": (Candidate("李芳", (first, second)),),
        "marks": (Candidate("alone", (first,)),),
        "needs": (Candidate("灯", (second,)),),
    }

    short = packed(Record(id="r", kind="household", version=2, form="", units=units))

    assert short.v == {GRID: [None, "grid"], "marks": "alone"}
    assert short.u["phone"] == (("1", (0,)), ("2", (1,)))
    assert short.u["head_name"] == (("李芳", (0, 1)),)
    assert short.u["needs"] == (("灯", (1,)),)


def test_an_edit_opens_nothing_but_what_it_touches() -> None:
    write, other = (Write(n, "device", n, 0, "worker", 5, 6) for n in (1, 2))
    units = {name: (Candidate(name, (write,)),) for name in ("head_name", "phone", "id_number")}
    units["needs"] = (Candidate("灯", (write, other)),)
    units[GRID] = (Candidate([None, "grid"], (write,)),)
    stored = pack(Record(id="r", kind="household", version=1, form="", units=units), SECRET)
    change = Change(
        n=2, save="s", kind=ChangeKind.SET, record="r", record_kind="household",
        grid="grid", worker="worker", at=0, base=1, units={"phone": "13811111111"},
    )  # fmt: skip

    after = merge(unpack(stored), change, Write(3, "device", 3, 1, "worker", 7, 8), Rules()).record

    assert isinstance(after.units, FoldedUnits)
    assert after.units.plain == {GRID: [None, "grid"], "head_name": "head_name"}
    assert after.units.folded.keys() == {"id_number", "needs"}
    again = repack(after, SECRET, 0)
    assert unpack(again) == after
    assert b'"phone":"phone"' not in again.body  # what was replaced is there no more


def test_writes_that_no_longer_count_are_dropped_before_they_are_many() -> None:
    record = Record(
        id="r", kind="household", version=1, form="",
        units={GRID: (Candidate([None, "grid"], (Write(1, "device", 1, 0, "worker", 5, 6),)),)},
    )  # fmt: skip
    most = 0
    for n in range(2, 3 * AMENDED_WRITES_MAX):
        change = Change(
            n=n, save="s", kind=ChangeKind.SET, record="r", record_kind="household",
            grid="grid", worker="worker", at=0, base=n - 1, units={"phone": str(n)},
        )  # fmt: skip
        write = Write(n, "device", n, n - 1, "worker", 7, 8)
        stored = repack(merge(record, change, write, Rules()).record, SECRET, 0)
        record = unpack(stored)
        most = max(most, len(msgspec.json.decode(stored.body)["w"]))

    assert most == AMENDED_WRITES_MAX
    assert record.units["phone"][0].value == str(3 * AMENDED_WRITES_MAX - 1)


def test_a_record_that_many_have_written_is_made_anew_once_half_its_writes_count_no_more() -> None:
    units = {f"question_{n}": (Candidate(n, (_write(n),)),) for n in range(2, 30)}
    units[GRID] = (Candidate([None, "grid"], (_write(1),)),)
    record = unpack(pack(Record(id="r", kind="household", version=29, form="", units=units)))
    sizes = []
    for n in range(30, 90):
        change = Change(
            n=n, save="s", kind=ChangeKind.SET, record="r", record_kind="household",
            grid="grid", worker="worker", at=0, base=n - 1, units={"question_2": n},
        )  # fmt: skip
        whole = merge(record, change, _write(n), Rules()).record
        stored = repack(whole, SECRET, 0)
        record = unpack(stored)
        assert record == whole
        sizes.append(len(msgspec.json.decode(stored.body)["w"]))

    assert sizes[:30] == [*range(30, 59), 29]


def _write(n: int) -> Write:
    return Write(n, "device", n, n - 1, "worker", 5, 6)
