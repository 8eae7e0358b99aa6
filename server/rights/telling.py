"""What a person is told of grid work: their own words, and codes; of others nothing."""

from msgspec import Struct

from server.register.erasing import has_word
from server.rights.person import Person
from server.rights.worked import ASKERS, Share, Worked, is_own
from shared.changes import RESERVED, Answer
from shared.work.reading import FACTS

SOMEBODY = "网格工作人员 · Grid staff"
"""In place of whoever wrote it: who reported something is not told."""
_OTHERS = frozenset({"parties", "participants", "invitees", "opinions", "agreement",
                     "agreement_scan", "reported_by", "reply"})  # fmt: skip
"""Answers that are about other people, or by them."""
_NOT_TOLD = frozenset({"household", "facility", "case", "same_as", "asked_how", "after"})
"""Codes and references from which one could learn who asked, or whose matter it is."""


class Telling(Struct, frozen=True):
    """Chooses among the answers of grid work."""

    person: Person
    others: frozenset[str]
    """What other residents are called, and their numbers."""

    def may_tell(self, worked: Worked, unit: str, value: Answer) -> bool:
        """Whether the person is told this answer, as it stands or as it once was."""
        if unit in RESERVED or unit in _OTHERS or worked.share is Share.NOTHING:
            return False
        if worked.share is Share.CODES:
            return unit in FACTS[worked.record.kind] and unit not in _NOT_TOLD
        if unit in ASKERS:
            return is_own(self.person, value)
        return not has_word(self._without_own(value), self.others)

    def _without_own(self, value: Answer) -> Answer:
        if not isinstance(value, str):
            return value
        for word in sorted(self.person.words, key=len, reverse=True):
            value = value.replace(word, " ")
        return value
