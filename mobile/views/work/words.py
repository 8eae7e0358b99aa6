"""Words about cases that several screens share."""

import flet as ft

from mobile.store.work import Filed
from mobile.views.state.dates import at_ms, day_words, time_words
from mobile.views.state.tab import TabState
from mobile.views.state.work.cases import choice_name, code_name, holder_name
from shared.work.values import Phase

ICONS: dict[str, ft.IconData] = {
    "hazard": ft.Icons.WARNING_AMBER_OUTLINED,
    "dispute": ft.Icons.FORUM_OUTLINED,
    "livelihood": ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED,
    "facility": ft.Icons.BUILD_OUTLINED,
    "environment": ft.Icons.PARK_OUTLINED,
    "public_order": ft.Icons.LOCAL_POLICE_OUTLINED,
    "service_request": ft.Icons.SUPPORT_AGENT_OUTLINED,
    "rental": ft.Icons.KEY_OUTLINED,
    "inflow": ft.Icons.GROUP_ADD_OUTLINED,
    "maternal": ft.Icons.CHILD_FRIENDLY_OUTLINED,
}
OTHER_ICON = ft.Icons.ASSIGNMENT_OUTLINED


def sort_icon(sort: str) -> ft.IconData:
    """The sign of a kind of case."""
    return ICONS.get(sort, OTHER_ICON)


def sort_name(tab: TabState, sort: str) -> str:
    """What a kind of case is called."""
    return choice_name(tab, "case", "case_kind", sort)


def phase_name(tab: TabState, phase: Phase) -> str:
    """How a case stands."""
    return code_name(tab, "case_phase", phase.value)


def due_line(tab: TabState, filed: Filed) -> str:
    """When something is due, in one line; "" when nothing is."""
    standing, texts, now = filed.standing, tab.texts, tab.office_now()
    due = standing.next_date
    if due is None:
        return ""
    if not standing.is_open:
        # A day of the town: a phone that is set to another zone would tell the day before.
        day, today = at_ms(due, filed.rules.zone).date(), now.astimezone(filed.rules.zone).date()
        return texts("work.visit_due", day=day_words(day, today, texts))
    at = at_ms(due, now.tzinfo)
    key = "work.overdue" if standing.is_overdue(tab.store.shelf.now()) else "work.due"
    return texts(key, when=time_words(at, now, texts))


def under(tab: TabState, filed: Filed) -> str:
    """What stands below a case's title in a list."""
    standing = filed.standing
    urgency = standing.case.urgency
    parts = (
        choice_name(tab, "case", "urgency", urgency) if urgency != "normal" else "",
        sort_name(tab, standing.case.sort),
        phase_name(tab, standing.phase),
        holder_name(tab, filed, standing),
        due_line(tab, filed),
    )
    return " · ".join(part for part in parts if part)
