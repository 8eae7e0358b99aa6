"""Enrolment, step by step: the office's code, a PIN or passphrase, the words of the key."""

import flet as ft

from mobile.sync.report import SyncState
from mobile.views.context import current_tab
from mobile.views.guarded import guarded_view
from mobile.views.hooks import off_loop, use_watched
from mobile.views.new_secret import choose_secret
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import gate_screen, go
from mobile.views.parts.logo import logo
from mobile.views.parts.panels import Tone, banner, panel, spinner
from mobile.views.parts.type import headline, muted, title
from mobile.views.state.enrol import EnrolState, EnrolStep
from mobile.views.theme import EDGE, field_border
from mobile.views.words import Texts


@guarded_view
def enrol_screen(leave: Act | None, done: Act) -> ft.View:
    """Makes this device a worker's. `leave`: back to the accounts there are already."""
    tab = current_tab()
    state = ft.use_memo(lambda: EnrolState(tab), [])
    use_watched(state)
    steps = {
        EnrolStep.CODE: lambda: _code(state, tab.texts, leave),
        EnrolStep.SECRET: lambda: [choose_secret(state, off_loop(state.next), state.back)],
        EnrolStep.WORKING: lambda: [spinner(tab.texts("enrol.working"))],
        EnrolStep.DONE: lambda: _words(state, tab.texts, done),
    }
    return gate_screen([logo(), *why_gone(), *steps[state.step]()])


def why_gone() -> list[ft.Control]:
    """Why an account is not on this device any more, where the office has ended it."""
    tab = current_tab()
    report = tab.house.line.report
    if report is None or report.state is not SyncState.LOST:
        return []
    others = [tab.texts("share.others_stay")] if tab.house.device.accounts() else []
    words = "\n".join([tab.in_words(report.words), *others])
    return [banner(words, icon=ft.Icons.PHONELINK_ERASE_OUTLINED)]


def _code(state: EnrolState, texts: Texts, leave: Act | None) -> list[ft.Control]:
    return [
        headline(texts("enrol.title"), centred=True),
        muted(texts("enrol.how"), centred=True),
        with_words(
            current_tab(),
            ft.TextField(
                label=texts("enrol.code"),
                value=state.code,
                on_change=lambda event: state.type_code(event.control.value),
                error=state.message or None,
                error_max_lines=4,
                border=field_border(),
                autocorrect=False,
                enable_suggestions=False,
                min_lines=1,
                max_lines=4,
                multiline=True,
            ),
        ),
        *([] if state.is_whole else [_server(state, texts)]),
        button(
            "enrol-next",
            texts("next"),
            off_loop(state.next) if state.code.strip() else None,
            weight=Weight.MAIN,
        ),
        *([button("enrol-leave", texts("back"), leave, weight=Weight.QUIET)] if leave else []),
    ]


def _server(state: EnrolState, texts: Texts) -> ft.Control:
    return with_words(
        current_tab(),
        ft.TextField(
            label=texts("enrol.server"),
            hint_text="https://",
            value=state.server,
            on_change=lambda event: state.type_server(event.control.value),
            keyboard_type=ft.KeyboardType.URL,
            border=field_border(),
            autocorrect=False,
        ),
    )


def _words(state: EnrolState, texts: Texts, done: Act) -> list[ft.Control]:
    account = state.account
    assert account is not None, "the words are those of an account"

    def open_app() -> None:
        go("/")  # where a colleague was on this device is none of hers
        state.finish()
        done()

    return [
        headline(texts("enrol.welcome", name=account.worker_name), centred=True),
        muted(account.town_name, centred=True),
        panel([title(texts("enrol.words")), fingerprint(account.fingerprint)], tone=Tone.GOOD),
        muted(texts("enrol.words_hint"), centred=True),
        button("enrol-done", texts("enrol.open"), open_app, weight=Weight.MAIN),
    ]


def fingerprint(words: str) -> ft.Control:
    """The six words of the device's key, numbered, to be read out over the phone."""
    return ft.Semantics(
        identifier="fingerprint",
        label=words,
        content=ft.Row(
            [
                ft.Text(f"{place} {word}", theme_style=ft.TextThemeStyle.TITLE_LARGE)
                for place, word in enumerate(words.split(), start=1)
            ],
            wrap=True,
            spacing=EDGE,
            run_spacing=8,
        ),
    )
