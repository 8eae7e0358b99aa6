"""What is kept beside a case is what its steps come to, however and in whatever order they came."""

from random import Random

import pytest
from sqlalchemy import text

from server.clock import new_id
from server.db.engine import reading, writing
from server.forms.builtin import work_forms
from server.register.edits import Edit, edit_of
from server.work.reading import WorkBook
from shared.changes import Answer, ChangeKind
from shared.records import Record
from shared.work.cases import fold
from shared.work.reading import Origin, origin_of, read_case, read_step
from shared.work.rules import DEFAULT_RULES, WorkRules, read_rules
from shared.work.standing import Standing
from shared.work.values import Action, Phase
from tests.server.register.world import DAY, GRID_A, GRID_B, LI, MINUTE, NOON, TOWN, World

MOVES = 40
ACTIONS = ("accept", "handle", "escalate", "suspend", "close", "verify", "reopen", "note")
SORTS = ("hazard", "dispute", "livelihood")


@pytest.fixture
def world(world: World) -> World:
    for form in work_forms().values():
        world.register.publish_form(TOWN, form)
    return world


@pytest.mark.parametrize("seed", range(3))
def test_cases_stand_as_their_records_say_in_any_story(world: World, seed: int) -> None:
    story = Story(world, Random(seed))

    for number in range(MOVES):
        story.go_on()
        if number % 5 == 0:
            story.check()
    story.end()
    story.check()

    assert any(_kept(world, case, world.clock.now).took for case in story.alive())
    world.assert_whole()
    world.register.rebuild(TOWN)
    world.assert_whole()
    story.check()


def test_a_step_that_comes_before_its_case_counts_once_the_case_is_there(world: World) -> None:
    phone, case = world.phone(), new_id()
    phone.create("case_step", _close(case))
    phone.send()
    phone.note(ChangeKind.CREATE, case, _found("hazard"), kind="case")
    phone.send()

    [step] = _kept(world, case, world.clock.now).took

    assert step.action is Action.CLOSE


def test_rules_of_a_grid_move_the_deadlines_of_its_cases_while_they_are_its_rules(
    world: World,
) -> None:
    phone = world.phone()
    case = phone.create("case", _found("hazard"))
    phone.send()
    before = _kept(world, case, NOON).deadline

    rules = _create(world, "work_rules", GRID_A, {"days_hazard": 9})
    later = _kept(world, case, NOON).deadline
    _edit(world, ChangeKind.MOVE, rules, {"@grid": [GRID_A, GRID_B]})

    assert later > before + 5 * DAY
    assert _kept(world, case, NOON).deadline == before


def test_a_suspended_case_is_due_later_each_day_without_being_written_again(world: World) -> None:
    phone = world.phone()
    case = phone.create("case", _found("hazard"))
    phone.create("case_step", {**_close(case), "action": "suspend", "reason": "当事人外出"})
    phone.send()

    soon, later = (_kept(world, case, NOON + days * DAY) for days in (1, 15))

    assert soon.phase is later.phase is Phase.SUSPENDED
    assert later.deadline > soon.deadline + 10 * DAY


def test_a_fold_that_is_not_what_the_steps_say_is_found_and_made_again(world: World) -> None:
    phone = world.phone()
    case = phone.create("case", _found("hazard"))
    phone.send()
    with reading(world.engine) as conn:
        kept = conn.execute(text("SELECT folded FROM work")).scalar_one()
    phone.create("case_step", _close(case))
    phone.send()
    with writing(world.engine) as conn:
        conn.execute(text("UPDATE work SET folded = :kept WHERE kind = 'case'"), {"kept": kept})

    assert world.register.verify(TOWN).rest_differs == (f"case:{case}",)

    world.register.rebuild(TOWN)
    world.assert_whole()
    assert _kept(world, case, NOON).phase is Phase.DONE


