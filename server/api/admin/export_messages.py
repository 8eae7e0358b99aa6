"""What files of records are ordered with by program, and how an order stands."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

KINDS_MAX = 20
COLUMNS_MAX = 500
FILTER_MAX = 2000
Text = Annotated[str, Meta(max_length=300)]
Kind = Annotated[str, Meta(min_length=1, max_length=100)]


class AskExport(Struct, frozen=True, kw_only=True):
    """An order. Nothing of it may name a person."""

    kinds: Annotated[list[Kind], Meta(min_length=1, max_length=KINDS_MAX)]
    format: Literal["csv", "xlsx", "geojson", "jsonl"] = "csv"
    purpose: Literal["report", "service", "check", "handover", "research", "other"]
    reason: Text
    filter: Annotated[str, Meta(max_length=FILTER_MAX)] = ""
    """As OData's $filter, on the columns of each of the kinds; empty for all records."""
    columns: Annotated[list[Kind], Meta(max_length=COLUMNS_MAX)] = []
    """Empty for all."""
    labels: bool = False
    """The form's words instead of names and codes."""
    language: Literal["zh", "en"] = "zh"
    clear: bool = False
    """Phones and birth dates whole; always waits for a second person."""


class ExportTold(Struct, frozen=True, kw_only=True):
    """One order, and what became of it. Times are ms since the epoch."""

    id: str
    mine: bool
    kinds: list[str]
    format: str
    filter: str
    purpose: str
    reason: str
    rows: int
    state: str
    """asked (waits for a second person), open (may be taken) or refused."""
    mark: str
    """Stands in every row: whose copy it is."""
    asked_at: int
    expires_at: int
    taken_at: int | None = None


class ExportList(Struct, frozen=True):
    """Orders, the newest first."""

    exports: list[ExportTold]


class ExportDecision(Struct, frozen=True):
    """A second person's word."""

    agree: bool
