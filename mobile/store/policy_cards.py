"""The town's policy cards on this device: they came with the forms, and need no signal."""

from mobile.store.shelf import Shelf
from shared.changes import Answer
from shared.work.policy import POLICY_CARD, PolicyCard, cards_of, explaining


class PolicyCards:
    """The cards of one account's town."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._read: tuple[str, tuple[PolicyCard, ...]] = ("", ())

    def all(self) -> tuple[PolicyCard, ...]:
        """Every card, in the office's order."""
        version = self._shelf.account.forms.get(POLICY_CARD, "")
        if version and version != self._read[0]:
            form = self._shelf.form(POLICY_CARD)
            self._read = (version, cards_of(form) if form is not None else ())
        return self._read[1] if version else ()

    def about(self, kind: str, question: str, answer: Answer = None) -> tuple[PolicyCard, ...]:
        """The cards that explain a question, and what was answered to it."""
        if isinstance(answer, str):
            return explaining(self.all(), kind, question, (answer,))
        codes = [str(code) for code in answer] if isinstance(answer, list | tuple) else []
        return explaining(self.all(), kind, question, codes)
