"""Where components and handlers find the state of the tab that they are drawn in."""

import flet as ft

from mobile.views.state.tab import TabState
from mobile.views.words import Texts

_TAB = "tab"


def keep_tab(page: ft.Page, tab: TabState) -> None:
    """Makes `tab` the state of all that is drawn on the page."""
    page.session.store.set(_TAB, tab)


def current_tab() -> TabState:
    """The state of the tab that is being drawn, or whose event is being handled."""
    tab = ft.context.page.session.store.get(_TAB)
    assert isinstance(tab, TabState), "the page was drawn before `keep_tab`"
    return tab


def current_texts() -> Texts:
    """The app's texts in the language that the worker reads."""
    return current_tab().texts
