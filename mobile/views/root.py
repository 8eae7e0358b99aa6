"""The root of all screens: enrol, unlock, or the place that the worker is at."""

import flet as ft

from mobile.views.attendance import use_attendance
from mobile.views.context import current_tab
from mobile.views.enrol import enrol_screen
from mobile.views.guarded import guarded_views
from mobile.views.hooks import use_watched
from mobile.views.letting_in import letting_in_screen
from mobile.views.notice import use_notice
from mobile.views.page import use_dress
from mobile.views.routes import routes
from mobile.views.shortcuts import use_shortcuts
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
    use_shortcuts(tab)
    accounts = {account.id: account for account in tab.house.device.accounts()}
    has_accounts = bool(accounts)
    enrolling, set_enrolling = ft.use_state(not has_accounts)
    forgotten, set_forgotten = ft.use_state("")
    # Enrolling ends with the key's words, not with the account that makes them.
    ft.use_effect(lambda: None if has_accounts else set_enrolling(True), [has_accounts])
    ft.use_effect(lambda: set_forgotten("") if tab.account else None, [tab.account is None])
    if tab.account is not None and not enrolling:
        return ft.Router(routes(wide=tab.wide), manage_views=True)
    if enrolling or not has_accounts:
        leave = (lambda: set_enrolling(False)) if has_accounts else None
        return [enrol_screen(leave, lambda: set_enrolling(False))]
    if forgotten in accounts:
        return [letting_in_screen(accounts[forgotten], lambda: set_forgotten(""))]
    return [unlock_screen(lambda: set_enrolling(True), lambda account: set_forgotten(account.id))]
