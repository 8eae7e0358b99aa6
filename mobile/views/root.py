"""The root of all screens: enrol, unlock, or the place that the worker is at."""

import flet as ft

from mobile.views.attendance import use_attendance
from mobile.views.context import current_tab
from mobile.views.enrol import enrol_screen
from mobile.views.guarded import guarded_views
from mobile.views.hooks import use_watched
from mobile.views.notice import use_notice
from mobile.views.page import use_dress
from mobile.views.routes import routes
from mobile.views.unlock import unlock_screen


@guarded_views
def root() -> list[ft.View] | ft.Control:
    """Everything that is drawn. Whatever the address says, nothing shows before unlocking."""
    tab = current_tab()
    use_watched(tab)
    use_watched(tab.house)
    use_dress(tab)
    use_attendance(tab)
    use_notice(tab)
    has_accounts = bool(tab.house.device.accounts())
    enrolling, set_enrolling = ft.use_state(not has_accounts)
    # Enrolling ends with the key's words, not with the account that makes them.
    ft.use_effect(lambda: None if has_accounts else set_enrolling(True), [has_accounts])
    if tab.account is not None and not enrolling:
        return ft.Router(routes(wide=tab.wide), manage_views=True)
    if enrolling or not has_accounts:
        leave = (lambda: set_enrolling(False)) if has_accounts else None
        return [enrol_screen(leave, lambda: set_enrolling(False))]
    return [unlock_screen(lambda: set_enrolling(True))]
