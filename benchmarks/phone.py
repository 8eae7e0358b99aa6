"""What a worker feels on the phone: a keystroke in the search, an answer in a form."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from random import Random

from benchmarks.databases import Databases
from benchmarks.results import Figure, Section, seconds
from shared.forms.logic import FormState
from shared.forms.model import Form, Question, QuestionType
from shared.forms.scope import Moment
from shared.search import matches, search_keys

HOUSEHOLDS = 7_000
"""As many as a worker of a large grid may have."""
RUNS = 5
QUERIES = ("zs", "zhangs", "3-20", "1234", "zs 20")
KEYSTROKE_S = 0.05
ANSWER_S = 0.005
LENGTHS = (40, 500)
NOW = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))


def sections(_made: Databases, _quick: bool) -> list[Section]:
    """How long a keystroke and an answer take. Needs no database."""
    return [Section("On the phone", [_search(), *map(_answers, LENGTHS)])]


def _search() -> Figure:
    random = Random(7)
    households = [_household(random, number) for number in range(HOUSEHOLDS)]
    slowest = max(_best(partial(_found, query, households)) for query in QUERIES)
    return Figure(
        f"one keystroke in a search over {HOUSEHOLDS:,} households, the slowest of {len(QUERIES)}",
        "phone's code",
        seconds(slowest),
        f"<= {seconds(KEYSTROKE_S)}",
        slowest <= KEYSTROKE_S,
    )


def _answers(length: int) -> Figure:
    """The median of an answer with all that is drawn after it."""
    state = FormState.fresh(_form(length), NOW)
    took = [
        _seconds(partial(_answer, state, place, place + turn))
        for turn in range(3)
        for place in range(length)
    ]
    median = sorted(took)[len(took) // 2]
    target = ANSWER_S if length == min(LENGTHS) else None
    return Figure(
        f"one answer to a form of {length} questions, with all that it changes",
        "phone's code",
        seconds(median),
        f"<= {seconds(target)}" if target else "",
        median <= target if target else None,
    )


def _answer(state: FormState, place: int, value: int) -> None:
    state.answer(f"q{place}", value)
    state.layout()
    state.faults()


def _found(query: str, households: list[tuple[str, ...]]) -> int:
    return sum(matches(query, keys) for keys in households)


def _household(random: Random, number: int) -> tuple[str, ...]:
    name = random.choice("张王李赵陈") + random.choice("三四五芳娜伟") + random.choice("国英明")
    building, unit, floor = number % 30 + 1, number % 4 + 1, number % 17 + 1
    door = f"{building}-{unit}-{floor:02d}-{floor}0{unit}"
    return search_keys(name, f"幸福路12号{building}栋{unit}单元", door, f"154{number:08d}")


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


def _best(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _ in range(RUNS))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
