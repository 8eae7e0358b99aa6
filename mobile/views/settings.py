"""Settings: language, light or dark, size of text, locking, this device, and leaving it."""

import asyncio
from functools import partial

import flet as ft

from mobile.device import Account
from mobile.settings import APP, Theme
from mobile.views.context import current_tab
from mobile.views.enrol import fingerprint
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_watched
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.chip import chip
from mobile.views.parts.confirm import Ask, use_confirm
from mobile.views.parts.frame import place_screen, scrolled
from mobile.views.parts.panels import Tone, banner, fact, panel, section
from mobile.views.parts.type import label, muted
from mobile.views.shortcuts import key_lines
from mobile.views.state.tab import TabState
from mobile.views.words import LANGUAGES, NAMES

SCALES = (1.0, 1.15, 1.3, 1.6, 2.0)
LOCK_MINUTES = (1, 5, 15)


@guarded_view
def settings_screen() -> ft.View:
    """A person's choices for this device, and what the device is."""
    return place_screen("settings", settings_body(), title=current_tab().texts("places.settings"))


@guarded
def settings_body() -> ft.Control:
    """All settings in one column."""
    tab = current_tab()
    use_watched(tab.house)
    ask = use_confirm()
    account = tab.account
    return scrolled(
        [
            _languages(tab),
            _themes(tab),
            _scales(tab),
            _locking(tab),
            *([section(tab.texts("keys.title"), [panel(key_lines())])] if tab.wide else []),
            *([_sharing(tab, account)] if account else []),
            *([_device(tab, account)] if account else []),
            _leaving(tab, ask),
            label(tab.texts("settings.about", version=APP)),
        ]
    )


def _languages(tab: TabState) -> ft.Control:
    chosen = tab.house.preferences.language
    names = {"": tab.texts("settings.system"), **{code: NAMES[code] for code in LANGUAGES}}
    chips = [
        chip(
            f"language-{code or 'system'}",
            name,
            _prefers(tab, language=code),
            chosen=code == chosen,
        )
        for code, name in names.items()
    ]
    return _choices(tab.texts("settings.language"), chips)


def _themes(tab: TabState) -> ft.Control:
    chosen = tab.house.preferences.theme
    chips = [
        chip(
            f"theme-{theme}",
            tab.texts(f"settings.theme_{theme}"),
            _prefers(tab, theme=theme),
            chosen=theme is chosen,
        )
        for theme in Theme
    ]
    return _choices(tab.texts("settings.theme"), chips)


def _scales(tab: TabState) -> ft.Control:
    chosen = tab.house.preferences.text_scale
    chips = [
        chip(
            f"scale-{scale:.0%}",
            f"{scale:.0%}",
            _prefers(tab, text_scale=scale),
            chosen=scale == chosen,
        )
        for scale in SCALES
    ]
    return _choices(tab.texts("settings.text"), chips)


def _locking(tab: TabState) -> ft.Control:
    chosen = tab.house.preferences.auto_lock_minutes
    chips = [
        chip(
            f"lock-after-{minutes}",
            tab.texts("settings.minutes", n=minutes),
            _prefers(tab, auto_lock_minutes=minutes),
            chosen=minutes == chosen,
        )
        for minutes in LOCK_MINUTES
    ]
    lock = button(
        "lock-now",
        tab.texts("settings.lock_now"),
        _off(tab.lock),
        weight=Weight.MAIN,
        icon=ft.Icons.LOCK_OUTLINE,
    )
    return section(
        tab.texts("settings.lock"), [muted(tab.texts("settings.lock_hint")), _row(chips), lock]
    )


def _sharing(tab: TabState, account: Account) -> ft.Control:
    """The other workers of a shared device: one tap and a PIN away."""
    others = [other for other in tab.house.device.accounts() if other.id != account.id]
    if not others:
        return ft.Container(visible=False)
    switches: list[ft.Control] = [
        button(
            f"switch-{other.id}",
            tab.texts("share.to", name=other.worker_name),
            _off(partial(tab.switch, other.id)),
            icon=ft.Icons.SWITCH_ACCOUNT_OUTLINED,
        )
        for other in others
    ]
    return section(tab.texts("share.title"), [muted(tab.texts("share.hint")), *switches])


def _device(tab: TabState, account: Account) -> ft.Control:
    texts = tab.texts
    in_file = []
    if account.key_in_file:
        in_file = [banner(texts("settings.key_in_file"), icon=ft.Icons.SHIELD_OUTLINED)]
    return section(
        texts("settings.device"),
        [
            panel(
                [
                    fact(texts("settings.worker"), account.worker_name),
                    fact(texts("settings.town"), account.town_name),
                    fact(texts("settings.server"), account.server),
                    label(texts("enrol.words")),
                    fingerprint(account.fingerprint),
                ]
            ),
            *in_file,
        ],
    )


def _leaving(tab: TabState, ask: Ask) -> ft.Control:
    texts = tab.texts

    async def log_out() -> None:
        await asyncio.to_thread(tab.log_out)

    def asked() -> None:
        ask(texts("settings.log_out_title"), texts("settings.log_out_text"), log_out)

    return section(
        texts("settings.log_out"),
        [
            panel([muted(texts("settings.log_out_hint"))], tone=Tone.PLAIN),
            button("log-out", texts("settings.log_out"), asked, icon=ft.Icons.LOGOUT),
        ],
    )


def _choices(heading: str, chips: list[ft.Control]) -> ft.Control:
    return section(heading, [_row(chips)])


def _row(chips: list[ft.Control]) -> ft.Control:
    return ft.Row(chips, wrap=True, spacing=8, run_spacing=4)


def _prefers(tab: TabState, **choice: object) -> Act:
    return _off(lambda: tab.house.prefer(**choice))


def _off(act: Act) -> Act:
    async def off() -> None:
        await asyncio.to_thread(act)

    return off
