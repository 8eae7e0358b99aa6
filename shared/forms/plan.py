"""How the parts of a form hang together: what to look at again when one answer changes."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.forms.expressions import Expression, expression
from shared.forms.model import Form, Group, Node, Question
from shared.forms.references import references


class Part(Struct, frozen=True):
    """A question, group or repeat of the form, with what decides its relevance and value."""

    node: Node
    parent: int
    """The number of the group that it is in, -1 at the top."""
    relevant: Expression | None
    calculation: Expression | None


class Plan(Struct, frozen=True):
    """The dependency graph of a form. Parts are known by their number, in form order."""

    parts: tuple[Part, ...]
    numbers: dict[str, int]
    """The number of each part, by path."""
    rank: tuple[int, ...]
    """The order of evaluation: a part comes after all that its value depends on."""
    readers: tuple[tuple[int, ...], ...]
    """The parts whose relevance or value depends on this part's."""
    viewers: tuple[tuple[int, ...], ...]
    """The parts whose rules or words depend on this part's value."""
    cycles: tuple[str, ...]
    """Names of questions and groups that depend on themselves."""


def plan_of(form: Form) -> Plan:
    """The form's plan. Raises ExpressionError for an expression that cannot be read."""
    parts = tuple(_parts(form.children, -1, 0))
    below = _below(parts)
    reads = [_reads(number, part, below) for number, part in enumerate(parts)]
    order = _order(reads)
    cyclic = sorted(set(range(len(parts))) - set(order))
    rank = [0] * len(parts)
    for place, number in enumerate([*order, *cyclic]):
        rank[number] = place
    return Plan(
        parts=parts,
        numbers={part.node.path: number for number, part in enumerate(parts)},
        rank=tuple(rank),
        readers=_turned(reads),
        viewers=_turned([_views(part, below) for part in parts]),
        cycles=tuple(parts[number].node.name for number in cyclic),
    )


def expressions_in(template: str) -> Iterator[str]:
    """The expressions in a text with `${...}`."""
    for piece in template.split("${")[1:]:
        yield piece.partition("}")[0]


def _parts(nodes: tuple[Node, ...], parent: int, first: int) -> Iterator[Part]:
    """The parts below `nodes`, numbered from `first`. A repeat is one part."""
    number = first
    for node in nodes:
        here = number
        calculation = node.calculation if isinstance(node, Question) else ""
        yield Part(node, parent, _ready(node.relevant), _ready(calculation))
        number += 1
        if isinstance(node, Group):
            for part in _parts(node.children, here, number):
                yield part
                number += 1


def _ready(text: str) -> Expression | None:
    return expression(text) if text else None


def _below(parts: tuple[Part, ...]) -> dict[str, set[int]]:
    """The numbers of all parts at or below each path."""
    below: dict[str, set[int]] = {}
    for number, part in enumerate(parts):
        path = part.node.path
        while path:
            below.setdefault(path, set()).add(number)
            path = path.rpartition("/")[0]
    return below


def _reads(number: int, part: Part, below: dict[str, set[int]]) -> set[int]:
    """What the part's relevance and value depend on; its own old value does not count."""
    texts = [expression.text for expression in (part.relevant, part.calculation) if expression]
    paths = (path for text in texts for path in references(text, part.node.path))
    above = {part.parent} if part.parent >= 0 else set()
    return (_resolved(paths, below) - {number}) | above


def _views(part: Part, below: dict[str, set[int]]) -> set[int]:
    """What the part's rules and words depend on, besides its own relevance and value."""
    node, at = part.node, part.node.path
    words = [*node.label.values()]
    rules: list[str] = []
    paths: set[str] = set()
    if isinstance(node, Question):
        words += node.hint.values()
        rules = [node.required, node.readonly, node.constraint]
        if node.choice_filter:
            paths |= references(node.choice_filter, at, in_table=True)
    rules += [text for template in words for text in expressions_in(template)]
    for text in filter(None, rules):
        paths |= references(text, at)
    return _resolved(paths, below)


def _resolved(paths: Iterable[str], below: dict[str, set[int]]) -> set[int]:
    """The numbers of the parts that the paths lead to; inside a repeat, the repeat's."""
    numbers: set[int] = set()
    for path in paths:
        known = path.removesuffix("/*")
        while known and known not in below:
            known = known.rpartition("/")[0]
        if known.count("/") > 1 or known == path.removesuffix("/*"):
            numbers |= below.get(known, set())
    return numbers


def _order(reads: list[set[int]]) -> list[int]:
    """The parts, each after all that it reads; those in a cycle are left out."""
    waiting = [len(sources) for sources in reads]
    readers = _turned(reads)
    order = [number for number, count in enumerate(waiting) if count == 0]
    for number in order:
        for reader in readers[number]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                order.append(reader)
    return order


def _turned(reads: list[set[int]]) -> tuple[tuple[int, ...], ...]:
    """From who reads whom to who is read by whom."""
    readers: list[list[int]] = [[] for _ in reads]
    for number, sources in enumerate(reads):
        for source in sources:
            readers[source].append(number)
    return tuple(tuple(numbers) for numbers in readers)
