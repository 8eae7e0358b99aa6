"""How fast forms open and react: the 28-item household, a long form, a roster of 200 people."""

from collections.abc import Callable
from datetime import UTC, datetime

from benchmarks.databases import Databases
from benchmarks.measuring import best, cost_of
from benchmarks.results import Figure, Section
from server.forms.builtin import builtin_forms
from server.forms.compiler import compile_form
from shared.forms.logic import FormState
from shared.forms.model import Form, decode_form, encode_form
from shared.forms.scope import Moment

MOMENT = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))
RESIDENTS = 6
LONG = 500
PEOPLE = 200
OPEN_MS, REACT_MS = 150.0, 20.0
PYTHON = "this machine's Python"


def sections(_: Databases, quick: bool) -> list[Section]:
    """Opening a form, and one answer to it with all that is shown afterwards."""
    runs = 3 if quick else 20
    long, roster = FormState.fresh(_long(), MOMENT), _roster()
    household = _household()
    figures = [
        _figure(
            f"open the household with {RESIDENTS} residents", best_ms(_household, runs), OPEN_MS
        ),
        _figure("one answer to it", best_ms(_answering(household[0], "people_count"), runs), 20.0),
        _figure(f"one answer to {LONG} questions", best_ms(_answering(long, "q5"), runs), REACT_MS),
        _figure(
            f"one answer among {PEOPLE} instances",
            best_ms(_answering(roster, "member[100]/age"), runs),
            REACT_MS,
        ),
    ]
    return [Section("Forms", figures, ["Each answer is followed by all that a screen asks for."])]


def best_ms(work: Callable[[], object], runs: int) -> float:
    """The processor time of one turn, ms."""
    return best([cost_of(work) for _ in range(runs)]).client * 1000


def _figure(what: str, took: float, target: float) -> Figure:
    return Figure(what, PYTHON, f"{took:.1f} ms", f"<= {target:.0f} ms", took <= target)


def _household() -> list[FormState]:
    forms = builtin_forms()
    states = [FormState.fresh(forms["household"], MOMENT)]
    states += [FormState.fresh(forms["resident"], MOMENT) for _ in range(RESIDENTS)]
    for state in states:
        _shown(state)
    return states


def _answering(state: FormState, key: str) -> Callable[[], None]:
    answers = iter(range(10_000))

    def answer() -> None:
        state.answer(key, next(answers))
        _shown(state)

    return answer


def _shown(state: FormState) -> None:
    state.layout()
    state.faults()


def _long() -> Form:
    rows = "".join(
        f"| | integer | q{n} | Question {n} | {f'${{q{n - 1}}} != 99' if n % 4 == 3 else ''} "
        f"| . >= 0 and . < 100000 |\n"
        for n in range(LONG)
    )
    return _form(f"| survey |\n| | type | name | label | relevant | constraint |\n{rows}")


def _roster() -> FormState:
    state = FormState.fresh(
        _form(
            "| survey |\n| | type | name | label | relevant | calculation |\n"
            "| | begin repeat | member | Member | | |\n| | integer | age | Age | | |\n"
            "| | text | school | School | ${age} < 18 | |\n| | end repeat | | | | |\n"
            "| | calculate | years | | | sum(${age}) |\n"
        ),
        MOMENT,
    )
    for _ in range(PEOPLE):
        state.add("member")
    return state


def _form(document: str) -> Form:
    return decode_form(encode_form(compile_form(document.encode(), ".md", "household").form))
