"""Reading the code tables: what a code means, in both languages, and where it comes from."""

import csv
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from unicodedata import normalize

from msgspec import Struct

SOURCES = ("national.csv", "own.csv")


class CodeState(StrEnum):
    """Whether a row was compared with the standard that it names."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class Code(Struct, frozen=True):
    """One row of a table."""

    code: str
    zh: str
    en: str
    source: str
    """The standard's number and year, or `Doorstep` for the product's own lists."""
    state: CodeState


class CodeTable(Struct, frozen=True):
    """A named list of codes, in the order of its file."""

    name: str
    codes: tuple[Code, ...]

    @property
    def offered(self) -> tuple[Code, ...]:
        """The codes that a form may offer: the confirmed ones."""
        return tuple(code for code in self.codes if code.state is CodeState.CONFIRMED)

    def get(self, code: str) -> Code | None:
        """The row of `code`, confirmed or not."""
        return next((row for row in self.codes if row.code == code), None)

    def code_of(self, text: str) -> str | None:
        """The offered code that `text` names, by code or by its label in either language."""
        wanted = _plain(text)
        for row in self.offered:
            if wanted in (_plain(row.code), _plain(row.zh), _plain(row.en)):
                return row.code
        return None


def code_table(name: str) -> CodeTable:
    """The table `name`. Raises LookupError when there is none."""
    tables = code_tables()
    if name not in tables:
        raise LookupError(f"no code table {name!r}; there are: {', '.join(sorted(tables))}")
    return tables[name]


@lru_cache(maxsize=1)
def code_tables() -> Mapping[str, CodeTable]:
    """Every table by name. Read once."""
    rows: dict[str, list[Code]] = {}
    for source in SOURCES:
        for name, code in _rows(source):
            rows.setdefault(name, []).append(code)
    return MappingProxyType(
        {name: CodeTable(name=name, codes=tuple(codes)) for name, codes in rows.items()}
    )


def _rows(source: str) -> Iterator[tuple[str, Code]]:
    text = files("shared.codes").joinpath(source).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield (
            row["table"],
            Code(
                code=row["code"],
                zh=row["zh"],
                en=row["en"],
                source=row["source"],
                state=CodeState(row["state"]),
            ),
        )


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())
