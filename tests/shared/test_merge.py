"""What each policy shows, and the cases that the merge must get right by name."""

from collections.abc import Mapping

import pytest

from shared.changes import ALIAS, DELETED, GRID, Answer, Change, ChangeKind
from shared.merge import Outcome, Rules, conflicts, merge, settled, shown
from shared.policies import Policy
from shared.records import Record, Write

ORDER = ("living_here", "moved", "died")
RULES = Rules(
    {
        "phone": Policy.REVIEW,
        "access_note": Policy.LATEST,
        "last_seen": Policy.MAX,
        "lowest": Policy.MIN,
        "location": Policy.BETTER,
        "status": Policy.ORDER,
        "note": Policy.APPEND,
        "marks": Policy.UNION,
    },
    {"status": ORDER},
)


class Town:
    """One record, and devices that write it."""

    def __init__(self, **units: Answer) -> None:
        self.seq = 1
        self._n: dict[str, int] = {}
        change = self._change("first", ChangeKind.CREATE, dict(units), 0)
        self.record: Record = merge(None, change, self._write("first", change, 0), RULES).record

    def write(
        self,
        device: str,
        base: int,
        units: Mapping[str, Answer] | None = None,
        *,
        kind: ChangeKind = ChangeKind.SET,
        at: int = 0,
    ) -> Outcome:
        change = self._change(device, kind, dict(units or {}), base)
        self.seq += 1
        merged = merge(self.record, change, self._write(device, change, at), RULES)
        self.record = merged.record
        return merged.outcome

    def values(self, unit: str) -> list[Answer]:
        return [candidate.value for candidate in self.record.units.get(unit, ())]

    def _change(self, device: str, kind: ChangeKind, units: dict[str, Answer], base: int) -> Change:
        self._n[device] = self._n.get(device, 0) + 1
        return Change(
            n=self._n[device],
            save="s",
            kind=kind,
            record="r",
            record_kind="household",
            grid="g1",
            worker=device,
            at=0,
            base=base,
            units=units,
        )

    def _write(self, device: str, change: Change, at: int) -> Write:
        return Write(self.seq, device, change.n, change.base, device, at, at)


@pytest.mark.parametrize(
    ("unit", "one", "other", "winner"),
    [
        ("access_note", "旧", "新", "新"),
        ("last_seen", "2025-03-01", "2024-01-01", "2025-03-01"),
        ("lowest", 3, 1, 1),
        (
            "location",
            {"lat": 1, "lon": 1, "accuracy": 5},
            {"lat": 2, "lon": 2, "accuracy": 50},
            {"lat": 1, "lon": 1, "accuracy": 5},
        ),
        ("status", "moved", "living_here", "moved"),
        ("last_seen", "2025-03-01", {"missing": "not_known"}, "2025-03-01"),
        ("last_seen", "2025-03-01", None, "2025-03-01"),
    ],
)
def test_a_policy_shows_one_and_keeps_both(
    unit: str, one: Answer, other: Answer, winner: Answer
) -> None:
    for first, second in ((one, other), (other, one)):
        town = Town(head_name="甲")
        at = {id(one): 10, id(other): 20}
        town.write("a", 1, {unit: first}, at=at[id(first)])
        town.write("b", 1, {unit: second}, at=at[id(second)])

        assert settled(town.record, unit, RULES).value == winner
        assert len(town.values(unit)) == 2
        assert conflicts(town.record, RULES) == frozenset()


def test_different_answers_under_review_wait_for_a_person() -> None:
    town = Town(phone="1")

    assert town.write("a", 1, {"phone": "2"}) is Outcome.APPLIED
    assert town.write("b", 1, {"phone": "3"}) is Outcome.CONFLICT

    assert town.values("phone") == ["2", "3"]
    assert conflicts(town.record, RULES) == {"phone"}


def test_a_decision_that_saw_everything_closes_the_conflict() -> None:
    town = Town(phone="1")
    town.write("a", 1, {"phone": "2"})
    town.write("b", 1, {"phone": "3"})

    assert town.write("chief", 3, {"phone": "2"}) is Outcome.APPLIED
    assert town.values("phone") == ["2"]
    assert town.write("b", 3, {"phone": "4"}) is Outcome.CONFLICT


def test_two_different_ends_of_a_one_way_state_wait_for_a_person() -> None:
    rules = Rules({"status": Policy.ORDER}, {"status": ("living_here", "moved")})
    town = Town(status="living_here")
    town.write("a", 1, {"status": "moved"})
    town.write("b", 1, {"status": "elsewhere"})
    assert not settled(town.record, "status", rules).contested
    town.write("c", 1, {"status": "moved"})
    assert not settled(town.record, "status", rules).contested

    other = Town(status="living_here")
    other.write("a", 1, {"status": "odd"})
    other.write("b", 1, {"status": "strange"})
    assert settled(other.record, "status", RULES).contested


