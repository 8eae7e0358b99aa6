"""Where the parts of a form stand while it is filled in: one seat for each part and instance."""

from collections.abc import Iterator, Mapping

from shared.changes import Answer
from shared.forms.instance import Element
from shared.forms.model import Question, Repeat
from shared.forms.plan import Edge, Part
from shared.forms.values import Reading, is_empty


class Block:
    """An instance of a repeat, or the form itself: its seats, and its answers as given."""

    __slots__ = ("below", "chain", "drafts", "element", "named", "path", "seats")

    def __init__(
        self, path: str, element: Element, above: "Block | None", drafts: Mapping[str, Answer]
    ) -> None:
        self.path = path
        """Of the repeat in the form; "" for the form itself."""
        self.element = element
        self.chain: tuple[Block, ...] = (*(above.chain if above else ()), self)
        """The blocks that it is in, from the form to itself."""
        self.drafts = dict(drafts)
        """By the name of the question; those of a repeat's instances are with the instances."""
        self.seats: list[Seat] = []
        self.named: dict[str, Seat] = {}
        """The questions and repeats directly in it, by name or unit."""
        self.below: dict[int, list[Seat]] = {}
        """The seats of each part in it, also in its own repeats."""

    def take(self, seat: "Seat") -> None:
        """Gives a seat its place, after the others."""
        self.seats.append(seat)
        if isinstance(seat.part.node, Question):
            self.named[seat.part.node.name] = seat
        elif isinstance(seat.part.node, Repeat):
            self.named[seat.part.node.unit] = seat
        for block in self.chain:
            block.below.setdefault(seat.number, []).append(seat)

    def answers(self) -> dict[str, Answer]:
        """All answers as given, those of instances in lists of objects."""
        found = {name: raw for name, raw in self.drafts.items() if not is_empty(raw)}
        for seat in self.seats:
            if isinstance(seat.part.node, Repeat) and (rows := seat.raw_rows()):
                found[seat.part.node.unit] = rows
        return found

    def everything(self) -> "Iterator[Seat]":
        """All seats in form order, those of instances included."""
        for seat in self.seats:
            yield seat
            for row in seat.rows:
                yield from row.everything()


class Seat:
    """A part of the form in one instance."""

    __slots__ = (
        "block", "element", "gone", "number", "parent", "part", "reading", "relevant", "rows",
        "serial", "spare",
    )  # fmt: skip

    def __init__(self, part: Part, block: Block, element: Element, parent: "Seat | None") -> None:
        self.number = part.number
        self.part = part
        self.block = block
        self.element = element
        self.parent = parent
        self.serial = 0
        """Counts up: which of two seats was made first."""
        self.relevant = True
        self.reading = Reading()
        self.gone = False
        """Its instance was taken away."""
        self.rows: list[Block] = []
        """Of a repeat: its instances."""
        self.spare: list[Answer] = []
        """Of a repeat: answers for instances beyond those that it has now."""

    @property
    def key(self) -> str:
        """What it is called from outside: "name", or "member[2]/name" in an instance."""
        return f"{self.block_key}{self._name}"

    @property
    def address(self) -> str:
        """Its path below the form, with the number of each instance: "home/member[2]/name"."""
        path = self.part.node.path
        if len(self.block.chain) == 1:
            return path.removeprefix("/data/")
        repeat = self._repeat()
        inside = path.removeprefix(repeat.part.node.path)
        return f"{repeat.address}[{repeat.rows.index(self.block) + 1}]{inside}"

    @property
    def block_key(self) -> str:
        """Where its instance is: "", or "member[2]/"."""
        if len(self.block.chain) == 1:
            return ""
        repeat = self._repeat()
        return f"{repeat.key}[{repeat.rows.index(self.block) + 1}]/"

    def linked(self, edges: tuple[Edge, ...]) -> "Iterator[Seat]":
        """The seats at the other end of edges that begin here."""
        for edge in edges:
            yield from self.block.chain[edge.depth].below.get(edge.part, ())

    def raw_rows(self) -> list[Answer]:
        """Its instances' answers as given, also those beyond the instances that there are."""
        return [*(row.answers() for row in self.rows), *self.spare]

    @property
    def _name(self) -> str:
        node = self.part.node
        return node.unit if isinstance(node, Repeat) else node.name

    def _repeat(self) -> "Seat":
        seat = self.parent
        while seat is not None and seat.block is self.block:
            seat = seat.parent
        assert seat is not None  # only an instance has a chain
        return seat
