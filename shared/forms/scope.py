"""What an expression is evaluated in: the place in the form, and the world around the form."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from msgspec import Struct

from shared.forms.casts import zone_of
from shared.forms.instance import Element
from shared.forms.model import Choice, Form, Question
from shared.forms.register_lists import NO_LISTS, Lists


class Moment(Struct, frozen=True):
    """When a form is filled, and in which language: passed in, so that a test can hold it."""

    now: datetime
    """With its time zone: what day it is depends on it."""
    language: str = "zh"
    seed: str = ""
    """What `random()` and `uuid()` start from: the same for all of one record's life as a draft."""

    about: Mapping[str, str] = {}
    """Who fills it in, and where: "username", "deviceid"."""
    lists: Lists = NO_LISTS
    """Of the register, each read when a form asks for it."""

    @property
    def zone(self) -> tzinfo:
        """The time zone that dates are reckoned in."""
        return zone_of(self.now)


class Tables:
    """The form's choice lists as `instance('name')` finds them, each made when first asked for."""

    def __init__(self, form: Form, language: str = "", lists: Lists = NO_LISTS) -> None:
        self._form = form
        self._language = language
        self._lists = lists
        self._made: dict[str, Element] = {}
        self._read: dict[str, tuple[Choice, ...]] = {}
        self._rows: dict[tuple[str, str], dict[str, Element]] = {}

    def get(self, name: str) -> Element | None:
        """The table of that name: `root/item` elements with `name` and the list's columns."""
        if name not in self._made and (name in self._form.choices or name in self._lists):
            self._made[name] = self._table(name, self.choices(name))
        return self._made.get(name)

    def choices(self, name: str) -> tuple[Choice, ...]:
        """The choices of the list of that name: of the form, or of the register."""
        if name not in self._read:
            known = self._form.choices.get(name)
            self._read[name] = tuple(self._lists.get(name, ())) if known is None else known
        return self._read[name]

    def offers(self, name: str) -> bool:
        """Whether the list is the register's, and there to be read."""
        return name not in self._form.choices and name in self._lists

    def items(self, name: str) -> list[Element]:
        """The entries of the table, one for each choice."""
        table = self.get(name)
        return [] if table is None else table.children["root"][0].named("item")

    def row(self, name: str, column: str, key: str) -> Element | None:
        """The first entry of the table that has `key` in `column`."""
        if (name, column) not in self._rows:
            rows: dict[str, Element] = {}
            for item in self.items(name):
                for cell in item.named(column):
                    rows.setdefault(cell.text, item)
            self._rows[name, column] = rows
        return self._rows[name, column].get(key)

    def _table(self, name: str, choices: tuple[Choice, ...]) -> Element:
        table = Element(name)
        root = Element("root", table)
        for choice in choices:
            item = Element("item", root)
            label = self._form.words(choice.label, self._language)
            columns = {"name": choice.name, "label": label, **choice.extra}
            for column, text in columns.items():
                Element(column, item, text)
        return table


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
    size: int = 1
    """How many elements that step has."""

    def at(self, here: Element, position: int = 1, size: int = 1) -> "Scope":
        """The same, at another element."""
        return Scope(self.world, here, self.current, position, size)

    @property
    def zone(self) -> tzinfo:
        """The time zone that dates are reckoned in."""
        return self.world.moment.zone
