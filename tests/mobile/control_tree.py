"""Walking what a screen was drawn as."""

import dataclasses
from collections.abc import Iterator, Mapping

from flet.controls.base_control import BaseControl

WORDS = ("value", "label", "title", "content", "text", "error", "helper", "hint_text", "icon_label")
"""The properties in which a control may carry words."""


def drawn(value: object) -> object:
    """What a component was drawn as, in the end."""
    while isinstance(value, BaseControl) and value._c == "C":
        value = getattr(value, "_b", None)
    return value


def walk(value: object) -> Iterator[BaseControl]:
    """A control and all that is in it, as drawn."""
    value = drawn(value)
    if isinstance(value, list | tuple):
        for one in value:
            yield from walk(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from walk(one)
    elif isinstance(value, BaseControl):
        yield value
        for field in dataclasses.fields(value):
            if not field.metadata.get("skip") and not field.name.startswith("_"):
                yield from walk(getattr(value, field.name, None))


def find(value: object, sought: BaseControl) -> tuple[int, ...] | None:
    """The control's number in each list on the way to it."""
    value = drawn(value)
    if value is sought:
        return ()
    is_list = isinstance(value, list | tuple)
    for number, one in enumerate(parts(value)):
        found = find(one, sought)
        if found is not None:
            return (number, *found) if is_list else found
    return None


def parts(value: object) -> Iterator[object]:
    """What lies directly in a value."""
    if isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, BaseControl):
        for field in dataclasses.fields(value):
            if not field.metadata.get("skip") and not field.name.startswith("_"):
                yield getattr(value, field.name, None)


def words_of(control: BaseControl) -> Iterator[str]:
    """The words that a control carries itself."""
    for name in WORDS:
        words = getattr(control, name, None)
        if isinstance(words, str) and words:
            yield words


def tapped(control: BaseControl) -> str:
    """The event of a tap; "" for a control that cannot be tapped."""
    events = (one for one in ("click", "select") if getattr(control, f"on_{one}", None) is not None)
    return "" if getattr(control, "disabled", False) else next(events, "")
