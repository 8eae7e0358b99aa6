"""What belongs to the page as a whole: its theme, its language, its title."""

import flet as ft

from mobile.fonts import FONT_FAMILY
from mobile.views.state.tab import TabState
from mobile.views.theme import DARK, LIGHT, theme

LOCALES = {"zh": ft.Locale("zh", "CN"), "en": ft.Locale("en", "GB")}


def dress(page: ft.Page, tab: TabState) -> None:
    """Gives the page the theme, language and title that were chosen."""
    scale = tab.house.preferences.text_scale
    font = FONT_FAMILY if page.web else None
    page.title = tab.texts("app")
    page.theme = theme(LIGHT, scale=scale, font=font)
    page.dark_theme = theme(DARK, scale=scale, font=font)
    page.theme_mode = _mode(tab.dark)
    page.locale_configuration = ft.LocaleConfiguration(
        supported_locales=list(LOCALES.values()), current_locale=LOCALES[tab.language]
    )


def use_dress(tab: TabState) -> None:
    """Brings the page in line with another choice, at once."""
    page = ft.context.page

    def apply() -> None:
        dress(page, tab)
        page.update()

    ft.use_effect(apply, [tab.language, tab.dark, tab.house.preferences.text_scale])


def _mode(dark: bool | None) -> ft.ThemeMode:
    if dark is None:
        return ft.ThemeMode.SYSTEM
    return ft.ThemeMode.DARK if dark else ft.ThemeMode.LIGHT
