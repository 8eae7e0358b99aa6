"""The same story with right clocks and with clocks that are years off: the same candidates."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from server.register.edits import Edit as OfficeEdit
from shared.changes import DELETED, Answer, ChangeKind
from tests.mobile.field import Field, Phone, a_field, synced
from tests.mobile.kit import change_of, create

YEAR_MS = 365 * 24 * 3_600_000
FIRST, SECOND, DEAD = (f"0199b0a0-0000-7000-8000-{n:012d}" for n in range(3))
NAMES = ("a", "b", "c")

Clocks = Mapping[str, tuple[int, int]]
"""By phone: how far off it is at first, and after it was started anew, ms."""
RIGHT: Clocks = dict.fromkeys(NAMES, (0, 0))
WRONG: tuple[Clocks, ...] = (
    {"a": (-3 * YEAR_MS, -3 * YEAR_MS), "b": (5 * YEAR_MS, 5 * YEAR_MS), "c": (0, 0)},
    {"a": (9 * YEAR_MS, -9 * YEAR_MS), "b": (0, -YEAR_MS), "c": (-YEAR_MS, YEAR_MS)},
    dict.fromkeys(NAMES, (-40 * YEAR_MS, 40 * YEAR_MS)),
)

Told = dict[str, dict[str, Sequence[Answer]]]


class Story:
    """Three phones of one grid; what they do does not depend on what their clocks say."""

    def __init__(self, field: Field, clocks: Clocks) -> None:
        self.field = field
        self.phones = {name: field.phone(name) for name in NAMES}
        self.clocks = clocks
        for name, phone in self.phones.items():
            phone.clock.wall += clocks[name][0]

    def wait(self, ms: int = 60_000) -> None:
        self.field.town.clock.at += ms
        for phone in self.phones.values():
            phone.clock.tick(ms)

    def boot_anew(self, name: str) -> None:
        """The phone was off; its clock comes up with another error."""
        before, after = self.clocks[name]
        phone = self.phones[name]
        phone.clock.wall += after - before
        phone.clock.boot_id, phone.clock.mono = "boot-2", 5000

    def set(self, name: str, record: str, **units: Answer) -> None:
        phone = self.phones[name]
        phone.store.save([change_of(phone.store, "household", record, **units)])
        self.wait()

    def sync(self, *names: str) -> None:
        for name in names:
            synced(self.phones[name])
            self.wait()

    def happens(self) -> None:
        """Edits that know of each other and edits that do not, a deletion, a restart."""
        for record in (FIRST, SECOND, DEAD):
            self.field.write(record, head_name="李芳", phone="13900010001", access_note="旧")
        self.sync(*NAMES)
        self.set("a", FIRST, phone="13900010002", access_note="先")
        self.set("b", FIRST, phone="13900010003", needs="坡道")
        self.set("c", FIRST, access_note="后")
        self.set("a", SECOND, head_name="李方")
        self.boot_anew("a")
        self.set("a", SECOND, people_count=3)
        self.set("b", DEAD, phone="13900010004")
        self.delete(DEAD)
        self.sync("b", "a", "c")
        self.boot_anew("b")
        self.boot_anew("c")
        self.sync("c", "b")
        self.set("b", SECOND, head_name="李坊")  # has seen the other
        self.set("c", SECOND, head_name="李房")  # has not
        self.sync("c", "b", "a", "c")

    def delete(self, record: str) -> None:
        known = self.field.record(record)
        assert known is not None
        edit = OfficeEdit(
            kind=ChangeKind.DELETE,
            record=record,
            record_kind="household",
            grid=known.grid,
            base=known.version,
        )
        self.field.town.services.register.commit(self.field.admin, [edit])

    def told(self) -> Told:
        """All candidates of all units, and what waits for a person."""
        found: Told = {}
        for name in (FIRST, SECOND, DEAD):
            record = self.field.record(name)
            assert record is not None
            found[name] = {
                unit: [candidate.value for candidate in candidates]
                for unit, candidates in record.units.items()
                if unit != "@grid"
            }
            found[name][DELETED] = [record.deleted]
        who = self.field.admin
        waiting = self.field.town.services.register.open_conflicts(who.town, who.grids)
        open_units = sorted(f"{each.record}:{each.unit}" for each in waiting)
        found["waiting"] = {"": open_units}
        return found


def story(folder: Path, clocks: Clocks) -> Told:
    with a_field(folder) as field:
        played = Story(field, clocks)
        played.happens()
        return played.told()


@pytest.mark.parametrize("clocks", WRONG)
def test_clocks_that_are_years_off_leave_the_same_candidates(
    tmp_path: Path, clocks: Clocks
) -> None:
    right = story(tmp_path / "right", RIGHT)
    wrong = story(tmp_path / "wrong", clocks)

    assert wrong == right
    assert len(right[FIRST]["phone"]) == 2  # there was something to disagree about
    assert right["waiting"][""]


def test_both_times_are_kept_and_a_clock_more_than_a_day_off_is_told(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        phone: Phone = field.phone()
        phone.clock.wall -= 3 * YEAR_MS
        synced(phone)
        made, claimed = field.town.clock.at, phone.clock.wall
        phone.store.save([create("household", FIRST, head_name="李芳")])
        phone.clock.tick(7_200_000)
        field.town.clock.at += 7_200_000

        report = synced(phone)

        (entry,) = field.town.services.register.history(field.town.who.town, FIRST)
        view = phone.store.record(FIRST)
        assert view is not None
        value = view.units["head_name"].values[0]
        assert (entry.claimed, entry.effective) == (claimed, made)
        assert (value.claimed, value.effective) == (claimed, made)
        assert entry.received == made + 7_200_000
        assert report.clock_off_hours == 3 * 365 * 24
        assert "时间" in report.words.zh


@pytest.mark.parametrize(("off", "told"), [(23 * 3_600_000, False), (25 * 3_600_000, True)])
def test_a_clock_is_warned_of_from_a_day_on(tmp_path: Path, off: int, *, told: bool) -> None:
    with a_field(tmp_path) as field:
        phone = field.phone()
        phone.clock.wall += off

        report = synced(phone)

        assert (report.clock_off_hours > 0) is told
