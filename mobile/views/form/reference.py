"""A question that is answered with another record: its name, and a search to pick another."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile.store.cards import DwellingCard
from mobile.views.context import current_tab
from mobile.views.form.labelled import fault_line
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.field import with_words
from mobile.views.parts.panels import line, panel
from mobile.views.parts.type import label, muted, title
from mobile.views.state.sheet import Sheet
from mobile.views.theme import GAP, field_border
from shared.forms.logic import QuestionState

Pick = Callable[[str], Awaitable[None]]
"""Takes the id of the chosen record."""

FOUND_MAX = 6
DWELLING = "dwelling"


@guarded
def reference_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """The record that is meant. A dwelling can be searched for, or registered on the way."""
    texts = current_tab().texts
    name = question.key
    chosen = sheet.text(name)
    searching, set_searching = ft.use_state(False)
    can_pick = question.question.reference == DWELLING and not question.readonly

    async def pick(dwelling: str) -> None:
        sheet.answer(name, dwelling)
        set_searching(False)
        await off_loop(sheet.keep_and_compare)()

    words = f"{question.label} *" if question.required else question.label
    if can_pick and (searching or not chosen):
        return ft.Column(
            [label(words), dwelling_search(sheet, pick), *_fault(sheet, name)],
            spacing=6,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    change = button(
        f"q-{name}-change", texts("form.change"), lambda: set_searching(True), weight=Weight.QUIET
    )
    shown = current_tab().label(chosen) or texts("answers.elsewhere") if chosen else "—"
    return ft.Row(
        [
            ft.Column([label(words), title(shown)], spacing=2, tight=True, expand=True),
            *([change] if can_pick else []),
        ]
    )


@guarded
def dwelling_search(sheet: Sheet, pick: Pick) -> ft.Control:
    """A search field over the dwellings of this device, with the best of what it finds."""
    texts = current_tab().texts
    query, set_query = ft.use_state("")
    store = sheet.tab.store
    found = store.dwellings(query, limit=FOUND_MAX)
    new = sheet.new_dwelling
    return panel(
        [
            ft.Semantics(
                identifier="dwelling-search",
                content=with_words(
                    sheet.tab,
                    ft.TextField(
                        label=texts("dwelling.search"),
                        helper=texts("dwelling.search_hint"),
                        helper_max_lines=3,
                        value=query,
                        on_change=lambda event: set_query(event.control.value),
                        prefix_icon=ft.Icons.SEARCH,
                        autocorrect=False,
                        border=field_border(),
                    ),
                ),
            ),
            *[_found(dwelling, pick) for dwelling in found],
            *([] if found else [muted(texts("dwelling.none"))]),
            *(
                [button("dwelling-new", texts("dwelling.new"), new, icon=ft.Icons.ADD)]
                if new
                else []
            ),
        ],
        spacing=GAP,
    )


def _found(dwelling: DwellingCard, pick: Pick) -> ft.Control:
    texts = current_tab().texts
    name = dwelling.label or dwelling.code
    under = [part for part in (dwelling.plate, dwelling.code) if part != name]
    if dwelling.households:
        under.append(texts("dwelling.households", n=dwelling.households))

    async def chosen() -> None:
        await pick(dwelling.id)

    return line(
        f"dwelling-{dwelling.id}",
        name,
        under=" · ".join(part for part in dict.fromkeys(under) if part),
        icon=ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
        on_click=chosen,
    )


def _fault(sheet: Sheet, name: str) -> list[ft.Control]:
    fault = sheet.fault(name)
    return [fault_line(fault)] if fault else []
