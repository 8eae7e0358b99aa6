"""A form being filled in: one answer in, and what it changes out.

`FormState` is the same on phone and server. It reads no clock (see `Moment`) and opens nothing.
An answer re-evaluates only what depends on it.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from shared.changes import Answer
from shared.forms.casts import to_text, to_truth
from shared.forms.checks import fault_of
from shared.forms.engine import Engine
from shared.forms.expressions import expression
from shared.forms.instance_text import as_answer
from shared.forms.model import Choice, Form, Group, Question
from shared.forms.scope import Moment
from shared.forms.units import answers_of, edited_units, units_of
from shared.forms.values import is_empty
from shared.forms.words import NO_WORDS, Words, sentence
from shared.records import is_missing


class QuestionState(Struct, frozen=True):
    """How a question stands with the answers given so far."""

    question: Question
    relevant: bool
    """Whether it is to be asked. What is not relevant stays in the draft, out of the record."""
    required: bool
    readonly: bool
    answer: Answer
    """As it was given, also when it cannot be taken: the draft."""
    value: Answer
    """As the record will have it; None where there is none."""
    label: str
    hint: str
    choices: tuple[Choice, ...]
    """Those that the other answers leave open."""
    fault: Words
    """What is wrong with the answer; empty when nothing is."""

    @property
    def unanswered(self) -> bool:
        """Whether an answer is still owed."""
        return self.relevant and self.required and self.value is None and not self.fault

    @property
    def message(self) -> Words:
        """Why the record cannot be saved because of this question; empty when it can."""
        if not self.relevant:
            return NO_WORDS
        if self.unanswered:
            return self.question.required_message or sentence("required")
        return self.fault


class Page(Struct, frozen=True):
    """Questions that are shown together, under a heading."""

    name: str
    """Of the group; "" for questions that are in none."""
    label: str
    questions: tuple[QuestionState, ...]


class FormState:
    """The answers given to a form, and everything that follows from them."""

    def __init__(self, form: Form, answers: Mapping[str, Answer], moment: Moment) -> None:
        """Opens the form on answers by question name: of a record, or a new record's draft."""
        self.form = form
        self._engine = Engine(form, answers, moment)
        self._views: dict[str, QuestionState] = {}
        self._opened = frozenset(self._relevant_names())
        self._forgiven: dict[str, Answer] = {}

    @classmethod
    def fresh(
        cls, form: Form, moment: Moment, answers: Mapping[str, Answer] | None = None
    ) -> "FormState":
        """A form for a new record: with its defaults, where `answers` has nothing."""
        state = cls(form, answers or {}, moment)
        for number, part in enumerate(state._engine.plan.parts):
            question = part.node
            if isinstance(question, Question) and question.name not in state._engine.drafts:
                state.answer(question.name, state._default(question, number))
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
        state._forgiven = {name: state._engine.drafts.get(name) for name in faults}
        for part in state._engine.plan.parts if draft is not None else ():
            if isinstance(part.node, Question):
                state.answer(part.node.name, (draft or {}).get(part.node.name))
        return state

    @property
    def answers(self) -> dict[str, Answer]:
        """The draft: every answer as given, relevant or not, valid or not."""
        return {name: raw for name, raw in self._engine.drafts.items() if not is_empty(raw)}

    def answer(self, name: str, raw: Answer) -> frozenset[str]:
        """Takes an answer (None takes it back); the names of the questions that it touches.

        Raises KeyError when the form has no such question.
        """
        number = self._number(name)
        self._engine.drafts[name] = raw
        touched = {self._engine.plan.parts[n].node.name for n in self._engine.settle([number])}
        for touched_name in touched:
            self._views.pop(touched_name, None)
        return frozenset(touched & self.form.by_name.keys())

    def question(self, name: str) -> QuestionState:
        """How the question of that name stands. Raises KeyError when the form has none such."""
        if name not in self._views:
            self._views[name] = self._viewed(self.form.by_name[name])
        return self._views[name]

    def visible(self) -> tuple[QuestionState, ...]:
        """The questions to be asked now, in order."""
        asked = (name for name in self._relevant_names() if self.form.by_name[name].asked)
        return tuple(self.question(name) for name in asked)

    def pages(self) -> tuple[Page, ...]:
        """The form's top-level groups with what they ask now; loose questions in between."""
        return self._paged(self.visible())

    def layout(self) -> tuple[Page, ...]:
        """As `pages`, but with a place for each question that may ever be asked.

        A screen that keeps these places need not move a field while it is typed into.
        """
        return self._paged(tuple(self.question(one.name) for one in self._questions() if one.asked))

    def faults(self) -> dict[str, Words]:
        """Why it cannot be saved, by question: wrong answers and owed ones, in form order."""
        return {
            state.question.name: state.message
            for state in self.visible()
            if state.message and not self._is_forgiven(state)
        }

    def unanswered(self) -> tuple[str, ...]:
        """The questions that still owe an answer."""
        return tuple(state.question.name for state in self.visible() if state.unanswered)

    def units(self) -> dict[str, Answer]:
        """The record's units as answered: without what is not relevant, wrong or empty."""
        return units_of(self.form, self._values())

    def edits(self, before: Mapping[str, Answer]) -> dict[str, Answer]:
        """The units that this form changes in a record that had the units `before`.

        Only what really changed: a unit that the form does not ask, or that was not relevant
        when the form was opened, or that has something wrong, is left alone; None clears a unit.
        Empty when nothing but calculated values would change.
        """
        wrong = {state.question.name for state in self.visible() if state.fault}
        clearable = self._opened - wrong
        return edited_units(self.form, before, self.units(), clearable)

    def instance_name(self) -> str:
        """The record in one line, as the form says; "" when it does not."""
        if not self.form.instance_name:
            return ""
        named = expression(self.form.instance_name)
        return to_text(self._engine.value(named, 0))

    def _paged(self, states: tuple[QuestionState, ...]) -> tuple[Page, ...]:
        pages: list[Page] = []
        for state in states:
            group = self._page_of(state.question)
            name = group.name if group else ""
            if not pages or pages[-1].name != name:
                pages.append(Page(name, self._heading(group), ()))
            pages[-1] = Page(name, pages[-1].label, (*pages[-1].questions, state))
        return tuple(pages)

    def _is_forgiven(self, state: QuestionState) -> bool:
        name = state.question.name
        return name in self._forgiven and self._forgiven[name] == state.answer

    def _number(self, name: str) -> int:
        return self._engine.plan.numbers[self.form.by_name[name].path]

    def _questions(self) -> list[Question]:
        nodes = (part.node for part in self._engine.plan.parts)
        return [node for node in nodes if isinstance(node, Question)]

    def _relevant_names(self) -> list[str]:
        return [
            one.name for one in self._questions() if self._engine.relevant[self._number(one.name)]
        ]

    def _values(self) -> dict[str, Answer]:
        """The values of relevant questions that have nothing wrong."""
        states = (self.question(name) for name in self._relevant_names())
        return {
            state.question.name: state.value
            for state in states
            if state.value is not None and not state.fault
        }

    def _default(self, question: Question, number: int) -> Answer:
        if question.default_expression:
            value = self._engine.value(expression(question.default_expression), number)
            zone = self._engine.world.moment.zone
            return as_answer(self.form, question, value, zone).value
        return question.default or None

    def _viewed(self, question: Question) -> QuestionState:
        number = self._number(question.name)
        engine, reading = self._engine, self._engine.readings[self._number(question.name)]
        choices = self._choices(question, number)
        return QuestionState(
            question=question,
            relevant=engine.relevant[number],
            required=self._holds(question.required, number),
            readonly=self._holds(question.readonly, number),
            answer=engine.drafts.get(question.name),
            value=reading.value,
            label=self._words(question.label, number),
            hint=self._words(question.hint, number),
            choices=choices,
            fault=reading.fault or self._fault(question, number, choices),
        )

    def _fault(self, question: Question, number: int, choices: tuple[Choice, ...]) -> Words:
        """What is wrong with an answer that has the right type."""
        value = self._engine.readings[number].value
        if value is None or is_missing(value):
            return NO_WORDS
        if question.check and isinstance(value, str):
            fault = fault_of(question.check, value, self._engine.world.moment.now.date())
            if fault:
                return fault
        if question.choice_filter:
            chosen = {value} if isinstance(value, str) else set(_codes(value))
            lost = chosen - {choice.name for choice in choices}
            if lost:
                return sentence("not_choice", code=min(lost))
        if question.constraint and not self._holds(question.constraint, number):
            said = question.constraint_message or sentence("constraint")
            return {language: self._written(text, number) for language, text in said.items()}
        return NO_WORDS

    def _holds(self, text: str, number: int) -> bool:
        return text != "" and to_truth(self._engine.value(expression(text), number))

    def _choices(self, question: Question, number: int) -> tuple[Choice, ...]:
        choices = self.form.choices.get(question.choice_list, ())
        if not question.choice_filter:
            return choices
        keep, scope = expression(question.choice_filter), self._engine.scope(number)
        items = self._engine.world.tables.items(question.choice_list)
        return tuple(
            choice
            for choice, item in zip(choices, items, strict=True)
            if to_truth(keep.evaluate(scope.at(item)))
        )

    def _words(self, text: Words, number: int) -> str:
        return self._written(self.form.words(text, self._engine.world.moment.language), number)

    def _written(self, template: str, number: int) -> str:
        return _SHOWN.sub(lambda found: self._shown(found[1], number), template)

    def _shown(self, text: str, number: int) -> str:
        return to_text(self._engine.value(expression(text), number))

    def _page_of(self, question: Question) -> Group | None:
        path = "/".join(question.path.split("/")[:3])
        number = self._engine.plan.numbers.get(path)
        node = None if number is None else self._engine.plan.parts[number].node
        return node if isinstance(node, Group) else None

    def _heading(self, group: Group | None) -> str:
        if group is None:
            return self.form.words(self.form.title, self._engine.world.moment.language)
        return self._words(group.label, self._engine.plan.numbers[group.path])


_SHOWN = re.compile(r"\$\{([^}]*)\}")


def _codes(value: Answer) -> list[str]:
    return [str(code) for code in value] if isinstance(value, list | tuple) else []
