"""What "today" says of grid work: reports that are due, cases that are due, the way to all."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import button
from mobile.views.parts.frame import go
from mobile.views.parts.panels import section
from mobile.views.state.work.today import DueState
from mobile.views.work.cases import case_line
from mobile.views.work.entries import entry_line
from mobile.views.work.nil import nil_line

SHOWN_MAX = 4


@guarded
def work_due() -> ft.Control:
    """Nothing at all where the town has no form for cases."""
    tab = current_tab()
    state = ft.use_memo(lambda: DueState(tab), [])
    use_live(state)
    due = state.due
    if due is None or not due.on:
        return ft.Container()
    texts = tab.texts
    reports = [
        nil_line(one.area.id, one.cell, name=one.area.name) for one in due.reports[:SHOWN_MAX]
    ]
    cases = [case_line(one) for one in due.cases[:SHOWN_MAX]]
    findings = [entry_line(one) for one in due.findings[:SHOWN_MAX]]
    ways = ft.Row(
        [
            button("work-all", texts("work.all", n=due.open), lambda: go("/tasks")),
            button(
                "work-report",
                texts("report.title"),
                lambda: go("/report"),
                icon=ft.Icons.CAMPAIGN_OUTLINED,
            ),
        ],
        wrap=True,
        spacing=8,
        run_spacing=8,
    )
    beside = str(len(due.cases) + len(due.reports) + len(due.findings) or "")
    return section(texts("work.today"), [*reports, *findings, *cases, ways], beside=beside)
