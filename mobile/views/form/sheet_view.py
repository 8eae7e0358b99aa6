"""A whole form on the screen: its groups of questions, and what it looks like already."""

import flet as ft

from mobile.store.values import Duplicate
from mobile.views.context import current_tab
from mobile.views.form.question import BETWEEN, is_shown, question_field
from mobile.views.form.roster import roster
from mobile.views.guarded import guarded, keyed
from mobile.views.hooks import use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.confirm import Ask, use_confirm
from mobile.views.parts.frame import go
from mobile.views.parts.panels import Tone, banner, panel
from mobile.views.parts.type import body, title
from mobile.views.state.sheet import Sheet
from mobile.views.theme import EDGE
from shared.forms.logic import GroupState, Item, Page, QuestionState, RepeatState

PAGE_HEAD = ft.Padding.only(bottom=BETWEEN)
SHOWN_MAX = 2
"""Records that look alike are named up to this many, while typing."""


@guarded
def sheet_questions(sheet: Sheet, hidden: frozenset[str] = frozenset()) -> ft.Control:
    """The questions that are asked now; those in `hidden` are answered elsewhere."""
    use_watched(sheet)
    ask = use_confirm()
    return _stack([_above(sheet), *[_page(sheet, page, hidden, ask) for page in sheet.layout]])


def duplicate_line(duplicate: Duplicate) -> ft.Control:
    """A record that may be the same, why, and the way to it."""
    tab = current_tab()
    reasons = tab.texts("between").join(tab.in_words(one.words) for one in duplicate.reasons)
    household, at_home = duplicate.household, duplicate.kind == "dwelling"
    route = f"/buildings/{duplicate.record}" if at_home else f"/households/{household}"
    open_it = button(
        f"open-{duplicate.record}",
        tab.texts("duplicates.open"),
        lambda: go(route),
        weight=Weight.QUIET,
    )
    return panel(
        [
            ft.Row(
                [
                    ft.Column([title(duplicate.label), body(reasons)], spacing=2, expand=True),
                    *([open_it] if household or at_home else []),
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


def _page(sheet: Sheet, page: Page, hidden: frozenset[str], ask: Ask) -> ft.Control:
    shown = any(is_shown(one) for one in page.questions if one.key not in hidden) or any(
        isinstance(item, RepeatState) and item.relevant for item in page.items
    )
    heading = ft.Semantics(header=True, content=title(page.label, colour=ft.Colors.PRIMARY))
    return _stack(
        [
            ft.Container(heading if shown else None, padding=PAGE_HEAD if shown else None),
            *_items(sheet, page.items, hidden, ask),
            ft.Container(height=EDGE - BETWEEN if shown else 0),
        ]
    )


def _items(
    sheet: Sheet, items: tuple[Item, ...], hidden: frozenset[str], ask: Ask
) -> list[ft.Control]:
    """What is in a page, a group or an instance: each thing in its place."""
    drawn: list[ft.Control] = []
    for item in items:
        if isinstance(item, QuestionState):
            if item.key not in hidden:
                key = f"{sheet.draft.id}-{item.key}"
                drawn.append(keyed(key, question_field, sheet, item.key))
        elif isinstance(item, GroupState):
            drawn.append(_group(sheet, item, _items(sheet, item.items, hidden, ask)))
        elif item.key not in hidden:
            drawn.append(roster(sheet, item, lambda inner: _items(sheet, inner, hidden, ask), ask))
    return drawn


def _group(_sheet: Sheet, group: GroupState, inside: list[ft.Control]) -> ft.Control:
    """A group inside a page: its heading, and what it asks."""
    said = bool(group.relevant and group.label)
    heading = ft.Semantics(header=True, content=title(group.label)) if said else None
    return _stack([ft.Container(heading, padding=PAGE_HEAD if said else None), *inside])


def _stack(parts: list[ft.Control]) -> ft.Column:
    """One below the other; what is not shown now keeps its place, without any height.

    The client makes every field behind an inserted one anew, and one that is being typed into
    would lose its focus and, in a browser with a screen reader, what was typed.
    """
    return ft.Column(
        parts, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )
