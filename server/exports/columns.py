"""The columns of a kind of record: its envelope, then every question of its form, typed.

A class S question has no column: what is sealed leaves the register only one answer at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from msgspec import Struct, structs

from server.clock import TOWN_ZONE, town_time
from server.office.sight import Sight, seen_alone, seen_answer
from shared.changes import Answer
from shared.files import files_named
from shared.forms.instances import rows_text
from shared.forms.model import Form, Question, QuestionType, Repeat, unit_classes
from shared.forms.units import stands_alone
from shared.plates import plate_text
from shared.policies import PrivacyClass
from shared.records import is_missing
from shared.wire import Words

Cell: TypeAlias = str | int | float | bool | date | datetime | None
DWELLING = "dwelling"
MANY = " "
"""Between several codes, as in XLSForm."""
BETWEEN_LABELS = ("; ", "；")
"""Between several labels, in English and in Chinese."""


class CellType(StrEnum):
    """What the cells of a column are; an empty one is none of it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    """A datetime with its zone."""
    YES_NO = "yes_no"


class Style(Struct, frozen=True):
    """How answers are written out, and for whom."""

    sight: Sight
    today: date
    labels: bool = False
    """Choices by their labels, not their codes; columns headed by the questions' words."""
    language: str = "zh"


class Column(Struct, frozen=True):
    """A column: its name for programs, its heading for people, and what it holds."""

    name: str
    heading: str
    type: CellType


class Told(Struct, frozen=True, kw_only=True):
    """A record as it is written out: nothing of it is masked yet."""

    id: str
    answers: Mapping[str, Answer]
    """What is shown of each unit."""
    community: str
    grid: str
    grid_code: str
    door: str
    place: tuple[float, float] | None
    """Longitude and latitude of its dwelling, WGS 84."""
    conflicts: int
    version: int
    updated_at: int
    """The newest effective time in it, ms."""
    recorded_by: str


Take: TypeAlias = Callable[[Told], Cell]


class Field(Struct, frozen=True):
    """A column, and how its cell is taken from a record."""

    column: Column
    take: Take


def fields_of(form: Form, style: Style) -> tuple[Field, ...]:
    """Every column of the form's kind, in the order of the form."""
    classes = unit_classes(form)
    asked = [
        field
        for unit, members in form.units.items()
        if classes[unit] is not PrivacyClass.SENSITIVE
        for field in _of_unit(form, unit, members, style)
    ]
    plate = (_plate(style),) if form.kind == DWELLING else ()
    return _headed_once((*_before(style), *plate, *asked, *_after(form, style)))


def _before(style: Style) -> Iterator[Field]:
    yield _own("id", Words("编号", "ID"), style, lambda told: told.id)
    yield _own("community", Words("社区", "Community"), style, lambda told: told.community)
    yield _own("grid", Words("网格", "Grid"), style, lambda told: told.grid)
    yield _own("grid_code", Words("网格编码", "Grid code"), style, lambda told: told.grid_code)
    yield _own("door", Words("门牌", "Door"), style, lambda told: told.door)


def _plate(style: Style) -> Field:
    """What the code on a dwelling's plate says, so that plates can be printed from a file."""
    words = Words("门牌二维码内容", "Text of the plate's code")
    return _own("plate_code", words, style, lambda told: plate_text(told.id))


def _after(form: Form, style: Style) -> Iterator[Field]:
    def unanswered(told: Told) -> str:
        said = ((unit, told.answers.get(unit)) for unit in form.units)
        return MANY.join(
            f"{unit}:{value['missing']}"
            for unit, value in said
            if isinstance(value, Mapping) and is_missing(value)
        )

    integer, moment = CellType.INTEGER, CellType.MOMENT
    yield _own("no_answer", Words("未回答的原因", "Why not answered"), style, unanswered)
    yield _own("conflicts", Words("冲突", "Conflicts"), style, lambda t: t.conflicts, holds=integer)
    yield _own("version", Words("版本", "Version"), style, lambda told: told.version, holds=integer)
    yield _own("updated_at", Words("更新时间", "Updated"), style, _updated_at, holds=moment)
    yield _own("recorded_by", Words("登记人", "Recorded by"), style, lambda told: told.recorded_by)


def _own(
    name: str, words: Words, style: Style, take: Take, *, holds: CellType = CellType.TEXT
) -> Field:
    said = words.zh if style.language == "zh" else words.en
    return Field(Column(name, said if style.labels else name, holds), take)


def _updated_at(told: Told) -> datetime:
    return town_time(told.updated_at)


