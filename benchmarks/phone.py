"""What a worker feels on the phone: the unlock, a keystroke, a tap, an answer, a save.

Processor time, because others use the machine; the best of several tries.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import Databases
from benchmarks.held import Size, hold, household_id, opened
from benchmarks.measuring import cost_of
from benchmarks.results import Figure, Section, seconds
from mobile.store.cards import HouseholdFilter
from mobile.store.store import Store
from mobile.store.values import Edit
from shared.changes import ChangeKind
from shared.forms.logic import FormState
from shared.forms.model import Form, Question, QuestionType
from shared.forms.scope import Moment

SIZES = (Size(1_500, 5_000), Size(15_000, 50_000))
"""What a worker holds, and ten times that."""
RUNS = 5
QUERIES = ("z", "zs", "zhangs", "3-20", "1234", "ws 20", "王")
LIST_S, UNLOCK_S = 0.1, 1.5
"""Of the smaller and of the larger size, from the key to the first page of the list."""
KEYSTROKE_S, OPEN_S, SAVE_S = 0.05, 0.05, 0.03
ANSWER_S = 0.005
LENGTHS = (40, 500)
TODAY = "2026-11-23"
NOW = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))


def sections(_made: Databases, quick: bool) -> list[Section]:
    """A device of each size, and forms of some lengths. Needs no database."""
    sizes = SIZES[:1] if quick else SIZES
    figures = [figure for size in sizes for figure in _device(size)]
    return [Section("On the phone", [*figures, *map(_answers, LENGTHS)])]


def _device(size: Size) -> Iterator[Figure]:
    held = f"{size.households:,} households, {size.residents:,} residents"
    with TemporaryDirectory() as name:
        folder = Path(name)
        hold(folder, size)
        yield _figure(f"unlock for the first time, {held}", _best(partial(_listed, folder), 1))
        store = opened(folder)
        store.prepare()
        store.close()
        target = LIST_S if size is SIZES[0] else UNLOCK_S
        took = _best(partial(_listed, folder))
        yield _figure(f"unlock, to the first page of the list, {held}", took, target)
        store = opened(folder)
        store.prepare()
        for what, act, most in _acts(store):
            yield _figure(f"{what}, {held}", _best(act), most)
        store.close()
        yield _memory(held, folder)


def _listed(folder: Path) -> None:
    store = opened(folder)
    assert store.search("").cards
    store.close()


def _acts(store: Store) -> Iterator[tuple[str, Callable[[], object], float]]:
    """What a worker does, and how long that may take."""
    slowest = max(QUERIES, key=lambda query: _best(partial(store.search, query), 1))
    yield (
        f"one keystroke in a search, the slowest of {len(QUERIES)}",
        (partial(store.search, slowest)),
        KEYSTROKE_S,
    )
    yield "what is due today", partial(store.search, "", HouseholdFilter(due_by=TODAY)), OPEN_S
    yield "open a household with 500 visits", partial(_look_at, store, household_id(0)), OPEN_S
    yield "open a household with 5 visits", partial(_look_at, store, household_id(1)), OPEN_S
    yield "save an answer, durably", partial(_save, store, household_id(2)), SAVE_S
    draft = store.begin("household", household_id(3))
    yield "keep what was typed", lambda: store.keep(draft.answered("needs", "修门")), SAVE_S
    person = {"name": "王伟芳", "phone": "13712345678", "birth_date": "1980-05-05"}
    yield (
        "look for a person like the one typed",
        (partial(store.possible_duplicates, "resident", person)),
        KEYSTROKE_S,
    )
    buildings = store.known.buildings
    yield "list the buildings", partial(buildings.all, TODAY), UNLOCK_S
    door = buildings.all(TODAY)[0].door
    yield "draw a building", partial(buildings.picture, door, TODAY), OPEN_S


def _look_at(store: Store, household: str) -> None:
    """What a household's page takes from the store."""
    assert store.household(household) is not None
    store.record(household)
    store.members(household)
    store.visits(household)
    store.known.timeline.events(household)
    store.known.gaps.of(household)


def _save(store: Store, household: str) -> None:
    phone = f"138{store.shelf.clock.now() % 10**8:08}"
    edit = Edit(
        kind=ChangeKind.SET, record=household, record_kind="household", units={"phone": phone}
    )
    store.save([edit])


def _figure(what: str, took: float, most: float | None = None) -> Figure:
    target = f"<= {seconds(most)}" if most else ""
    return Figure(what, "phone's code", seconds(took), target, took <= most if most else None)


def _memory(held: str, folder: Path) -> Figure:
    """In a process of its own, as this one has made the device."""
    asked = [sys.executable, "-m", "benchmarks.held", str(folder)]
    out = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return Figure(f"memory that the unlocked account takes, {held}", "phone's code", f"{out} MB")


def _answers(length: int) -> Figure:
    """The median of an answer with all that is drawn after it."""
    state = FormState.fresh(_form(length), NOW)
    took = [
        _seconds(partial(_answer, state, place, place + turn))
        for turn in range(3)
        for place in range(length)
    ]
    target = ANSWER_S if length == min(LENGTHS) else None
    what = f"one answer to a form of {length} questions, with all that it changes"
    return _figure(what, sorted(took)[len(took) // 2], target)


def _answer(state: FormState, place: int, value: int) -> None:
    state.answer(f"q{place}", value)
    state.layout()
    state.faults()


def _form(length: int) -> Form:
    questions = [
        Question(
            name=f"q{place}",
            path=f"/data/q{place}",
            type=QuestionType.INTEGER,
            unit=f"q{place}",
            relevant=f"/data/q{place - 1} != 99" if place % 4 == 3 else "",
            constraint=". >= 0 and . < 1000",
            required="true()",
            label={"zh": f"第 {place} 题", "en": f"Question {place}"},
        )
        for place in range(length)
    ]
    return Form(
        kind="household",
        id="long",
        version="1",
        title={"zh": "长表", "en": "Long form"},
        languages=("zh", "en"),
        default_language="zh",
        children=tuple(questions),
    )


def _best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of processor time."""
    return min(cost_of(work).client for _ in range(runs))


def _seconds(work: Callable[[], object]) -> float:
    """The same, once, of something too short to clear up before each time."""
    started = time.process_time()
    work()
    return time.process_time() - started
