"""What the server and the preview of a form say to each other.

The server starts the preview as a process of its own and speaks with it over the loopback and two
pipes: the process tells its port in one line, is told the play in one line, and ends when the
pipe does.
"""

from msgspec import Struct

from shared.forms.model import Form

MODULE = "mobile.staged"
"""What the server runs; it never imports it."""
STAGE_HEADER = "x-doorstep-stage"
"""Carries the word without which the preview answers nobody."""
LOOK_PATH = "/look"
"""Where a `Look` is put while somebody is looking."""


class Look(Struct, frozen=True):
    """How the form is shown."""

    language: str
    """"zh" or "en"."""
    dark: bool = False


class Play(Struct, frozen=True):
    """What is to be shown, where, and to whom."""

    form: Form
    base: str
    """The path that the browser finds it under, as "/previews/abc"."""
    word: str
    """What `STAGE_HEADER` must carry."""
    look: Look
