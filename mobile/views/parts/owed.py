"""What still keeps a form from being saved, beside the button that saves it."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import use_watched
from mobile.views.parts.type import label
from mobile.views.state.sheet import Sheet

NAMED_MAX = 2


@guarded
def owed_line(sheet: Sheet) -> ft.Control:
    """After a try to save: how many answers are missing, and which come first."""
    use_watched(sheet)
    texts = current_tab().texts
    owed = sheet.owed() if sheet.shows_owed else ()
    words = texts("form.kept")
    if owed:
        names = texts("between").join(one.label for one in owed[:NAMED_MAX])
        words = texts(
            "form.owed" if len(owed) <= NAMED_MAX else "form.owed_more", n=len(owed), names=names
        )
    return ft.Semantics(
        identifier="owed",
        live_region=True,
        expand=True,
        content=label(words, colour=ft.Colors.ERROR if owed else None, lines=3),
    )
