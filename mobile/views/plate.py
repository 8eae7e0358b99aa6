"""A door plate: its QR code in a picture, or its number typed, opens who lives there."""

import asyncio

import flet as ft

from mobile.codes import can_read_codes
from mobile.store.cards import DwellingCard
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_watched
from mobile.views.parts.buttons import Act
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import banner, line, section
from mobile.views.parts.picture_source import picture_source
from mobile.views.parts.type import muted
from mobile.views.state.plate import PlateState

AT = "/plate"
TYPING_SECONDS = 0.12


@guarded_view
def plate_screen() -> ft.View:
    """Finding a home by its plate."""
    title = current_tab().texts("plate.title")
    return step_screen(AT, plate_body(), title=title, back="/households")


@guarded
def plate_body() -> ft.Control:
    """The camera, the field, and what was found."""
    tab = current_tab()
    state = ft.use_memo(lambda: PlateState(tab), [])
    use_watched(state)
    texts = tab.texts

    async def given(content: bytes, _name: str) -> None:
        if route := await asyncio.to_thread(state.read, content):
            go(route)

    ways = [muted(texts("plate.hint")), picture_source("plate", texts("plate.pick"), given)]
    no_reader = [muted(texts("plate.no_reader"))]
    said = [banner(texts(state.said), icon=ft.Icons.QR_CODE_2)] if state.said else []
    found = [_home(state, card) for card in state.found]
    return scrolled(
        [
            section(texts("plate.scan"), ways if can_read_codes() else no_reader),
            section(texts("plate.type"), [_field(state), *said, *found]),
        ]
    )


def _field(state: PlateState) -> ft.Control:
    async def typed(event: ft.Event[ft.TextField]) -> None:
        state.type(event.control.value)
        text = state.typed
        await asyncio.sleep(TYPING_SECONDS)
        if text == state.typed:
            await off_loop(state.look)()

    return ft.Semantics(
        identifier="plate-field",
        content=with_words(
            current_tab(),
            ft.TextField(
                label=current_tab().texts("plate.label"),
                value=state.typed,
                on_change=typed,
                autocorrect=False,
                enable_suggestions=False,
                prefix_icon=ft.Icons.PIN_OUTLINED,
            ),
        ),
    )


def _home(state: PlateState, card: DwellingCard) -> ft.Control:
    texts = current_tab().texts
    number = card.households
    under = texts("plate.households", n=number) if number else texts("picture.nobody")
    return line(
        f"home-{card.id}",
        card.label,
        under=" · ".join(filter(None, (card.code if card.code != card.label else "", under))),
        icon=ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
        on_click=_opens(state, card),
    )


def _opens(state: PlateState, card: DwellingCard) -> Act:
    async def opens() -> None:
        go(await asyncio.to_thread(state.route, card.id))

    return opens
