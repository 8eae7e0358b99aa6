"""The merge against an oracle that knows only who had seen what."""

from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from shared import merge as merging
from shared.changes import DELETED, Answer, Change, ChangeKind
from shared.codec import pack, pack_created, unpack
from shared.merge import Rules, conflicts, merge, same, settled, shown_set
from shared.policies import Policy
from shared.records import PENDING, Candidate, Record, Write, knows, numbered
from tests.shared.histories import (
    NEWEST,
    PHONES,
    REVIEWED,
    RULES,
    TAGS,
    Edit,
    Push,
    Step,
    Told,
    histories,
    play,
    surviving_adds,
    survivors,
)

SECRET = frozenset({REVIEWED, TAGS})

Left: TypeAlias = dict[str, set[tuple[str, tuple[tuple[str, int], ...]]]]


def left(record: Record) -> Left:
    """Each unit's candidates: the value and who wrote it, whatever their order."""
    return {
        unit: {
            (repr(c.value), tuple(sorted((w.device, w.n) for w in c.writes))) for c in candidates
        }
        for unit, candidates in record.units.items()
    }


def dots(record: Record, unit: str) -> set[tuple[str, int]]:
    candidates = record.units.get(unit, ())
    return {(write.device, write.n) for each in candidates for write in each.writes}


def is_right(told: Told) -> bool:
    """Whether what is left of the record is exactly what the oracle says."""
    record = told.record
    for unit in (REVIEWED, NEWEST, DELETED):
        if dots(record, unit) != set(survivors(told.taken, unit)):
            return False
    adds = {
        (str(candidate.value), (write.device, write.n))
        for candidate in record.units.get(TAGS, ())
        for write in candidate.writes
    }
    return adds == surviving_adds(told.taken)


@given(histories())
@settings(max_examples=400, deadline=None)
def test_what_is_left_are_exactly_the_writes_that_no_other_had_seen(steps: list[Step]) -> None:
    assert is_right(play(steps))


@given(histories())
@settings(max_examples=200, deadline=None)
def test_equal_values_are_one_candidate_and_different_ones_several(steps: list[Step]) -> None:
    told = play(steps)

    for unit in (REVIEWED, NEWEST):
        writes = survivors(told.taken, unit).values()
        for candidate in told.record.units.get(unit, ()):
            authors = [made for made in writes if same(made.edit.value, candidate.value)]
            assert {made.dot for made in authors} == {(w.device, w.n) for w in candidate.writes}


@given(histories())
@settings(max_examples=200, deadline=None)
def test_a_person_is_asked_when_and_only_when_answers_stand_against_each_other(
    steps: list[Step],
) -> None:
    told = play(steps)

    values: list[Answer] = []
    for made in survivors(told.taken, REVIEWED).values():
        if not any(same(made.edit.value, value) for value in values):
            values.append(made.edit.value)
    waiting = conflicts(told.record, RULES)
    assert (REVIEWED in waiting) == (len(values) > 1)
    assert not waiting & {NEWEST, TAGS}


@given(histories())
@settings(max_examples=200, deadline=None)
def test_a_record_is_deleted_only_by_who_had_seen_everything_that_stands(
    steps: list[Step],
) -> None:
    told = play(steps)

    wanted = survivors(told.taken, DELETED)
    deletions = [m for m in wanted.values() if m.edit.kind is ChangeKind.DELETE]
    standing = {
        *survivors(told.taken, REVIEWED),
        *survivors(told.taken, NEWEST),
        *(dot for _, dot in surviving_adds(told.taken)),
    }
    undisputed = len(deletions) == len(wanted)
    deleted = undisputed and any(standing <= made.past for made in deletions)
    assert told.record.deleted == deleted
    assert (DELETED in conflicts(told.record, RULES)) == (bool(deletions) and not deleted)


@given(histories(), st.tuples(*[st.integers(-(10**12), 10**12)] * PHONES))
@settings(max_examples=200, deadline=None)
def test_other_clocks_leave_the_same_candidates(steps: list[Step], clocks: tuple[int, ...]) -> None:
    assert left(play(steps, clocks).record) == left(play(steps).record)


