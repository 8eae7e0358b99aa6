"""A whole form on the screen: its groups of questions, and what it looks like already."""

import flet as ft

from mobile.store.values import Duplicate
from mobile.views.context import current_tab
from mobile.views.form.question import BETWEEN, is_shown, question_field
from mobile.views.guarded import guarded, keyed
from mobile.views.hooks import use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.frame import go
from mobile.views.parts.panels import Tone, banner, panel
from mobile.views.parts.type import body, title
from mobile.views.state.sheet import Sheet
from mobile.views.theme import EDGE
from shared.forms.logic import Page

PAGE_HEAD = ft.Padding.only(bottom=BETWEEN)
SHOWN_MAX = 2
"""Records that look alike are named up to this many, while typing."""


@guarded
def sheet_questions(sheet: Sheet, hidden: frozenset[str] = frozenset()) -> ft.Control:
    """The questions that are asked now; those in `hidden` are answered elsewhere."""
    use_watched(sheet)
    return _stack([_above(sheet), *[_page(sheet, page, hidden) for page in sheet.layout]])


def duplicate_line(duplicate: Duplicate) -> ft.Control:
    """A record that may be the same, why, and the way to it."""
    tab = current_tab()
    reasons = tab.texts("between").join(tab.in_words(one.words) for one in duplicate.reasons)
    household = duplicate.household
    open_it = button(
        f"open-{duplicate.record}",
        tab.texts("duplicates.open"),
        lambda: go(f"/households/{household}"),
        weight=Weight.QUIET,
    )
    return panel(
        [
            ft.Row(
                [
                    ft.Column([title(duplicate.label), body(reasons)], spacing=2, expand=True),
                    *([open_it] if household else []),
                ]
            )
        ],
        tone=Tone.PLAIN,
    )


def _above(sheet: Sheet) -> ft.Control:
    """What comes and goes above the questions."""
    banners = [*_trouble(sheet), *_duplicates(sheet)]
    return _stack([ft.Container(one, padding=ft.Padding.only(bottom=EDGE)) for one in banners])


def _trouble(sheet: Sheet) -> list[ft.Control]:
    """The draft could not be kept: it is still on the screen."""
    if sheet.trouble is None:
        return []
    words = current_tab().in_words(sheet.trouble.words)
    return [banner(words, icon=ft.Icons.SD_CARD_ALERT_OUTLINED)]


def _duplicates(sheet: Sheet) -> list[ft.Control]:
    """While a new record is typed: those that it looks like, and why."""
    if not sheet.duplicates:
        return []
    words = current_tab().texts("duplicates.banner", n=len(sheet.duplicates))
    lines = [duplicate_line(one) for one in sheet.duplicates[:SHOWN_MAX]]
    return [banner(words, icon=ft.Icons.CONTENT_COPY_OUTLINED, more=lines)]


def _page(sheet: Sheet, page: Page, hidden: frozenset[str]) -> ft.Control:
    asked = [one.question.name for one in page.questions if one.question.name not in hidden]
    shown = any(is_shown(one) for one in page.questions if one.question.name in asked)
    heading = ft.Semantics(header=True, content=title(page.label, colour=ft.Colors.PRIMARY))
    return _stack(
        [
            ft.Container(heading if shown else None, padding=PAGE_HEAD if shown else None),
            *[keyed(f"{sheet.draft.id}-{name}", question_field, sheet, name) for name in asked],
            ft.Container(height=EDGE - BETWEEN if shown else 0),
        ]
    )


def _stack(parts: list[ft.Control]) -> ft.Column:
    """One below the other; what is not shown now keeps its place, without any height.

    The client makes every field behind an inserted one anew, and one that is being typed into
    would lose its focus and, in a browser with a screen reader, what was typed.
    """
    return ft.Column(
        parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
