"""What a form notes of itself: when it was begun and ended, on which device, by whom."""

from shared.changes import Answer
from shared.forms.scope import Moment

END = "timestamp:end"
"""Filled when the form is saved."""


def metadata(preload: str, moment: Moment) -> Answer:
    """What a question of that preload is answered with when the form is opened; None for none."""
    kind, _, name = preload.partition(":")
    if kind == "timestamp" and name == "start":
        return moment.now.isoformat(timespec="seconds")
    if kind == "date":
        return moment.now.date().isoformat()
    return moment.about.get(name) if kind == "property" else None
