"""What the register answers to the console and to imports."""

from msgspec import Struct

from shared.changes import Answer
from shared.wire import Result


class Committed(Struct, frozen=True):
    """All edits were taken, in one transaction. One result and one number for each."""

    save: str
    results: tuple[Result, ...]
    seqs: tuple[int, ...]


class AlreadyDecided(Struct, frozen=True):
    """Someone else has decided this conflict; nothing was changed."""

    conflict: str
    by: str
    by_name: str
    at: int
    decision: Answer
