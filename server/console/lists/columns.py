"""The columns of the lists: answers by the form's own labels, times, grids; masked as elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from babel.support import LazyProxy
from sqlalchemy import ColumnElement, false, or_, select
from sqlmodel import col
from starlette.requests import Request
from starlette_admin.contrib.sqla.filters import (
    BetweenFilter,
    ContainsFilter,
    EqualFilter,
    InFilter,
    IsNullFilter,
    NotInFilter,
    NumericEqualFilter,
)
from starlette_admin.fields import EnumField, IntegerField, StringField
from starlette_admin.filters import FilterApplyContext
from starlette_admin.filters.date import DateBetweenFilter
from typing_extensions import override

from server.clock import beginning_of
from server.console.desk import account_of
from server.console.labels import Reader, choices, lazy_label, sight_of
from server.console.words import date_and_time, day, lazily, say
from server.db.office_tables import WorkerRow
from server.db.projections import VisitRow
from shared.changes import Answer


class DaysBetween(DateBetweenFilter):
    """From a day to a day, on a column of ms since the epoch."""

    @override
    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """The condition."""
        column: ColumnElement[int] = getattr(ctx.view.model, ctx.field_name)  # type: ignore[union-attr]  # always a RecordList
        first, last = beginning_of(ctx.value), beginning_of(ctx.value2 + timedelta(days=1))
        return column.between(first, last - 1)


@dataclass
class AnswerColumn(StringField):
    """A unit's answer, masked for its reader."""

    kind: str = ""
    unit: str = ""
    list_template: str = "lists/text.html"

    @override
    async def serialize_value(self, request: Request, value: Answer) -> str:
        """The answer as its reader sees it; nothing for none."""
        if value in (None, ""):
            return ""
        return Reader(sight_of(request)).text(self.kind, self.unit, value)


@dataclass
class CodeColumn(EnumField):
    """A unit that has one code of a list."""

    kind: str = ""
    unit: str = ""
    list_template: str = "lists/code.html"

    @override
    async def serialize_value(self, request: Request, value: Answer) -> str:
        """The code's label."""
        return Reader().text(self.kind, self.unit, value) if value else ""


class CountedIs(InFilter):
    """One of several figures: the very condition that its number was counted by."""

    label = cast("str", lazily("coverage.counts_as"))

    @override
    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """The condition, on the dwelling or on the household that counts there."""
        view, request = ctx.view, ctx.request
        assert request is not None  # a list is always asked for by somebody
        town, now = account_of(request).town, view.desk.clock()  # type: ignore[union-attr]  # a RecordList
        conditions = (view.counted(name, town, now) for name in ctx.value)  # type: ignore[union-attr]
        return or_(false(), *(each for each in conditions if each is not None))


@dataclass
class CountedColumn(EnumField):
    """Where a dwelling is counted."""

    list_template: str = "lists/text.html"

    @override
    async def serialize_value(self, request: Request, value: str | None) -> str:
        """In words."""
        return say(f"coverage.{value}") if value else ""


@dataclass
class GridColumn(EnumField):
    """The grid that a record lies in."""

    list_template: str = "lists/text.html"

    @override
    async def serialize_value(self, request: Request, value: Answer) -> str:
        """The grid's name."""
        return str(request.state.grids.get(str(value), ""))


@dataclass
class TimeColumn(StringField):
    """A moment."""

    list_template: str = "lists/time.html"
    days_only: bool = False

    @override
    async def serialize_value(self, request: Request, value: Answer) -> str:
        """As the town's clocks show it."""
        if not value:
            return ""
        at = int(str(value))
        return day(at) if self.days_only else date_and_time(at)


@dataclass
class FlagColumn(IntegerField):
    """How many units of the record wait for a decision; drawn as a mark."""

    list_template: str = "lists/flag.html"


def answer(
    kind: str, unit: str, *, name: str = "", find: bool = True, order: bool = True
) -> AnswerColumn:
    """A column of answers. What is masked can be neither filtered nor ordered by: that tells it."""
    return AnswerColumn(
        name or unit,
        kind=kind,
        unit=unit,
        label=_text(lazy_label(kind, unit)),
        searchable=find,
        orderable=order,
        filters=[ContainsFilter, EqualFilter, IsNullFilter],
    )


def code(kind: str, unit: str, *, name: str = "") -> CodeColumn:
    """A column of codes."""
    return CodeColumn(
        name or unit,
        kind=kind,
        unit=unit,
        label=_text(lazy_label(kind, unit)),
        choices_loader=_listed(kind, unit),
        filters=[InFilter, NotInFilter],
    )


def number(kind: str, unit: str) -> IntegerField:
    """A column of whole numbers."""
    return IntegerField(
        unit,
        label=_text(lazy_label(kind, unit)),
        filters=[NumericEqualFilter, BetweenFilter, IsNullFilter],
        list_template="lists/number.html",
    )


def grid() -> GridColumn:
    """The column of grids."""
    return GridColumn(
        "grid",
        label=_text(lazily("area.grid")),
        choices_loader=lambda request: list(request.state.grids.items()),
        filters=[InFilter, NotInFilter],
    )


def moment(name: str, label: str, *, days_only: bool = False) -> TimeColumn:
    """A column of moments."""
    return TimeColumn(name, label=_text(lazily(label)), filters=[DaysBetween], days_only=days_only)


def plain(name: str, label: str) -> StringField:
    """A column that no question answers: a door, a worker, a count."""
    return StringField(
        name, label=_text(lazily(label)), searchable=False, list_template="lists/text.html"
    )


class StaffNoIs(EqualFilter):
    """The visits of one worker."""

    label = cast("str", lazily("coverage.staff_no_is"))

    @override
    def apply(self, ctx: FilterApplyContext) -> ColumnElement[bool]:
        """The condition."""
        assert ctx.request is not None  # a list is always asked for by somebody
        workers = select(col(WorkerRow.id)).where(
            col(WorkerRow.town_id) == account_of(ctx.request).town,
            col(WorkerRow.staff_no) == ctx.value,
        )
        return col(VisitRow.worker_id).in_(workers)


def staff_no() -> StringField:
    """The column of staff numbers of visits."""
    return StringField(
        "staff_no",
        label=_text(lazily("worker.staff_no")),
        filters=[StaffNoIs],
        orderable=False,
        list_template="lists/text.html",
    )


def counted(figures: Sequence[str]) -> CountedColumn:
    """The column that says where a record is counted; filtered by any of these figures."""
    return CountedColumn(
        "counted",
        label=_text(lazily("coverage.counted")),
        choices_loader=lambda _: [(each, say(f"coverage.{each}")) for each in figures],
        filters=[CountedIs],
        orderable=False,
    )


def conflicts() -> FlagColumn:
    """The column of conflicts."""
    return FlagColumn(
        "conflicts",
        label=_text(lazily("menu.conflicts_short")),
        filters=[BetweenFilter, NumericEqualFilter],
    )


def _listed(kind: str, unit: str) -> Callable[[Request], list[tuple[str, str]]]:
    return lambda _: choices(kind, unit)


def _text(proxy: LazyProxy) -> str:
    # starlette-admin takes its own lazy texts for a label too; its types say str.
    return cast("str", proxy)
