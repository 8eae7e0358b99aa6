"""The answers of a record of grid work, as its page shows them."""

import flet as ft

from mobile.store.work import Worked
from mobile.views.context import current_tab
from mobile.views.parts.panels import fact
from mobile.views.state.answers import Reader


def facts_of(worked: Worked, but: frozenset[str]) -> list[ft.Control]:
    """The answers besides those, by the labels of their form."""
    tab = current_tab()
    form = tab.store.form(worked.kind)
    if form is None:
        return []
    reader = Reader(form, tab.texts, tab.label)
    asked = [q for q in form.questions if q.name not in but and q.asked]
    return [
        fact(reader.name(q.unit), reader.answer(q, worked.answers[q.unit]))
        for q in asked
        if worked.answers.get(q.unit) not in (None, "")
    ]