def test_a_dot_that_was_seen_alone_does_not_hide_its_equal() -> None:
    town = Town(phone="1")
    town.write("a", 1, {"phone": "2"})
    town.write("b", 1, {"phone": "2"})

    assert town.write("c", 2, {"phone": "3"}) is Outcome.CONFLICT
    assert town.values("phone") == ["2", "3"]


def test_numbers_truths_and_texts_are_different_answers() -> None:
    town = Town(phone=None)
    for device, value in (("a", 1), ("b", True), ("c", "1"), ("d", 1.0)):
        town.write(device, 1, {"phone": value})

    assert len(town.values("phone")) == 4


def test_what_was_written_once_stays_and_a_concurrent_other_is_kept() -> None:
    town = Town(note="一")

    town.write("a", 1, {"note": "二"})
    assert town.values("note") == ["一"]
    assert town.write("b", 0, {"note": "三"}) is Outcome.CONFLICT
    assert town.values("note") == ["一", "三"]


def test_a_removal_drops_only_the_additions_that_it_knew() -> None:
    town = Town(marks=["x", "y"])
    town.write("a", 1, {"marks": ["x"]}, kind=ChangeKind.ADD)
    town.write("b", 1, {"marks": ["x", "y"]}, kind=ChangeKind.REMOVE)

    assert shown(town.record, RULES)["marks"] == ["x"]


def test_a_set_is_shown_in_order_each_element_once() -> None:
    town = Town(marks=["y", "x", "y"])
    town.write("a", 1, {"marks": ["x", "a", "a"]}, kind=ChangeKind.ADD)

    assert shown(town.record, RULES)["marks"] == ["a", "x", "y"]


def test_a_declined_set_shows_only_while_nothing_is_known() -> None:
    town = Town(marks={"missing": "declined"})
    assert shown(town.record, RULES)["marks"] == {"missing": "declined"}

    town.write("a", 0, {"marks": ["x"]}, kind=ChangeKind.ADD)
    assert shown(town.record, RULES)["marks"] == ["x"]


def test_two_moves_wait_and_the_old_place_stays() -> None:
    town = Town(head_name="甲")
    town.write("a", 1, {GRID: ["g1", "g2"]}, kind=ChangeKind.MOVE)
    assert town.record.grid == "g2"

    assert town.write("b", 1, {GRID: ["g1", "g3"]}, kind=ChangeKind.MOVE) is Outcome.CONFLICT
    assert town.record.grid == "g1"
    assert conflicts(town.record, RULES) == {GRID}


def test_a_deletion_and_an_unseen_edit_leave_the_record_alive() -> None:
    town = Town(head_name="甲")
    town.write("a", 1, kind=ChangeKind.DELETE)

    assert town.write("b", 1, {"phone": "2"}) is Outcome.CONFLICT
    assert not town.record.deleted
    assert conflicts(town.record, RULES) == {DELETED}
    assert town.write("chief", 3, kind=ChangeKind.RESTORE) is Outcome.APPLIED
    assert conflicts(town.record, RULES) == frozenset()


def test_two_who_delete_agree() -> None:
    town = Town(head_name="甲")
    town.write("a", 1, kind=ChangeKind.DELETE)
    town.write("b", 1, kind=ChangeKind.DELETE)

    assert town.record.deleted
    assert conflicts(town.record, RULES) == frozenset()


def test_an_alias_names_one_record_or_none() -> None:
    town = Town(head_name="甲")
    town.write("a", 1, {ALIAS: "other"})
    assert town.record.alias_of == "other"

    town.write("b", 1, {ALIAS: "third"})
    assert town.record.alias_of is None


def test_a_change_without_its_record_is_not_merged() -> None:
    town = Town(head_name="甲")
    change = Change(
        n=1,
        save="s",
        kind=ChangeKind.SET,
        record="r",
        record_kind="household",
        grid="g1",
        worker="w",
        at=0,
    )

    with pytest.raises(ValueError, match="create"):
        merge(None, change, Write(1, "d", 1, 0, "w", 0, 0), RULES)
    assert town.record.version == 1


def test_a_write_that_comes_after_its_authors_later_one_changes_nothing() -> None:
    town = Town(phone="1")
    late = Change(
        n=1,
        save="s",
        kind=ChangeKind.SET,
        record="r",
        record_kind="household",
        grid="g1",
        worker="a",
        at=0,
        base=1,
        units={"phone": "early"},
    )
    town.write("a", 1, {"needs": "x"})
    town.write("a", 1, {"phone": "later"})

    merged = merge(town.record, late, Write(9, "a", 1, 1, "a", 0, 0), RULES)

    assert [c.value for c in merged.record.units["phone"]] == ["later"]