class Story:
    """Phones that send late, and an office, which do this and that to a few cases."""

    def __init__(self, world: World, chance: Random) -> None:
        self.world, self.chance = world, chance
        self.phones = [world.phone(), world.phone(LI)]
        self.cases: list[str] = []
        self.moves = (
            self.report, self.step, self.step, self.step, self.step, self.office_step, self.sync,
            self.sync, self.correct, self.move, self.take_out_or_back, self.rule,
        )  # fmt: skip

    def go_on(self) -> None:
        """Lets one thing happen."""
        self.chance.choice(self.moves if self.cases else [self.report])()
        self.world.clock.now += 7 * MINUTE

    def end(self) -> None:
        """All phones send what they still have."""
        for phone in self.phones:
            phone.send()

    def report(self) -> None:
        phone = self.chance.choice(self.phones)
        self.cases.append(phone.create("case", _found(self.chance.choice(SORTS))))
        phone.send()

    def step(self) -> None:
        self.chance.choice(self.phones).create("case_step", self._said("grid"))

    def office_step(self) -> None:
        _create(self.world, "case_step", GRID_A, self._said("community"))

    def sync(self) -> None:
        self.chance.choice(self.phones).send()

    def correct(self) -> None:
        self._edit(ChangeKind.SET, {"case_kind": self.chance.choice(SORTS)})

    def move(self) -> None:
        case = self.world.record(self.chance.choice(self.cases))
        other = GRID_B if case.grid == GRID_A else GRID_A
        _edit(self.world, ChangeKind.MOVE, case.id, {"@grid": [case.grid, other]})

    def take_out_or_back(self) -> None:
        steps = [record.id for record in _all(self.world, "case_step")]
        record = self.world.record(self.chance.choice([*self.cases, *steps]))
        _edit(self.world, ChangeKind.RESTORE if record.deleted else ChangeKind.DELETE, record.id)

    def rule(self) -> None:
        days, grid = self.chance.randint(2, 20), self.chance.choice((GRID_A, GRID_B))
        said: dict[str, Answer] = {"days_hazard": days, "days_dispute": days}
        alive = [rules.id for rules in _all(self.world, "work_rules") if not rules.deleted]
        if alive and self.chance.random() < 0.6:
            gone = self.chance.random() < 0.3
            kind = ChangeKind.DELETE if gone else ChangeKind.SET
            _edit(self.world, kind, self.chance.choice(alive), {} if gone else said)
        else:
            _create(self.world, "work_rules", grid, said)

    def alive(self) -> list[str]:
        """The cases that were not taken out."""
        return [case for case in self.cases if not self.world.record(case).deleted]

    def check(self) -> None:
        """Every case stands as its own records say, today and later."""
        for case in self.alive():
            for now in (self.world.clock.now, self.world.clock.now + 30 * DAY):
                assert _kept(self.world, case, now) == _told(self.world, case, now)

    def _said(self, level: str) -> dict[str, Answer]:
        chance = self.chance
        case = chance.choice(self.alive() or self.cases)
        stands = _told(self.world, case, self.world.clock.now)
        turn, after = (stands.turn, stands.after) if chance.random() < 0.7 else (0, "")
        return {
            "case": case, "action": chance.choice(ACTIONS), "level": level, "after": after,
            "turn": str(turn), "result": chance.choice(("ok", "not_ok")),
            "until": chance.choice(("2025-07-25", "2025-08-04")), "reason": "等配件",
        }  # fmt: skip

    def _edit(self, change: ChangeKind, units: dict[str, Answer]) -> None:
        _edit(self.world, change, self.chance.choice(self.cases), units)


def _found(sort: str) -> dict[str, Answer]:
    return {"case_kind": sort, "text": "楼道堆物", "urgency": "normal"}


def _close(case: str) -> dict[str, Answer]:
    return {"case": case, "action": "close", "level": "grid", "turn": "0"}


def _create(world: World, kind: str, grid: str, units: dict[str, Answer]) -> str:
    edit = Edit(
        kind=ChangeKind.CREATE, record=new_id(), record_kind=kind, grid=grid, units=units
    )  # fmt: skip
    world.register.commit(world.account(), [edit])
    return edit.record


def _edit(
    world: World, change: ChangeKind, record: str, units: dict[str, Answer] | None = None
) -> None:
    found = world.record(record)
    edit = edit_of(found, change, units or {}, found.version)
    world.register.commit(world.account(), [edit])


def _all(world: World, kind: str) -> list[Record]:
    return world.register.records_after(TOWN, [kind], "", 1000)


def _kept(world: World, case: str, now: int) -> Standing:
    with reading(world.engine) as conn:
        seen = WorkBook(conn, world.account(), now).case(case)
    assert seen is not None
    return seen.standing


def _told(world: World, case: str, now: int) -> Standing:
    """The same from the records themselves, without any table of the office's."""
    record = world.record(case)
    rules = _rules_of(world, record.grid)
    steps = [
        read_step(each.id, world.shown(each.id), _origin(each), rules)
        for each in _all(world, "case_step")
        if not each.deleted and world.shown(each.id)["case"] == case
    ]
    found = read_case(case, world.shown(case), _origin(record))
    return fold(found, [step for step in steps if step is not None], now=now, rules=rules)


def _rules_of(world: World, grid: str) -> WorkRules:
    here = [each for each in _all(world, "work_rules") if each.grid == grid and not each.deleted]
    if not here:
        return DEFAULT_RULES
    newest = max(here, key=lambda each: each.version)
    return read_rules(world.shown(newest.id), _origin(newest).effective)


def _origin(record: Record) -> Origin:
    return origin_of(min((write for _, write in record.writes()), key=lambda write: write.seq))
