"""What a record claims: the numbers of it that its form calls unique. Pure."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b

from msgspec import Struct

from server.register.published import Published
from server.register.standing import Standing
from shared.changes import GRID, Answer
from shared.forms.checks import normal_text
from shared.merge import settled
from shared.records import Record, final

COMMUNITY, TOWN = "community", "town"
MARK_BYTES = 16
_CLAIMING: frozenset[type] = frozenset({str, int})
"""What a number is written as; true is none."""


class Claim(Struct, frozen=True, order=True):
    """A record's claim to a number. In their order, the first one has it."""

    mark: str
    """What equal claims have in common, and nobody can read."""
    seq: int
    """The change since which the record has the number, and lies where it must be unique."""
    record: str
    unit: str


class Claimant(Struct, frozen=True):
    """Tells what records of one kind claim."""

    form: Published
    communities: Mapping[str, str]
    """The community of each grid."""
    key: bytes

    def of_record(self, record: Record, first: int = 0) -> Iterator[Claim]:
        """The claims of a record. first: what provisional numbers become."""
        if record.deleted or record.alias_of is not None:
            return
        placed = min(write.seq for candidate in record.units[GRID] for write in candidate.writes)
        for unit, where in self.form.unique.items():
            value = settled(record, unit, self.form.rules).value
            mark = self._mark(unit, where, record.grid, value)
            if mark:
                stands = [each for each in record.units[unit] if each.value == value]
                since = min(write.seq for each in stands for write in each.writes)
                since = since if where == TOWN else max(since, placed)
                yield Claim(mark, final(since, first), record.id, unit)

    def of_standing(self, each: Standing) -> Iterator[Claim]:
        """The claims of a record that was just written."""
        if each.record is not None:
            yield from self.of_record(each.record, each.first)
            return
        for unit, where in self.form.unique.items():
            mark = self._mark(unit, where, each.subject.grid, each.subject.answer(unit))
            if mark:
                yield Claim(mark, each.stored.version, each.stored.id, unit)

    def _mark(self, unit: str, where: str, grid: str, value: Answer) -> str:
        if type(value) not in _CLAIMING or value == "":
            return ""  # nothing is claimed by an empty answer, or one that was declined
        area = grid
        if where in (COMMUNITY, TOWN):
            area = "" if where == TOWN else self.communities.get(grid, grid)
        text = normal_text(self.form.form.units[unit][0].check, str(value))
        said = f"{self.form.form.kind}|{unit}|{area}|{text}"
        return blake2b(said.encode(), key=self.key, digest_size=MARK_BYTES).hexdigest()


def second_claims(claims: list[Claim]) -> list[Claim]:
    """Of claims in their order, those to numbers that another record claimed before."""
    return [
        claim
        for before, claim in zip([None, *claims], claims, strict=False)
        if before is not None and before.mark == claim.mark
    ]
