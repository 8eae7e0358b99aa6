"""What somebody with other eyes or hands finds on a screen: names, contrast, room for a thumb."""

import dataclasses
from collections.abc import Iterator, Mapping

import flet as ft
from flet.controls.base_control import BaseControl
from msgspec import Struct

from mobile.views.parts.field import ICON_CELLS, is_long
from mobile.views.state.tab import TabState
from mobile.views.theme import DARK, LIGHT, TARGET, UNSEEN, size
from tests.mobile.control_tree import drawn, walk, words_of
from tests.mobile.views.colours import contrast

TEXT, SIGN = 4.5, 3.0
"""WCAG AA: the least contrast of text, and of what is seen but not read."""
SPOKEN = (*("semantics_label", "tooltip", "label", "message"), "search_word")
EVENTS = ("on_click", "on_select", "on_change", "on_tap")
FIXED = {"white": "#FFFFFF", "black": "#000000"}
BUTTONS = (ft.Button, ft.FilledButton, ft.FilledTonalButton, ft.OutlinedButton, ft.TextButton)
THEMES = (("light", LIGHT), ("dark", DARK))


class Fault(Struct, frozen=True):
    """Something that not everybody can use."""

    what: str
    where: str


def faults(value: object, ground: object = "surface", named: str = "") -> Iterator[Fault]:
    """What is wrong with a control and all that is in it.

    ground: the colour behind it. named: what a screen reader says of the whole.
    """
    value = drawn(value)
    if isinstance(value, list | tuple):
        for one in value:
            yield from faults(one, ground, named)
    elif isinstance(value, Mapping):
        yield from faults(list(value.values()), ground, named)
    elif isinstance(value, BaseControl) and getattr(value, "visible", True):
        if isinstance(value, ft.Semantics):
            named = value.label or named
        if isinstance(value, ft.MergeSemantics):
            named = " ".join(_said(value)) or named
        ground = getattr(value, "bgcolor", None) or ground
        yield from _of(value, ground, named)
        for field in dataclasses.fields(value):
            if not field.metadata.get("skip") and not field.name.startswith("_"):
                yield from faults(getattr(value, field.name, None), ground, named)


def cut(value: object, tab: TabState) -> Iterator[Fault]:
    """Words that have no room where they stand, in the language and text size of the tab."""
    for control in walk(value):
        where = f"{type(control).__name__} {' '.join(_said(control))}"[:120]
        if isinstance(control, BUTTONS) and control.height and isinstance(control.content, str):
            yield Fault("does not grow with its words", where)
        if isinstance(control, ft.Chip) and isinstance(control.label, str):
            yield Fault("has one line only", where)
        if isinstance(control, ft.TextField) and control.label_style != UNSEEN:
            yield from _crowded(control, tab, where)


def _crowded(field: ft.TextField, tab: TabState, where: str) -> Iterator[Fault]:
    if is_long(tab, str(field.label), beside=ICON_CELLS if field.prefix_icon else 0):
        yield Fault("has a label longer than its field", where)


def _of(control: BaseControl, ground: object, named: str) -> Iterator[Fault]:
    where = f"{type(control).__name__} {named} {' '.join(_said(control))}"[:120]
    if _is_used(control) and not named and not any(_said(control)):
        yield Fault("has no name", where)
    if isinstance(control, ft.Image) and not control.semantics_label:
        yield Fault("is a picture without words", where)
    if isinstance(control, (*BUTTONS, ft.IconButton)) and _height(control) < TARGET:
        yield Fault("is too low for a thumb", where)
    if isinstance(control, ft.IconButton) and (control.width or 0) < TARGET:
        yield Fault("is too narrow for a thumb", where)
    if isinstance(control, ft.Text | ft.Icon):
        yield from _pale(control, ground, where)


def _pale(control: ft.Text | ft.Icon, ground: object, where: str) -> Iterator[Fault]:
    ink = control.color or ("on_surface" if isinstance(control, ft.Text) else None)
    least = TEXT if isinstance(control, ft.Text) else SIGN
    if ink is None or (isinstance(control, ft.Text) and not control.value):
        return
    for name, colours in THEMES:
        clear = contrast(_rgb(ink, colours), _rgb(ground, colours))
        if clear < least:
            yield Fault(f"{ink} on {ground} is {clear:.1f} in {name}", where)


def _height(button: ft.Button | ft.OutlinedButton | ft.TextButton | ft.IconButton) -> float:
    """What it says itself; what has more in it than words is measured in a browser."""
    if button.height is not None:
        return float(button.height)
    around = getattr(button.style, "padding", None)
    if isinstance(around, ft.Padding):
        return around.top + around.bottom + size("label_large", 1) * 1.33
    words_only = isinstance(button, ft.IconButton) or isinstance(button.content, str | None)
    return 0.0 if words_only else TARGET


def _is_used(control: BaseControl) -> bool:
    acts = any(getattr(control, event, None) is not None for event in EVENTS)
    is_place = isinstance(control, ft.NavigationBar | ft.NavigationRail)
    return acts and not is_place and not isinstance(control, ft.Semantics)


def _said(control: BaseControl) -> list[str]:
    """What a screen reader can say of a control, by all that is in it."""
    found: list[str] = []
    for one in walk(control):
        found += words_of(one)
        found += [str(getattr(one, name)) for name in SPOKEN if getattr(one, name, None)]
    return [word for word in found if word.strip()]


def _rgb(colour: object, colours: Mapping[str, str]) -> str:
    """A colour of the theme as #RRGGBB; what is half seen through counts as a fault."""
    name = str(getattr(colour, "value", colour)).replace("_", "")
    known = {key.replace("_", ""): value for key, value in colours.items()} | FIXED
    if name.startswith("#"):
        return name
    assert name in known, f"{colour} is not a colour of the theme: nothing says that it is clear"
    return known[name]
