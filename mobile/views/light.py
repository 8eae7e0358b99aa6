"""What a building leader sees: five buttons, a word to the grid worker, and what came of it."""

import flet as ft

from mobile.store.work import Filed
from mobile.views.context import current_tab
from mobile.views.parts.frame import go, scrolled
from mobile.views.parts.panels import line, section
from mobile.views.parts.sync_card import sync_card
from mobile.views.parts.type import headline, muted
from mobile.views.state.light import LightState
from mobile.views.work.report import begins, must_tiles
from mobile.views.work.words import phase_name, sort_icon, sort_name

TELL = "other"
"""The kind of case that anything else is."""


def light_home(state: LightState) -> ft.Control:
    """The whole of it on one screen."""
    tab = current_tab()
    texts = tab.texts
    name = tab.account.worker_name if tab.account else ""
    areas = texts("between").join(area.name for area in tab.store.areas())
    tell = line(
        "light-tell",
        texts("light.tell"),
        under=texts("light.tell_hint"),
        icon=ft.Icons.CHAT_OUTLINED,
        on_click=begins("case", {"case_kind": TELL}),
    )
    reported = [_reported(one) for one in state.reported] or [muted(texts("light.none"))]
    return scrolled(
        [
            headline(texts("today.hello", name=name)),
            muted(areas),
            section(texts("report.must"), [must_tiles({}), tell]),
            section(texts("light.mine"), reported),
            sync_card(),
        ]
    )


def _reported(filed: Filed) -> ft.Control:
    tab = current_tab()
    standing = filed.standing
    done = not standing.is_open
    parts = (
        sort_name(tab, standing.case.sort),
        phase_name(tab, standing.phase),
        tab.texts("work.unsent") if filed.record.unsent else "",
        tab.texts("light.thanks") if done else "",
    )
    return line(
        f"case-{filed.record.id}",
        filed.record.title or sort_name(tab, standing.case.sort),
        under=" · ".join(part for part in parts if part),
        icon=ft.Icons.TASK_ALT if done else sort_icon(standing.case.sort),
        on_click=lambda: go(f"/tasks/case/{filed.record.id}"),
    )