_made_offline = st.lists(
    st.builds(
        Edit,
        st.integers(0, PHONES - 1),
        st.just(ChangeKind.SET),
        st.sampled_from([REVIEWED, NEWEST]),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=12,
)


@given(_made_offline, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_any_order_of_pushing_leaves_the_same_candidates(
    edits: list[Edit],
    random: Random,
) -> None:
    turns = [Push(edit.phone, 1) for edit in edits]
    expected = play([*edits, *turns])
    random.shuffle(turns)

    assert left(play([*edits, *turns]).record) == left(expected.record)


def test_every_order_of_three_phones_with_four_edits_each_leaves_the_same() -> None:
    edits = [
        Edit(phone, ChangeKind.SET, unit, f"{phone if unit == REVIEWED else turn}")
        for turn in range(2)
        for phone in range(PHONES)
        for unit in (REVIEWED, NEWEST)
    ]
    outcomes = [
        left(play([*edits, *(Push(phone, 4) for phone in order)]).record)
        for order in permutations(range(PHONES))
    ]

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(outcomes[0][REVIEWED]) == PHONES


@given(histories())
@settings(max_examples=100, deadline=None)
def test_a_record_survives_being_written_down(steps: list[Step]) -> None:
    record = play(steps).record

    assert left(unpack(pack(record))) == left(record)
    assert unpack(pack(record)) == record
    assert unpack(pack(record, SECRET)) == record
    assert unpack(pack(record, first=7)) == record  # it has no provisional number


def test_packing_gives_the_numbers_that_numbering_gives() -> None:
    change = Change(
        n=4,
        save="s",
        kind=ChangeKind.SET,
        record="r",
        record_kind="household",
        grid="g",
        worker="w",
        at=0,
        units={REVIEWED: "new", TAGS: ["x"]},
    )
    before = play([Edit(0, ChangeKind.SET, REVIEWED, "old")]).record
    after = merge(before, change, Write(PENDING + 2, "d", 4, 0, "w", 0, 0), RULES).record

    assert unpack(pack(after, first=10)) == numbered(after, 10)
    assert numbered(after, 10).version == 12


@given(
    st.dictionaries(
        st.sampled_from([REVIEWED, NEWEST, TAGS, "@note", "other"]),
        st.one_of(st.sampled_from(["a", None, 1]), st.lists(st.sampled_from("xyz"), max_size=4)),
    )
)
def test_a_new_record_is_packed_without_being_made(units: dict[str, Answer]) -> None:
    change = Change(
        n=1,
        save="s",
        kind=ChangeKind.CREATE,
        record="r",
        record_kind="household",
        grid="g",
        worker="w",
        at=0,
        units=units,
        form="1",
    )
    write = Write(9, "d", 1, 0, "w", 0, 0)
    record = merge(None, change, write, RULES).record

    packed = pack_created(change, write, RULES.unions, SECRET)

    assert unpack(packed) == record
    assert unpack(pack(record, SECRET)) == record
    for unit in record.units.keys() & RULES.unions:
        assert shown_set(units[unit]) == settled(record, unit, RULES).value


def wrong_knows(base: int, device: str, n: int, write: Write) -> bool:
    """Forgets that a phone knows its own earlier edits."""
    return write.seq <= base and (device, n) != (write.device, write.n)


def wrong_with(
    candidates: tuple[Candidate, ...], values: list[Answer], write: Write
) -> tuple[Candidate, ...]:
    """Keeps only the last write of equal values."""
    kept = [each for each in candidates if not any(same(each.value, v) for v in values)]
    return (*kept, *(Candidate(value, (write,)) for value in values))


def wrong_merged(
    before: tuple[Candidate, ...], value: Answer, write: Write, how: object
) -> tuple[Candidate, ...]:
    """The newest clock wins."""
    newest = max((w.effective for c in before for w in c.writes), default=-1)
    return before if newest > write.effective else (Candidate(value, (write,)),)


def wrong_unseen(candidate: Candidate, write: Write) -> Candidate | None:
    """Drops a candidate when one of its writes was seen."""
    known = [knows(write.base, write.device, write.n, old) for old in candidate.writes]
    return None if any(known) else candidate


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("knows", wrong_knows),
        ("_with", wrong_with),
        ("_merged", wrong_merged),
        ("_unseen", wrong_unseen),
    ],
)
def test_the_oracle_catches_a_merge_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Callable[..., object]
) -> None:
    monkeypatch.setattr(merging, name, wrong)

    try:
        find(
            histories(),
            lambda steps: not is_right(play(steps)),
            settings=settings(max_examples=3000, deadline=None, database=None),
        )
    except NoSuchExample:
        pytest.fail(f"nobody noticed: {wrong.__doc__}")


def test_settling_never_changes_what_is_left() -> None:
    edits = [Edit(phone, ChangeKind.SET, REVIEWED, str(phone)) for phone in range(PHONES)]
    record = play(edits).record

    for policy in Policy:
        settled(record, REVIEWED, Rules({REVIEWED: policy}))
        assert len(record.units[REVIEWED]) == PHONES
