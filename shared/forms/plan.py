"""How the parts of a form hang together: what to look at again when one answer changes."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from shared.forms.expressions import Expression, expression
from shared.forms.model import Choice, Form, Group, Node, Question, Repeat
from shared.forms.references import HERE, ITSELF, plain, references


class Part(Struct, frozen=True):
    """A question, group or repeat of the form, with what decides its relevance and value."""

    number: int
    node: Node
    parent: int
    """The number of the group or repeat that it is in, -1 at the top."""
    within: tuple[int, ...]
    """The numbers of the repeats that it is in, the outermost first."""
    relevant: Expression | None
    calculation: Expression | None
    """Of a question; of a repeat, how many instances it has."""


class Edge(Struct, frozen=True):
    """A part that depends on another one."""

    part: int
    depth: int
    """In how many repeats the two are in the same instance."""


class Plan(Struct, frozen=True):
    """The dependency graph of a form. Parts are known by their number, in form order."""

    parts: tuple[Part, ...]
    inside: dict[int, tuple[int, ...]]
    """The parts directly in each group and repeat; those at the top under -1."""
    numbers: dict[str, int]
    """The number of each part, by path."""
    rank: tuple[int, ...]
    """The order of evaluation: a part comes after all that its value depends on."""
    readers: tuple[tuple[Edge, ...], ...]
    """The parts whose relevance or value depends on this part's."""
    viewers: tuple[tuple[Edge, ...], ...]
    """The parts whose rules or words depend on this part's value."""
    setters: tuple[tuple[Edge, ...], ...]
    """The questions that are set anew when this one changes."""
    cycles: tuple[str, ...]
    """Names of questions and groups that depend on themselves."""

    def below(self, number: int) -> Iterator[int]:
        """The parts in a repeat, at any depth."""
        for inner in self.inside.get(number, ()):
            yield inner
            yield from self.below(inner)


def plan_of(form: Form) -> Plan:
    """The form's plan, made once. Raises ExpressionError for an expression that cannot be read."""
    known: Plan | None = form.__dict__.get(_KEPT)
    if known is None:
        known = form.__dict__[_KEPT] = _plan(form)
    return known


def expressions_in(template: str) -> Iterator[str]:
    """The expressions in a text with `${...}`."""
    for piece in template.split("${")[1:]:
        yield piece.partition("}")[0]


_KEPT = "_plan"
_Link = tuple[int, int]
"""A part that is read, and the depth at which the reader shares its instance."""


def _plan(form: Form) -> Plan:
    parts = tuple(_parts(form.children, -1, (), 0))
    map_ = _Map(parts, form)
    reads = [map_.reads(number) for number in range(len(parts))]
    order = _order([map_.before(number, links) for number, links in enumerate(reads)])
    cyclic = sorted(set(range(len(parts))) - set(order))
    rank = [0] * len(parts)
    for place, number in enumerate([*order, *cyclic]):
        rank[number] = place
    inside: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        inside.setdefault(part.parent, []).append(number)
    return Plan(
        parts=parts,
        inside={number: tuple(inner) for number, inner in inside.items()},
        numbers={part.node.path: number for number, part in enumerate(parts)},
        rank=tuple(rank),
        readers=_edges(reads),
        viewers=_edges([map_.views(number) for number in range(len(parts))]),
        setters=_edges([map_.triggers(number) for number in range(len(parts))]),
        cycles=tuple(parts[number].node.name for number in cyclic),
    )


def _parts(
    nodes: tuple[Node, ...], parent: int, within: tuple[int, ...], first: int
) -> Iterator[Part]:
    """The parts below `nodes`, numbered from `first`."""
    number = first
    for node in nodes:
        here = number
        own = "" if isinstance(node, Group) else _own_value(node)
        yield Part(here, node, parent, within, _ready(node.relevant), _ready(own))
        number += 1
        if not isinstance(node, Question):
            inner = (*within, here) if isinstance(node, Repeat) else within
            for part in _parts(node.children, here, inner, number):
                yield part
                number += 1


def _own_value(node: Question | Repeat) -> str:
    return node.calculation if isinstance(node, Question) else node.count


def _ready(text: str) -> Expression | None:
    return expression(text) if text else None


