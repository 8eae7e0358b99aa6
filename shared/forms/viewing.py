"""From a seat of the engine to what a screen draws: words, choices, and what is wrong."""

import re
from hashlib import sha256

from msgspec.structs import replace

from shared.changes import Answer
from shared.forms.casts import to_text, to_truth
from shared.forms.checks import fault_of
from shared.forms.engine import Engine
from shared.forms.expressions import expression
from shared.forms.instance import Element
from shared.forms.model import Choice, Form, Question, Repeat
from shared.forms.seats import Block, Seat
from shared.forms.states import GroupState, InstanceState, Item, QuestionState, RepeatState
from shared.forms.words import NO_WORDS, UNTRANSLATED, Words, sentence
from shared.records import is_missing


class Viewing:
    """Looks at the seats of one engine; what it saw it keeps until told that it changed."""

    def __init__(self, form: Form, engine: Engine) -> None:
        self._form = form
        self._engine = engine
        self._views: dict[Seat, QuestionState] = {}

    def forget(self, seats: set[Seat]) -> None:
        """These are to be looked at anew."""
        for seat in seats:
            self._views.pop(seat, None)

    def forget_all(self) -> None:
        """Everything is to be looked at anew: keys have changed."""
        self._views.clear()

    def question(self, seat: Seat) -> QuestionState:
        """How a question stands."""
        if seat not in self._views:
            self._views[seat] = self._viewed(seat)
        return self._views[seat]

    def items(self, block: Block, inside: int, *, all_: bool) -> tuple[Item, ...]:
        """What stands directly in the part `inside`. `all_`: also what is not relevant now."""
        seats = (seat for seat in block.seats if seat.part.parent == inside)
        shown = (seat for seat in seats if all_ or seat.relevant)
        return tuple(item for seat in shown if (item := self.item(seat, all_=all_)) is not None)

    def item(self, seat: Seat, *, all_: bool) -> Item | None:
        """A part with all that is in it; None for what nobody is ever asked."""
        node = seat.part.node
        if isinstance(node, Question):
            return self.question(seat) if node.asked else None
        label = self.words(node.label, seat)
        if isinstance(node, Repeat):
            rows = tuple(self._instance(seat, row, all_=all_) for row in seat.rows)
            counted = seat.part.calculation is not None
            return RepeatState(node, seat.key, seat.relevant, label, counted, rows)
        inner = self.items(seat.block, seat.number, all_=all_)
        return GroupState(node, seat.key, seat.relevant, label, inner)

    def words(self, text: Words, seat: Seat, here: Element | None = None) -> str:
        """A text in the reader's language, with the answers that it shows."""
        written = self._form.words(text, self._engine.world.moment.language)
        return self._written(written, seat, here)

    def holds(self, text: str, seat: Seat) -> bool:
        """Whether a rule holds; one that is not there does not."""
        return text != "" and to_truth(self._engine.value(expression(text), seat))

    def _instance(self, seat: Seat, row: Block, *, all_: bool) -> InstanceState:
        key = f"{seat.key}[{seat.rows.index(row) + 1}]"
        label = self.words(seat.part.node.label, seat, row.element)
        return InstanceState(key, label, self.items(row, seat.number, all_=all_))

    def _viewed(self, seat: Seat) -> QuestionState:
        question = seat.part.node
        assert isinstance(question, Question)  # only questions are looked at
        choices = self._choices(question, seat)
        fault = seat.reading.fault or self._fault(question, seat, choices)
        required = self.holds(question.required, seat)
        owed = question.required_message or sentence("required")
        return QuestionState(
            question=question,
            key=seat.key,
            relevant=seat.relevant,
            required=required,
            readonly=self.holds(question.readonly, seat),
            answer=seat.block.drafts.get(question.name),
            value=seat.reading.value,
            label=self.words(question.label, seat),
            hint=self.words(question.hint, seat),
            guidance=self.words(question.guidance, seat),
            choices=tuple(self._told(choice, seat) for choice in choices),
            fault=fault,
            owed=self._said(owed, seat) if required else NO_WORDS,
        )

    def _fault(self, question: Question, seat: Seat, choices: tuple[Choice, ...]) -> Words:
        """What is wrong with an answer that has the right type."""
        value = seat.reading.value
        if value is None or is_missing(value):
            return NO_WORDS
        if question.check and isinstance(value, str):
            fault = fault_of(question.check, value, self._engine.world.moment.now.date())
            if fault:
                return fault
        of_register = self._engine.world.tables.offers(question.choice_list)
        if question.choice_filter or question.choice_nodes or of_register:
            chosen = {value} if isinstance(value, str) else set(_codes(value))
            lost = chosen - {choice.name for choice in choices}
            if lost:
                return sentence("not_choice", code=min(lost))
        if question.constraint and not self.holds(question.constraint, seat):
            return self._said(question.constraint_message or sentence("constraint"), seat)
        return NO_WORDS

    def _said(self, words: Words, seat: Seat) -> Words:
        """The words in each language, with the answers that they show."""
        return {language: self._written(text, seat) for language, text in words.items()}

    def _told(self, choice: Choice, seat: Seat) -> Choice:
        shows = any("${" in text for text in choice.label.values())
        return replace(choice, label=self._said(choice.label, seat)) if shows else choice

    def _choices(self, question: Question, seat: Seat) -> tuple[Choice, ...]:
        if question.choice_nodes:
            choices = self._from_answers(question, seat)
        else:
            choices = self._engine.world.tables.choices(question.choice_list)
        if question.choice_filter:
            keep, scope = expression(question.choice_filter), self._engine.scope(seat)
            items = self._engine.world.tables.items(question.choice_list)
            choices = tuple(
                choice
                for place, (choice, item) in enumerate(zip(choices, items, strict=True), start=1)
                if to_truth(keep.evaluate(scope.at(item, place, len(items))))
            )
        return self._shuffled(question, seat, choices) if question.shuffle else choices

    def _from_answers(self, question: Question, seat: Seat) -> tuple[Choice, ...]:
        """Choices that are answers of this form: the people named in a roster."""
        nodes = self._engine.value(expression(question.choice_nodes), seat)
        found: dict[str, Choice] = {}
        for node in nodes if isinstance(nodes, tuple) else ():
            code = _child(node, question.choice_value)
            if code:
                found[code] = Choice(code, {UNTRANSLATED: _child(node, question.choice_label)})
        return tuple(found.values())

    def _shuffled(
        self, question: Question, seat: Seat, choices: tuple[Choice, ...]
    ) -> tuple[Choice, ...]:
        """In an order that stays the same as long as the form is open."""
        seed = self._engine.world.moment.seed + seat.key
        if question.shuffle_seed:
            seed = to_text(self._engine.value(expression(question.shuffle_seed), seat))
        return tuple(
            sorted(choices, key=lambda one: sha256(f"{seed} {one.name}".encode()).digest())
        )

    def _written(self, template: str, seat: Seat, here: Element | None = None) -> str:
        return _SHOWN.sub(lambda found: self._shown(found[1], seat, here), template)

    def _shown(self, text: str, seat: Seat, here: Element | None) -> str:
        scope = self._engine.scope(seat)
        wanted = expression(text)
        return to_text(wanted.evaluate(scope if here is None else scope.at(here)))


_SHOWN = re.compile(r"\$\{([^}]*)\}")


def _codes(value: Answer) -> list[str]:
    return [str(code) for code in value] if isinstance(value, list | tuple) else []


def _child(node: Element, name: str) -> str:
    found = node.named(name)
    return found[0].value if found else ""
