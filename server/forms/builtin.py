"""The forms that come with the product, compiled from their XLSForms when first asked for."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from server.forms.compiler import CompiledForm, compile_form
from shared.forms.model import Form

KINDS = ("dwelling", "household", "resident", "visit")
"""The basic information table, and visits."""
WORK_KINDS = (
    "case",
    "case_step",
    "protection",
    "protection_step",
    "nil_report",
    "diary",
    "patrol",
    "facility",
    "facility_check",
    "finding",
    "feedback",
    "work_rules",
)
"""What a grid office does with them (docs/decisions/0200-grid-work.md)."""


def builtin_forms() -> Mapping[str, Form]:
    """The built-in form of each kind of the basic information table, and of visits."""
    return _forms(KINDS)


def work_forms() -> Mapping[str, Form]:
    """The built-in form of each kind of grid work."""
    return _forms(WORK_KINDS)


def every_form() -> Mapping[str, Form]:
    """All of them: what a new town begins with."""
    return MappingProxyType({**builtin_forms(), **work_forms()})


def builtin_source(kind: str) -> bytes:
    """The XLSForm of a built-in form, as Markdown."""
    return files("server.forms").joinpath(f"{kind}.md").read_bytes()


def compile_builtin(kind: str) -> CompiledForm:
    """A built-in form with its rows and warnings."""
    return compile_form(builtin_source(kind), ".md", kind)


@lru_cache(2)
def _forms(kinds: tuple[str, ...]) -> Mapping[str, Form]:
    return MappingProxyType({kind: compile_builtin(kind).form for kind in kinds})