class _Map:
    """Finds the parts that paths lead to."""

    def __init__(self, parts: tuple[Part, ...], form: Form) -> None:
        self._parts = parts
        self._lists = {name: list(_shown_in(choices)) for name, choices in form.choices.items()}
        self._exact = {part.node.path: number for number, part in enumerate(parts)}
        self._below: dict[str, set[int]] = {}
        for number, part in enumerate(parts):
            path = part.node.path
            while path:
                self._below.setdefault(path, set()).add(number)
                path = path.rpartition("/")[0]

    def reads(self, number: int) -> set[_Link]:
        """What the part's relevance and value depend on; its own old value does not count."""
        part = self._parts[number]
        texts = [found.text for found in (part.relevant, part.calculation) if found]
        links = self._links(path for text in texts for path in references(text, self._at(number)))
        own = (number, len(part.within))
        above = {(part.parent, len(part.within))} if part.parent >= 0 else set()
        if part.within and part.parent == part.within[-1]:
            above = {(part.parent, len(part.within) - 1)}  # the repeat stands outside of itself
        return (links - {own}) | above

    def before(self, number: int, links: set[_Link]) -> set[int]:
        """What must be known first. Another instance's answer need not: a running total asks it."""
        return {source for source, depth in links if depth >= self._shared(source, number)}

    def views(self, number: int) -> set[_Link]:
        """What the part's rules and words depend on, besides its own relevance and value."""
        node, at = self._parts[number].node, self._at(number)
        words = [*node.label.values()]
        rules: list[str] = []
        paths: set[str] = set()
        if isinstance(node, Question):
            words += [*node.hint.values(), *node.guidance.values()]
            words += node.required_message.values()
            words += self._lists.get(node.choice_list, ())
            rules = [node.required, node.readonly, node.constraint]
            rules += [node.choice_nodes, node.shuffle_seed]
            words += node.constraint_message.values()
            if node.choice_filter:
                paths |= references(node.choice_filter, at, in_table=True)
        if isinstance(node, Repeat):
            at += HERE  # the words of an instance
        rules += [text for template in words for text in expressions_in(template)]
        for text in filter(None, rules):
            paths |= references(text, at)
        return self._links(paths)

    def triggers(self, number: int) -> set[_Link]:
        """The questions that set this one."""
        part = self._parts[number]
        paths = part.node.triggers if isinstance(part.node, Question) else ()
        sources = [self._exact[path] for path in paths if path in self._exact]
        return {(source, self._shared(source, number)) for source in sources}

    def _shared(self, source: int, reader: int) -> int:
        pairs = zip(self._parts[source].within, self._parts[reader].within, strict=False)
        return sum(1 for one, other in pairs if one == other)

    def _at(self, number: int) -> str:
        """The part's path, with a mark after each repeat that it is in."""
        path = self._parts[number].node.path
        for repeat in self._parts[number].within:
            start = self._parts[repeat].node.path
            marks = path.count(HERE) * len(HERE)
            path = path[: len(start) + marks] + HERE + path[len(start) + marks :]
        return path

    def _links(self, paths: Iterable[str]) -> set[_Link]:
        return {
            (number, min(path.count(HERE), len(self._parts[number].within)))
            for path in paths
            for number in self._resolved(path)
        }

    def _resolved(self, path: str) -> set[int]:
        """The numbers of the parts that the path leads to."""
        wanted = plain(path)
        if path.endswith(ITSELF) and wanted in self._exact:
            return {self._exact[wanted]}
        known = wanted.removesuffix("/*")
        while known and known not in self._below:
            known = known.rpartition("/")[0]
        if known.count("/") > 1 or known == wanted.removesuffix("/*"):
            return self._below.get(known, set())
        return set()


def _shown_in(choices: tuple[Choice, ...]) -> Iterator[str]:
    """The labels that show an answer."""
    for choice in choices:
        yield from (text for text in choice.label.values() if "${" in text)


def _order(reads: list[set[int]]) -> list[int]:
    """The parts, each after all that it reads; those in a cycle are left out."""
    waiting = [len(sources) for sources in reads]
    readers: list[list[int]] = [[] for _ in reads]
    for number, sources in enumerate(reads):
        for source in sources:
            readers[source].append(number)
    order = [number for number, count in enumerate(waiting) if count == 0]
    for number in order:
        for reader in readers[number]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                order.append(reader)
    return order


def _edges(reads: list[set[_Link]]) -> tuple[tuple[Edge, ...], ...]:
    """From who reads whom to who is read by whom."""
    readers: list[list[Edge]] = [[] for _ in reads]
    for number, links in enumerate(reads):
        for source, depth in links:
            readers[source].append(Edge(number, depth))
    return tuple(tuple(edges) for edges in readers)
