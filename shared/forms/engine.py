"""The reactive heart of a filled-in form: answers in, relevance and values out."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from shared.changes import Answer
from shared.forms.casts import Value, to_number, to_truth, with_zone
from shared.forms.expressions import Expression, expression
from shared.forms.instance import Element, element_at, ghost
from shared.forms.instance_text import as_answer, as_text
from shared.forms.metadata import metadata
from shared.forms.model import ROWS_MAX, Form, Question, QuestionType, Repeat
from shared.forms.plan import Part, plan_of
from shared.forms.scope import Moment, Scope, Tables, World
from shared.forms.seats import Block, Seat
from shared.forms.values import Reading, is_empty, read_answer

SEATS_MAX = 100_000
"""Questions in all instances together."""
TURNS_MAX = 10
"""How often one answer may evaluate one part: a form with a cycle was never published, yet ends."""
ROUNDS_MAX = 50
"""How often triggers may set off others, one after the other."""


class Settled(Struct, frozen=True):
    """What an answer did."""

    touched: set[Seat]
    """Whose relevance, value, rules or words may have changed."""
    changed: set[Seat]
    """Whose relevance or value did change."""


class Engine:
    """What the answers make of the form's parts."""

    def __init__(self, form: Form, drafts: Mapping[str, Answer], moment: Moment) -> None:
        self.plan = plan_of(form)
        root = Element("")
        self.world = World(form, root, Tables(form, moment.language, moment.lists), moment)
        self._serial = 0
        self._new: list[Seat] = []
        """Seats that were made since the last look."""
        self.root = Block("", root, None, drafts)
        self._furnish(self.root, -1, None)
        self.settle(())

    def answer(self, seat: Seat, raw: Answer) -> Settled:
        """Takes the answer to a question, and sets what it triggers."""
        seat.block.drafts[seat.part.node.name] = raw
        return self._with_triggers(self.settle([seat]))

    def refill(self, seat: Seat, rows: Answer) -> Settled:
        """Takes all instances of a repeat at once, as `Block.answers` tells them."""
        while seat.rows:
            self._remove(seat, len(seat.rows) - 1)
        seat.spare = _rows_of(rows)
        if seat.part.calculation is None:
            self._grow(seat, len(seat.spare))
        return self.settle([seat], counted=True)

    def add(self, seat: Seat) -> Settled:
        """Adds an instance to a repeat, with its defaults."""
        seat.spare.clear()
        self._grow(seat, len(seat.rows) + 1)
        return self.settle([seat], counted=True)

    def remove(self, seat: Seat, place: int) -> Settled:
        """Takes an instance away."""
        self._remove(seat, place)
        return self.settle([seat], counted=True)

    def settle(self, seats: Iterable[Seat], *, counted: bool = False) -> Settled:
        """Evaluates these seats and what depends on them. `counted`: instances came or went."""
        waiting: list[tuple[int, int, Seat]] = []
        touched: set[Seat] = set()
        turns: Counter[Seat] = Counter()
        changed: set[Seat] = set()
        self._push(waiting, seats)
        while waiting or self._new:
            self._push(waiting, self._fresh(touched))
            seat = heapq.heappop(waiting)[2]
            turns[seat] += 1
            if seat.gone or turns[seat] > TURNS_MAX:
                continue
            touched.add(seat)
            if self._evaluate(seat) or counted:
                changed.add(seat)
                touched.update(seat.linked(self.plan.viewers[seat.number]))
                self._push(waiting, seat.linked(self.plan.readers[seat.number]))
                if isinstance(seat.part.node, Repeat):
                    self._push(waiting, self._about_rows(seat, touched))
            counted = False
        return Settled({seat for seat in touched if not seat.gone}, changed)

    def value(self, wanted: Expression, seat: Seat) -> Value:
        """What an expression of the part at that seat yields."""
        return wanted.evaluate(self.scope(seat))

    def scope(self, seat: Seat) -> Scope:
        """Where the expressions of the part at that seat are evaluated."""
        return Scope(self.world, seat.element, seat.element)

    def _push(self, waiting: list[tuple[int, int, Seat]], seats: Iterable[Seat]) -> None:
        for seat in seats:
            heapq.heappush(waiting, (self.plan.rank[seat.number], seat.serial, seat))

    def _fresh(self, touched: set[Seat]) -> list[Seat]:
        """The seats made since the last look; whoever reads them is found when they change."""
        new, self._new = self._new, []
        touched.update(new)
        return new

    def _about_rows(self, seat: Seat, touched: set[Seat]) -> list[Seat]:
        """Whoever reads anything in the instances of a repeat whose number changed."""
        depth = len(seat.block.chain) - 1
        readers: list[Seat] = []
        for number in self.plan.below(seat.number):
            outside = tuple(edge for edge in self.plan.readers[number] if edge.depth <= depth)
            shown = tuple(edge for edge in self.plan.viewers[number] if edge.depth <= depth)
            readers += seat.linked(outside)
            touched.update(seat.linked(shown))
        return readers

    def _with_triggers(self, settled: Settled) -> Settled:
        touched, changed, latest = set(settled.touched), set(settled.changed), settled.changed
        for _ in range(ROUNDS_MAX):
            targets = {
                target for seat in latest for target in seat.linked(self.plan.setters[seat.number])
            }
            if not targets:
                break
            for target in targets:
                node = target.part.node
                if isinstance(node, Question):
                    wanted = self._computed(node, expression(node.triggered), target)
                    target.block.drafts[node.name] = wanted.value
            again = self.settle(targets)
            latest = again.changed
            touched |= again.touched
            changed |= again.changed
        return Settled(touched, changed)

    def _furnish(self, block: Block, above: int, parent: Seat | None) -> None:
        """Makes the seats of the parts below part `above`, with the stored answers on them."""
        for number in self.plan.inside.get(above, ()):
            seat = self._seat(self.plan.parts[number], block, parent)
            node = seat.part.node
            if isinstance(node, Question):
                seat.reading = self._read(seat, node)
                # Stored answers stand in the instance first: `once()` looks for its own.
                seat.element.text = as_text(seat.reading.value)
            elif isinstance(node, Repeat):
                seat.spare = _rows_of(block.drafts.pop(node.unit, None))
                if seat.part.calculation is None:
                    self._grow(seat, len(seat.spare))
            else:
                self._furnish(block, number, seat)

    def _seat(self, part: Part, block: Block, parent: Seat | None) -> Seat:
        path = part.node.path.removeprefix(block.path)
        if isinstance(part.node, Repeat):
            above, _, name = path.rpartition("/")
            holder = element_at(block.element, above) if above.strip("/") else block.element
            holder.children.setdefault(name, [])
            element = ghost(name, holder)
        else:
            element = element_at(block.element, path)
        seat = Seat(part, block, element, parent)
        self._serial += 1
        seat.serial = self._serial
        block.take(seat)
        self._new.append(seat)
        return seat

    def _grow(self, seat: Seat, wanted: int) -> None:
        """Adds instances up to that many: first those that wait, then empty ones."""
        while len(seat.rows) < min(wanted, ROWS_MAX) and self._serial < SEATS_MAX:
            stored = seat.spare.pop(0) if seat.spare else None
            drafts = stored if isinstance(stored, Mapping) else {}
            element = ghost(seat.part.node.name, seat.element.parent or seat.element)
            row = Block(seat.part.node.path, element, seat.block, drafts)
            seat.rows.append(row)
            self._show(seat)
            self._furnish(row, seat.number, seat)
            if stored is None:
                self._begin(row)

    def _begin(self, row: Block) -> None:
        """Gives a new instance its defaults."""
        for seat in row.seats:
            node = seat.part.node
            if isinstance(node, Question):
                seat.block.drafts[node.name] = self.default(node, seat)
                seat.reading = self._read(seat, node)
                seat.element.text = as_text(seat.reading.value)

    def default(self, question: Question, seat: Seat) -> Answer:
        """What stands there before anybody answers."""
        if question.type is QuestionType.METADATA:
            return metadata(question.preload, self.world.moment)
        if question.default_expression:
            return self._computed(question, expression(question.default_expression), seat).value
        return question.default or None

    def _remove(self, seat: Seat, place: int) -> dict[str, Answer]:
        row = seat.rows.pop(place)
        answers = row.answers()
        for inner in row.everything():
            inner.gone = True
        for block in seat.block.chain:
            for number, seats in block.below.items():
                if any(one.gone for one in seats):
                    block.below[number] = [one for one in seats if not one.gone]
        self._show(seat)
        return answers

    def _show(self, seat: Seat) -> None:
        """The instances are found by paths while the repeat is relevant."""
        holder = seat.element.parent
        if holder is not None:
            elements = [row.element for row in seat.rows] if seat.relevant else []
            holder.children[seat.part.node.name] = elements

    def _read(self, seat: Seat, question: Question) -> Reading:
        raw = seat.block.drafts.get(question.name)
        if question.type is QuestionType.DATE_TIME and isinstance(raw, str):
            raw = with_zone(raw, self.world.moment.zone)
        return read_answer(self.world.form, question, raw)

    def _evaluate(self, seat: Seat) -> bool:
        """Brings one part up to date; whether those that read it must be, too."""
        part, before = seat.part, seat.relevant
        seat.relevant = self._is_relevant(seat)
        if isinstance(part.node, Repeat):
            return self._count(seat) or seat.relevant is not before
        if not isinstance(part.node, Question):
            return seat.relevant is not before
        if part.calculation is None:
            seat.reading = self._read(seat, part.node)
        elif seat.relevant:
            seat.reading = self._computed(part.node, part.calculation, seat)
            seat.block.drafts[part.node.name] = seat.reading.value
        text = as_text(seat.reading.value) if seat.relevant else ""
        changed = text != seat.element.text or seat.relevant is not before
        seat.element.text, seat.element.relevant = text, seat.relevant
        return changed

    def _count(self, seat: Seat) -> bool:
        """Has as many instances as the form says; the answers of those too many wait."""
        before = len(seat.rows)
        if seat.part.calculation is not None and seat.relevant:
            number = to_number(self.value(seat.part.calculation, seat), self.world.moment.zone)
            wanted = int(min(number, ROWS_MAX)) if number > 0 else 0
            while len(seat.rows) > wanted:
                seat.spare.insert(0, self._remove(seat, len(seat.rows) - 1))
            self._grow(seat, wanted)
        self._show(seat)
        return len(seat.rows) != before

    def _is_relevant(self, seat: Seat) -> bool:
        part = seat.part
        if seat.parent is not None and not seat.parent.relevant:
            return False
        if isinstance(part.node, Question) and not part.node.on:
            return False
        return part.relevant is None or to_truth(self.value(part.relevant, seat))

    def _computed(self, question: Question, wanted: Expression, seat: Seat) -> Reading:
        value = self.value(wanted, seat)
        return as_answer(self.world.form, question, value, self.world.moment.zone)


def _rows_of(rows: Answer) -> list[Answer]:
    """The instances in a stored answer of a repeat."""
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return []
    return [row for row in rows if isinstance(row, Mapping) and not is_empty(row)]
