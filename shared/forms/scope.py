"""What an expression is evaluated in: the place in the form, and the world around the form."""

from datetime import datetime, tzinfo

from msgspec import Struct

from shared.forms.casts import zone_of
from shared.forms.instance import Element
from shared.forms.model import Choice, Form, Question


class Moment(Struct, frozen=True):
    """When a form is filled, and in which language: passed in, so that a test can hold it."""

    now: datetime
    """With its time zone: what day it is depends on it."""
    language: str = "zh"

    @property
    def zone(self) -> tzinfo:
        """The time zone that dates are reckoned in."""
        return zone_of(self.now)


class Tables:
    """The form's choice lists as `instance('name')` finds them, each made when first asked for."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._made: dict[str, Element] = {}

    def get(self, name: str) -> Element | None:
        """The table of that name: `root/item` elements with `name` and the list's columns."""
        if name not in self._made and name in self._form.choices:
            self._made[name] = _table(name, self._form.choices[name])
        return self._made.get(name)

    def items(self, name: str) -> list[Element]:
        """The entries of the table, one for each choice."""
        table = self.get(name)
        return [] if table is None else table.children["root"][0].named("item")


class World(Struct, frozen=True):
    """All that expressions of one filled-in form can see."""

    form: Form
    root: Element
    tables: Tables
    moment: Moment

    def question_at(self, path: str) -> Question | None:
        """The question at that path of the form."""
        return self.form.by_path.get(path)


class Scope(Struct, frozen=True):
    """Where one expression, or one step of a path in it, is evaluated."""

    world: World
    here: Element
    """What "." and relative paths mean."""
    current: Element
    """The question that the expression belongs to."""
    position: int = 1
    """Of `here` among the elements of its step, for predicates."""

    def at(self, here: Element, position: int = 1) -> "Scope":
        """The same, at another element."""
        return Scope(self.world, here, self.current, position)

    @property
    def zone(self) -> tzinfo:
        """The time zone that dates are reckoned in."""
        return self.world.moment.zone


def _table(name: str, choices: tuple[Choice, ...]) -> Element:
    table = Element(name)
    root = Element("root", table)
    for choice in choices:
        item = Element("item", root)
        for column, text in {"name": choice.name, **choice.extra}.items():
            Element(column, item, text)
    return table
