"""How complete a household is: a bar with its number, and what is missing."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.parts.panels import panel, section
from mobile.views.parts.type import body, label, muted
from mobile.views.state.gaps import GapView


def gaps_section(view: GapView) -> ft.Control:
    """The share, and under it what is missing by person, what counts first."""
    texts = current_tab().texts
    words = texts(
        "gaps.share",
        percent=int(100 * view.share),
        answered=view.answered,
        applicable=view.applicable,
    )
    bar = ft.ProgressBar(value=view.share, border_radius=4, semantics_label=words)
    lines: list[ft.Control] = [bar]
    if view.missing:
        lines.append(label(texts("gaps.missing")))
        lines += [body(one.words) for one in view.missing]
    else:
        lines.append(muted(texts("gaps.all_there")))
    if view.declined:
        lines.append(muted(texts("gaps.declined", items=view.declined)))
    return section(texts("gaps.title"), [panel(lines, spacing=6)], beside=words)
