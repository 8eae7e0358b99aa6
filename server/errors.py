"""The one tree of errors of the server: each is a code and a sentence in both languages.

Parts of the server derive their own errors from `ServerError`, each beside what raises it.
"""

from shared.wire import Problem, Words


class ServerError(Exception):
    """What a caller cannot go on from, said so that a person can act on it."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(f"{code}: {words.en}")
        self.code = code
        self.words = words

    @property
    def problem(self) -> Problem:
        """The error as it is answered to a device."""
        return Problem(self.code, self.words)


class NotFound(ServerError):
    """What was asked for does not exist, or is not for this person to see."""

    def __init__(self) -> None:
        super().__init__("not_found", Words("没有找到。", "There is no such thing."))