def _of_unit(form: Form, unit: str, members: tuple[Question, ...], style: Style) -> Iterator[Field]:
    if unit in form.repeats:
        yield _of_repeat(form, form.repeats[unit], style)
        return
    for question in members:
        if question.on and question.stored:
            yield from _of_question(form, unit, question, style)


def _of_repeat(form: Form, repeat: Repeat, style: Style) -> Field:
    """All instances in one cell, as the lists show them."""

    def said(question: Question, value: Answer) -> str:
        return str(_text(form, question, value, style) or "")

    def take(told: Told) -> Cell:
        value = told.answers.get(repeat.unit)
        if value is None or is_missing(value):
            return None
        seen = seen_answer(form, repeat.unit, value, sight=style.sight, today=style.today)
        return rows_text(form, repeat, seen, language=style.language, said=said)

    words = form.words(repeat.label, style.language) or repeat.name
    heading = words if style.labels else repeat.unit
    return Field(Column(repeat.unit, heading, CellType.TEXT), take)


def _of_question(form: Form, unit: str, question: Question, style: Style) -> Iterator[Field]:
    alone = stands_alone(unit, form.units[unit])

    def answer(told: Told) -> Answer:
        value = told.answers.get(unit)
        if not alone:
            value = value.get(question.name) if isinstance(value, Mapping) else None
        if value is None or is_missing(value):
            return None
        if alone:
            return seen_answer(form, unit, value, sight=style.sight, today=style.today)
        return seen_alone(question, value, sight=style.sight, today=style.today)

    words = form.words(question.label, style.language) or question.name
    heading = words if style.labels else question.name
    if question.type is QuestionType.GEOPOINT:
        for part in ("lat", "lon", "accuracy"):
            column = Column(f"{question.name}_{part}", f"{heading}_{part}", CellType.NUMBER)
            yield Field(column, partial(_coordinate, answer, part))
        return
    holds = cell_type(question, style)

    def take(told: Told) -> Cell:
        value = answer(told)
        return None if value is None else cell_value(form, question, value, style)

    yield Field(Column(question.name, heading, holds), take)


def cell_value(form: Form, question: Question, value: Answer, style: Style) -> Cell:
    """An answer that may be seen, as the cell that its column holds."""
    read = _READERS.get(cell_type(question, style))
    return read(value) if read else _text(form, question, value, style)


def cell_type(question: Question, style: Style) -> CellType:
    """What the cells of a question's column are."""
    if question.name == "birth_date" and style.sight is not Sight.WHOLE:
        return CellType.TEXT  # an age band stands for it
    return _TYPES.get(question.type, CellType.TEXT)


def _text(form: Form, question: Question, value: Answer, style: Style) -> str:
    if isinstance(value, list | tuple):
        between = BETWEEN_LABELS[style.language == "zh"] if style.labels else MANY
        return between.join(_text(form, question, each, style) for each in value)
    if isinstance(value, Mapping):
        names = [ref.file_name for ref in files_named(value)]
        return ", ".join(names) or str(dict(value))
    choice = form.choice(question, str(value)) if style.labels else None
    return form.words(choice.label, style.language) if choice else str(value)


def _integer(value: Answer) -> Cell:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Answer) -> Cell:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(value: Answer) -> Cell:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _moment(value: Answer) -> Cell:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(TOWN_ZONE) if moment.tzinfo else moment.replace(tzinfo=TOWN_ZONE)


def _coordinate(answer: Callable[[Told], Answer], part: str, told: Told) -> Cell:
    value = answer(told)
    return _number(value.get(part)) if isinstance(value, Mapping) else None


def _headed_once(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """No two headings alike: a program, and a person, must know which is which."""
    times = Counter(field.column.heading for field in fields)
    return tuple(
        field
        if times[field.column.heading] == 1
        else structs.replace(field, column=_told_apart(field.column))
        for field in fields
    )


def _told_apart(column: Column) -> Column:
    return structs.replace(column, heading=f"{column.heading} ({column.name})")


_TYPES = {
    QuestionType.INTEGER: CellType.INTEGER,
    QuestionType.DECIMAL: CellType.NUMBER,
    QuestionType.RANGE: CellType.NUMBER,
    QuestionType.DATE: CellType.DATE,
    QuestionType.DATE_TIME: CellType.MOMENT,
}
_READERS: Mapping[CellType, Callable[[Answer], Cell]] = {
    CellType.INTEGER: _integer,
    CellType.NUMBER: _number,
    CellType.DATE: _date,
    CellType.MOMENT: _moment,
}
