"""The instances of repeats as tables of their own, beside the table of the records they are in."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from server.exports.columns import Cell, CellType, Column, Style, Told, cell_type, cell_value
from server.exports.cover import MARK_COLUMN
from server.exports.files import Line, Table
from server.office.sight import seen_alone
from shared.changes import Answer
from shared.forms.instances import direct_questions, instances_of, repeat_name
from shared.forms.model import Form, Question, Repeat, unit_classes, walk_repeats
from shared.policies import PrivacyClass
from shared.records import is_missing

Read = Callable[[], Iterable[list[Told]]]
"""Reads the records anew: each table has a pass of its own."""


def instance_tables(form: Form, style: Style, mark: str, read: Read) -> Iterator[Table]:
    """A table for each repeat, also for those inside others; none for a sensitive one."""
    classes, tables = unit_classes(form), _Tables(form, style, mark, read)
    for repeat in walk_repeats(form.children):
        if classes.get(repeat.unit) is not PrivacyClass.SENSITIVE:
            yield from tables.of((repeat,))


class _Tables(Struct, frozen=True):
    form: Form
    style: Style
    mark: str
    read: Read

    def of(self, way: tuple[Repeat, ...]) -> Iterator[Table]:
        """Of the repeat at the end of the way through the others, and of those in it."""
        repeat, form = way[-1], self.form
        asked = [one for one in direct_questions(repeat.children) if one.on and one.stored]
        shown = [one for one in asked if one.privacy is not PrivacyClass.SENSITIVE]
        columns = (
            self._own("record", "编号", "ID"),
            self._own("place", "序号", "No."),
            *(_column(form, one, self.style) for one in shown),
            self._own(MARK_COLUMN, "标识", "Mark"),
        )

        def lines() -> Iterator[Line]:
            for told in (one for page in self.read() for one in page):
                for place, row in _rows(told.answers, way):
                    cells = (_cell(form, one, row.get(one.name), self.style) for one in shown)
                    yield Line((told.id, place, *cells, self.mark))

        yield Table(repeat.unit, repeat_name(form, repeat, self.style.language), columns, lines())
        for inner in walk_repeats(repeat.children):
            yield from self.of((*way, inner))

    def _own(self, name: str, zh: str, en: str) -> Column:
        said = zh if self.style.language == "zh" else en
        return Column(name, said if self.style.labels else name, CellType.TEXT)


def _rows(
    answers: Mapping[str, Answer], way: tuple[Repeat, ...], above: str = ""
) -> Iterator[tuple[str, Mapping[str, Answer]]]:
    """The instances at the end of the way, each with its place, such as 2.1."""
    for number, row in enumerate(instances_of(answers.get(way[0].unit)) or (), start=1):
        place = f"{above}{number}"
        if len(way) == 1:
            yield place, row
        else:
            yield from _rows(row, way[1:], f"{place}.")


def _column(form: Form, question: Question, style: Style) -> Column:
    words = form.words(question.label, style.language) or question.name
    return Column(
        question.name, words if style.labels else question.name, cell_type(question, style)
    )


def _cell(form: Form, question: Question, value: Answer, style: Style) -> Cell:
    if value is None or is_missing(value):
        return None
    seen = seen_alone(question, value, sight=style.sight, today=style.today)
    return cell_value(form, question, seen, style)
