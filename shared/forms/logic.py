"""A form being filled in: one answer in, and what it changes out.

`FormState` is the same on phone and server. It reads no clock (see `Moment`) and opens nothing.
An answer re-evaluates only what depends on it.
"""

import re
from collections.abc import Mapping

from shared.changes import Answer
from shared.forms.casts import to_text
from shared.forms.engine import Engine, Settled
from shared.forms.expressions import expression
from shared.forms.metadata import END
from shared.forms.model import Form, Group, Question, QuestionType, Repeat
from shared.forms.scope import Moment
from shared.forms.seats import Block, Seat
from shared.forms.states import (
    GroupState,
    InstanceState,
    Item,
    Page,
    QuestionState,
    RepeatState,
)
from shared.forms.units import answers_of, edited_units, units_of
from shared.forms.viewing import Viewing
from shared.forms.words import Words

__all__ = [
    "FormState", "GroupState", "InstanceState", "Item", "Page", "QuestionState", "RepeatState",
    "draft_name",
]  # fmt: skip


def draft_name(key: str) -> str:
    """What of a draft holds the answer with that key: its question, or the outermost repeat."""
    return key.partition("[")[0]


class FormState:
    """The answers given to a form, and everything that follows from them.

    A question is known by its key: its name, or "member[2]/name" in an instance of a repeat. A
    repeat as a whole is known by its unit, and answered with a list of objects.
    """

    def __init__(self, form: Form, answers: Mapping[str, Answer], moment: Moment) -> None:
        """Opens the form on answers by question name: of a record, or a new record's draft."""
        self.form = form
        self._engine = Engine(form, answers, moment)
        self._viewing = Viewing(form, self._engine)
        self._opened = frozenset(seat.key for seat in self._relevant())
        self._forgiven: dict[str, Answer] = {}

    @classmethod
    def fresh(
        cls, form: Form, moment: Moment, answers: Mapping[str, Answer] | None = None
    ) -> "FormState":
        """A form for a new record: with its defaults, where `answers` has nothing."""
        state = cls(form, answers or {}, moment)
        for seat in state._engine.root.seats:
            node = seat.part.node
            if isinstance(node, Question) and node.name not in seat.block.drafts:
                state._take(state._engine.answer(seat, state._engine.default(node, seat)))
        return state

    @classmethod
    def of_record(
        cls,
        form: Form,
        units: Mapping[str, Answer],
        moment: Moment,
        draft: Mapping[str, Answer] | None = None,
    ) -> "FormState":
        """The form on a stored record; `draft`: the `answers` of when it was left open.

        What was already wrong or missing in the record does not keep anyone from saving a
        change of something else.
        """
        state = cls(form, answers_of(form, units), moment)
        faults = state.faults()
        state._forgiven = {key: state.question(key).answer for key in faults}
        for name in form.draft_names if draft is not None else ():
            state.answer(name, (draft or {}).get(name))
        return state

    @property
    def answers(self) -> dict[str, Answer]:
        """The draft: every answer as given, relevant or not, valid or not."""
        return self._engine.root.answers()

    def answer(self, key: str, raw: Answer) -> frozenset[str]:
        """Takes an answer (None takes it back); the keys of the questions that it touches.

        Raises KeyError when the form has no such question now.
        """
        seat = self._seat(key)
        if isinstance(seat.part.node, Repeat):
            settled = self._engine.refill(seat, raw)
            self._viewing.forget_all()
            return self._take(settled)
        return self._take(self._engine.answer(seat, raw))

    def counted(self, key: str) -> bool:
        """Whether the form says how many instances that repeat has."""
        return self._seat(key).part.calculation is not None

    def add(self, key: str) -> str:
        """Adds an instance to the repeat; its key, or "" when there are as many as there may be."""
        seat = self._seat(key)
        before = len(seat.rows)
        self._take(self._engine.add(seat))
        return f"{key}[{len(seat.rows)}]" if len(seat.rows) > before else ""

    def remove(self, key: str) -> None:
        """Takes the instance "member[2]" away. Raises KeyError when there is none."""
        repeat, place = _LAST.fullmatch(key), 0
        if repeat is None:
            raise KeyError(key)
        seat, place = self._seat(repeat[1]), int(repeat[2])
        if not 1 <= place <= len(seat.rows):
            raise KeyError(key)
        self._take(self._engine.remove(seat, place - 1))
        self._viewing.forget_all()

    def finish(self) -> None:
        """Notes when the form was saved, where it asks for that."""
        for seat in self._engine.root.seats:
            node = seat.part.node
            if isinstance(node, Question) and node.preload == END:
                now = self._engine.world.moment.now.isoformat(timespec="seconds")
                self._take(self._engine.answer(seat, now))

    def question(self, key: str) -> QuestionState:
        """How the question of that key stands. Raises KeyError when there is none such."""
        seat = self._seat(key)
        if not isinstance(seat.part.node, Question):
            raise KeyError(key)
        return self._viewing.question(seat)

    def all_questions(self) -> tuple[QuestionState, ...]:
        """Every question in order, also what is not relevant or never shown."""
        everything = self._engine.root.everything()
        questions = (seat for seat in everything if isinstance(seat.part.node, Question))
        return tuple(self._viewing.question(seat) for seat in questions)

    def places(self) -> dict[str, str]:
        """The key of every question and repeat by its path, such as "home/member[2]/name"."""
        seats = self._engine.root.everything()
        return {seat.address: seat.key for seat in seats if not isinstance(seat.part.node, Group)}

    def visible(self) -> tuple[QuestionState, ...]:
        """The questions to be asked now, in order."""
        return tuple(
            self._viewing.question(seat)
            for seat in self._relevant()
            if isinstance(seat.part.node, Question) and seat.part.node.asked
        )

    def pages(self) -> tuple[Page, ...]:
        """The form's top-level groups with what they ask now; loose questions in between."""
        return tuple(page for page in self._paged(all_=False) if page.questions or _rosters(page))

    def layout(self) -> tuple[Page, ...]:
        """As `pages`, but with a place for each question that may ever be asked.

        A screen that keeps these places need not move a field while it is typed into.
        """
        return self._paged(all_=True)

    def faults(self) -> dict[str, Words]:
        """Why it cannot be saved, by question: wrong answers and owed ones, in form order."""
        return {
            state.key: state.message
            for state in self.visible()
            if state.message and not self._is_forgiven(state)
        }

    def unanswered(self) -> tuple[str, ...]:
        """The questions that still owe an answer."""
        return tuple(state.key for state in self.visible() if state.unanswered)

    def units(self) -> dict[str, Answer]:
        """The record's units as answered: without what is not relevant, wrong or empty."""
        return units_of(self.form, self._values(self._engine.root))

    def edits(self, before: Mapping[str, Answer]) -> dict[str, Answer]:
        """The units that this form changes in a record that had the units `before`.

        Only what really changed: a unit that the form does not ask, or that was not relevant
        when the form was opened, or that has something wrong, is left alone; None clears a unit.
        Empty when nothing but calculated values would change.
        """
        wrong = {state.key for state in self.visible() if state.fault}
        clearable = self._opened - wrong
        return edited_units(self.form, before, self.units(), clearable)

    def instance_name(self) -> str:
        """The record in one line, as the form says; "" when it does not."""
        if not self.form.instance_name or not self._engine.root.seats:
            return ""
        named = expression(self.form.instance_name)
        return to_text(self._engine.value(named, self._engine.root.seats[0]))

    def _take(self, settled: Settled) -> frozenset[str]:
        self._viewing.forget(settled.touched)
        return frozenset(
            seat.key for seat in settled.touched if isinstance(seat.part.node, Question)
        )

    def _seat(self, key: str) -> Seat:
        """The seat of a question or repeat, in the instance that the key names."""
        block, rest = self._engine.root, key
        while found := _FIRST.match(rest):
            rows = block.named[found[1]].rows
            place = int(found[2])
            if not 1 <= place <= len(rows):
                raise KeyError(key)
            block, rest = rows[place - 1], rest[found.end() :]
        return block.named[rest]

    def _relevant(self) -> list[Seat]:
        return [seat for seat in self._engine.root.everything() if _counts(seat)]

    def _values(self, block: Block) -> dict[str, Answer]:
        """The values of relevant questions that have nothing wrong, and of the instances."""
        values: dict[str, Answer] = {}
        inside = len(block.chain) > 1
        for seat in filter(_counts, block.seats) if not inside else block.seats:
            node = seat.part.node
            if isinstance(node, Repeat) and seat.relevant:
                rows = [self._values(row) for row in seat.rows]
                values |= {node.unit: rows} if any(rows) else {}
            elif isinstance(node, Question):
                values[node.name] = self._value(node, seat, inside=inside)
        if inside:  # what this form does not know stays in its instance
            known = block.named.keys()
            values |= {name: raw for name, raw in block.drafts.items() if name not in known}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, question: Question, seat: Seat, *, inside: bool) -> Answer:
        draft = seat.block.drafts.get(question.name)
        if inside and (not question.on or question.type is QuestionType.UNSUPPORTED):
            return draft  # an instance is one unit: what is not asked must not be lost with it
        state = self._viewing.question(seat)
        if not seat.relevant:
            return None
        if state.fault:
            return draft if inside and self._is_forgiven(state) else None
        return state.value

    def _paged(self, *, all_: bool) -> tuple[Page, ...]:
        pages: list[Page] = []
        for seat in self._engine.root.seats:
            if seat.part.parent != -1 or not (all_ or seat.relevant):
                continue
            item = self._viewing.item(seat, all_=all_)
            if isinstance(item, GroupState):
                pages.append(Page(item.key, item.label, item.items))
            elif item is not None and pages and not pages[-1].name:
                pages[-1] = Page("", pages[-1].label, (*pages[-1].items, item))
            elif item is not None:
                pages.append(Page("", self._title(), (item,)))
        return tuple(pages)

    def _title(self) -> str:
        return self.form.words(self.form.title, self._engine.world.moment.language)

    def _is_forgiven(self, state: QuestionState) -> bool:
        return state.key in self._forgiven and self._forgiven[state.key] == state.answer


_FIRST = re.compile(r"(.+?)\[(\d{1,6})\]/")
_LAST = re.compile(r"(.+)\[(\d{1,6})\]")


def _counts(seat: Seat) -> bool:
    """Whether the question or repeat takes part in the record now."""
    return seat.relevant and isinstance(seat.part.node, Question | Repeat)


def _rosters(page: Page) -> bool:
    return any(isinstance(item, RepeatState) for item in page.items)
