"""The forms that come with the product, compiled from their XLSForms when first asked for."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from server.forms.compiler import CompiledForm, compile_form
from shared.forms.model import Form

KINDS = ("dwelling", "household", "resident", "visit")


def builtin_forms() -> Mapping[str, Form]:
    """The built-in form of each kind."""
    return _forms()


def builtin_source(kind: str) -> bytes:
    """The XLSForm of a built-in form, as Markdown."""
    return files("server.forms").joinpath(f"{kind}.md").read_bytes()


def compile_builtin(kind: str) -> CompiledForm:
    """A built-in form with its rows and warnings."""
    return compile_form(builtin_source(kind), ".md", kind)


@lru_cache(1)
def _forms() -> Mapping[str, Form]:
    return MappingProxyType({kind: compile_builtin(kind).form for kind in KINDS})
