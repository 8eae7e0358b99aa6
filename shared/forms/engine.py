"""The reactive heart of a filled-in form: answers in, relevance and values out."""

import heapq
from collections.abc import Iterable, Mapping

from shared.changes import Answer
from shared.forms.casts import Value, to_truth
from shared.forms.expressions import Expression
from shared.forms.instance import Element, element_at
from shared.forms.instance_text import as_answer, as_text
from shared.forms.model import Form, Question
from shared.forms.plan import plan_of
from shared.forms.scope import Moment, Scope, Tables, World
from shared.forms.values import Reading, read_answer


class Engine:
    """What the answers make of the form's parts. Parts are known by their number in the plan."""

    def __init__(self, form: Form, drafts: Mapping[str, Answer], moment: Moment) -> None:
        self.plan = plan_of(form)
        self.drafts = dict(drafts)
        """The answers as given, by question name."""
        self.relevant = [True] * len(self.plan.parts)
        self.readings = [Reading()] * len(self.plan.parts)
        root = Element("")
        self._elements = [element_at(root, part.node.path) for part in self.plan.parts]
        self.world = World(form, root, Tables(form), moment)
        self._enter()
        self.settle(range(len(self.plan.parts)))

    def settle(self, numbers: Iterable[int]) -> set[int]:
        """Evaluates these parts and what depends on them; the numbers of all that is touched."""
        rank = self.plan.rank
        waiting = [(rank[number], number) for number in numbers]
        heapq.heapify(waiting)
        touched: set[int] = set()
        done: set[int] = set()
        while waiting:
            _, number = heapq.heappop(waiting)
            if number in done:
                continue
            done.add(number)  # once each: a form with a cycle was never published, yet must end
            touched.add(number)
            if self._evaluate(number):
                touched.update(self.plan.viewers[number])
                for reader in self.plan.readers[number]:
                    heapq.heappush(waiting, (rank[reader], reader))
        return touched

    def value(self, expression: Expression, number: int) -> Value:
        """What an expression of the part with that number yields."""
        return expression.evaluate(self.scope(number))

    def scope(self, number: int) -> Scope:
        """Where the expressions of the part with that number are evaluated."""
        element = self._elements[number]
        return Scope(self.world, element, element)

    def _enter(self) -> None:
        """Stored answers stand in the instance first: `once()` looks for its own."""
        for number, part in enumerate(self.plan.parts):
            if isinstance(part.node, Question):
                self.readings[number] = self._read(part.node)
                self._elements[number].text = as_text(self.readings[number].value)

    def _read(self, question: Question) -> Reading:
        return read_answer(self.world.form, question, self.drafts.get(question.name))

    def _evaluate(self, number: int) -> bool:
        """Brings one part up to date; whether those that read it must be, too."""
        part, before = self.plan.parts[number], self.relevant[number]
        self.relevant[number] = self._is_relevant(number)
        if not isinstance(part.node, Question):
            return self.relevant[number] is not before
        if part.calculation is None:
            self.readings[number] = self._read(part.node)
        elif self.relevant[number]:
            self.readings[number] = self._calculated(part.node, part.calculation, number)
        element = self._elements[number]
        text = as_text(self.readings[number].value) if self.relevant[number] else ""
        changed = text != element.text  # a question's relevance shows to others as its text only
        element.text = text
        return changed

    def _is_relevant(self, number: int) -> bool:
        part = self.plan.parts[number]
        if part.parent >= 0 and not self.relevant[part.parent]:
            return False
        if isinstance(part.node, Question) and not part.node.on:
            return False
        return part.relevant is None or to_truth(self.value(part.relevant, number))

    def _calculated(self, question: Question, calculation: Expression, number: int) -> Reading:
        value = self.value(calculation, number)
        reading = as_answer(self.world.form, question, value, self.world.moment.zone)
        self.drafts[question.name] = reading.value
        return reading
