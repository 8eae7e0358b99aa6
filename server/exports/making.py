"""Making a file of records: what an account may see of them, as one moment has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection

from server.clock import town_time
from server.db.engine import reading
from server.exports.columns import CellType, Column, Field, Style, Told, fields_of
from server.exports.cover import MARK_COLUMN, Cover
from server.exports.files import Line, Table, write_file
from server.exports.instances import instance_tables
from server.exports.orders import Order, Wanted
from server.exports.reading import Extent, RecordReader
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.sight import Sight, sight_of_account
from server.office.towns import one_town
from server.services import Services
from shared.forms.model import Form
from shared.work.values import OFFICE_ONLY

Chosen = Mapping[str, Sequence[str]]
"""The ids of records that a list shows, in its order, by kind."""


def kinds_of(services: Services, town: str) -> Mapping[str, Form]:
    """The kinds of records that may leave: those with a form, and not what only the office sees.

    Who is hurt at home is read one case at a time, by those who protect them.
    """
    forms = services.register.forms(town)
    # A form without questions has no records: the policy cards are one.
    return {k: form for k, form in forms.items() if k not in OFFICE_ONLY and form.units}


@dataclass(frozen=True)
class Maker:
    """Counts and writes what an account may take out."""

    services: Services
    who: AccountIdentity

    def count(self, wanted: Wanted) -> int:
        """How many records the file would have, where no list has chosen them.

        Raises OfficeRefused for a kind that does not leave.
        """
        for kind in wanted.kinds:
            self.form(kind)
        with reading(self.services.engine) as conn:
            return sum(self._reader(conn, kind).count() for kind in wanted.kinds)

    def write(self, order: Order, chosen: Chosen, file: BinaryIO) -> int:
        """Writes the file of an order; answers how many records it has. Raises OfficeRefused."""
        wanted, services = order.wanted, self.services
        with reading(services.engine) as conn:
            cover = Cover(
                export=order.id,
                mark=order.mark,
                recipient=self.who.name,
                town=one_town(conn, self.who.town).name,
                made_at=services.clock(),
                purpose=order.purpose,
                reason=order.reason,
                language=wanted.language,
            )
            tables = [self._table(conn, kind, order, chosen) for kind in wanted.kinds]
            return write_file(wanted.format, tables, cover, file)

    def style(self, wanted: Wanted) -> Style:
        """How answers are shown to this account, or in this file."""
        sight = Sight.WHOLE if wanted.clear else sight_of_account(self.who)
        today = town_time(self.services.clock()).date()
        return Style(sight, today, wanted.labels, wanted.language)

    def fields(self, kind: str, wanted: Wanted) -> tuple[Field, ...]:
        """The columns that are wanted of a kind."""
        known = fields_of(self.form(kind), self.style(wanted))
        names = wanted.columns
        return tuple(field for field in known if not names or field.column.name in names)

    def _table(self, conn: Connection, kind: str, order: Order, chosen: Chosen) -> Table:
        form, style = self.form(kind), self.style(order.wanted)
        fields = (*self.fields(kind, order.wanted), _mark_field(order, style))
        reader = self._reader(conn, kind)
        pages = reader.chosen(chosen[kind]) if kind in chosen else reader.pages()
        title = form.words(form.title, style.language) or kind
        columns = tuple(field.column for field in fields)
        parts: tuple[Table, ...] = ()
        if not order.wanted.columns:

            def read() -> Iterator[list[Told]]:
                return reader.chosen(chosen[kind]) if kind in chosen else reader.pages()

            parts = tuple(instance_tables(form, style, order.mark, read))
        return Table(kind, title, columns, _lines(pages, fields), parts)

    def _reader(self, conn: Connection, kind: str) -> RecordReader:
        rules = self.services.register.rules(self.who.town, kind)
        return RecordReader(conn, Extent(self.who.town, self.who.grids), kind, rules)

    def form(self, kind: str) -> Form:
        """The form of a kind. Raises OfficeRefused when there is none."""
        form = kinds_of(self.services, self.who.town).get(kind)
        if form is None:
            raise refused(
                "no_kind",
                f"没有类型为 {kind} 的表单。",
                f"There is no form of the kind {kind}.",
            )
        return form


def _mark_field(order: Order, style: Style) -> Field:
    heading = ("标识" if style.language == "zh" else "Mark") if style.labels else MARK_COLUMN
    return Field(Column(MARK_COLUMN, heading, CellType.TEXT), lambda _: order.mark)


def _lines(pages: Iterator[list[Told]], fields: tuple[Field, ...]) -> Iterator[Line]:
    own = _own_place(fields)
    for page in pages:
        for told in page:
            cells = tuple(field.take(told) for field in fields)
            place = (cells[own[0]], cells[own[1]]) if own else None
            if place and isinstance(place[0], int | float) and isinstance(place[1], int | float):
                yield Line(cells, (place[0], place[1]))
            else:
                yield Line(cells, told.place)


def _own_place(fields: tuple[Field, ...]) -> tuple[int, int] | None:
    """Where longitude and latitude of the kind's own first place stand in a row."""
    names = [field.column.name for field in fields]
    for place, name in enumerate(names):
        lon = f"{name.removesuffix('_lat')}_lon"
        if name.endswith("_lat") and lon in names:
            return names.index(lon), place
    return None
