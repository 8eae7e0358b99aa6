"""Comparing answers, which may be any JSON value."""

from msgspec.json import Encoder

from shared.changes import Answer


def same(a: Answer, b: Answer) -> bool:
    """Whether two answers are the same JSON value: 1, 1.0 and true are three values."""
    if type(a) is type(b) and isinstance(a, str | bool | int):
        return a == b
    return canonical(a) == canonical(b)


def elements_of(value: Answer) -> list[Answer]:
    """The elements of a set-valued answer, each once."""
    if value is None:
        return []
    if type(value) is list and all(type(element) is str for element in value):
        return list(dict.fromkeys(value))  # nearly always: codes
    elements: list[Answer] = []
    for element in value if isinstance(value, list | tuple) else [value]:
        if not any(same(element, other) for other in elements):
            elements.append(element)
    return elements


canonical = Encoder(order="deterministic").encode
"""The one text of a JSON value."""
