"""The town's cards on this device, policies and notices: they came as forms, and need no signal."""

from mobile.store.shelf import Shelf
from shared.changes import Answer
from shared.work.policy import NOTICE_CARD, POLICY_CARD, PolicyCard, cards_of, explaining


class PolicyCards:
    """The cards of one account's town."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._read: dict[str, tuple[str, tuple[PolicyCard, ...]]] = {}

    def all(self) -> tuple[PolicyCard, ...]:
        """Every policy card, in the office's order."""
        return self._cards(POLICY_CARD)

    def about(self, kind: str, question: str, answer: Answer = None) -> tuple[PolicyCard, ...]:
        """The cards that explain a question, and what was answered to it."""
        cards = (*self._cards(NOTICE_CARD), *self.all())
        if isinstance(answer, str):
            return explaining(cards, kind, question, (answer,))
        codes = [str(code) for code in answer] if isinstance(answer, list | tuple) else []
        return explaining(cards, kind, question, codes)

    def _cards(self, kind: str) -> tuple[PolicyCard, ...]:
        version = self._shelf.account.forms.get(kind, "")
        if version and version != self._read.get(kind, ("",))[0]:
            form = self._shelf.form(kind)
            self._read[kind] = (version, cards_of(form) if form is not None else ())
        return self._read[kind][1] if version else ()
