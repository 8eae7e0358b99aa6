"""The built-in forms for tests of any side: as a phone has them after its first pull."""

from functools import lru_cache

from server.forms.builtin import KINDS, builtin_forms
from shared.forms.model import Form, decode_form, encode_form

__all__ = ["KINDS", "form", "forms"]


def form(kind: str) -> Form:
    """The built-in form of that kind, once over the wire."""
    return forms()[kind]


@lru_cache(1)
def forms() -> dict[str, Form]:
    """The built-in form of each kind, once over the wire."""
    return {kind: decode_form(encode_form(built_in)) for kind, built_in in builtin_forms().items()}
