"""What a seed ends with that must never happen."""


class Violation(AssertionError):
    """Something that must never happen has happened."""


def must(holds: bool, says: str) -> None:
    """Raises a Violation that says so, unless it holds."""
    if not holds:
        raise Violation(says)
