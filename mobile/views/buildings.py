"""The building picture: floors and rooms, coloured and lettered by how each door stands."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import flet as ft

from mobile.store.buildings import NO_FLOOR, Building, DoorCell
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import AsyncAct, Weight, button
from mobile.views.parts.doors import TONES, door_border, legend
from mobile.views.parts.flags import Flag
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import Tone, empty, line, panel
from mobile.views.parts.type import label, muted, title
from mobile.views.state.buildings import BuildingsState, PictureState, Row
from mobile.views.theme import EDGE, GAP
from mobile.views.words import Texts

LIST = "/buildings"
LINE_HEIGHT = 76
CELL = 66
FLOOR_WIDTH = 40
BETWEEN = 6


@guarded_view
def buildings_screen() -> ft.View:
    """Every building of the worker's grids."""
    title_ = current_tab().texts("picture.title")
    return step_screen(LIST, buildings_body(), title=title_, back="/households")


@guarded
def buildings_body() -> ft.Control:
    """The list, each building with what asks for attention."""
    tab = current_tab()
    state = ft.use_memo(lambda: BuildingsState(tab), [])
    use_live(state)
    texts = tab.texts
    if not state.buildings:
        return empty(ft.Icons.APARTMENT, texts("picture.none"), texts("picture.none_hint"))
    lines = [_building(state, one) for one in state.buildings]
    return ft.ListView(
        [label(texts("picture.buildings", n=len(lines))), *lines],
        spacing=8,
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=GAP),
        expand=True,
        build_controls_on_demand=True,
    )


def _building(state: BuildingsState, building: Building) -> ft.Control:
    return line(
        f"building-{building.door}",
        building_words(building.name, current_tab().texts),
        under=state.words(building),
        icon=ft.Icons.APARTMENT,
        on_click=lambda: go(f"{LIST}/{building.door}"),
    )


def building_words(name: str, texts: Texts) -> str:
    """What a building is called: a bare number is a building's number."""
    if not name:
        return texts("picture.unnamed")
    return texts("picture.named", name=name) if name.isdigit() else name


@guarded_view
def picture_screen() -> ft.View:
    """The building that the address names by one of its doors."""
    door = ft.use_route_params().get("door", "")
    title_ = current_tab().texts("picture.title")
    asked = parse_qs(urlsplit(ft.context.page.route or "").query).get("door", [""])[0]
    return step_screen(f"{LIST}/{door}", picture_body(door, asked), title=title_, back=LIST)


@guarded
def picture_body(door: str, opened: str = "") -> ft.Control:
    """The legend, the picture, and what lives behind a door that cannot simply be opened."""
    tab = current_tab()
    state = ft.use_memo(lambda: PictureState(tab, door, opened), [door, opened])
    use_live(state)
    texts = tab.texts
    if state.picture is None:
        return empty(ft.Icons.APARTMENT, texts("picture.gone_title"), texts("household.gone_hint"))
    entrances = zip(state.entrances(), state.rows(), strict=True)
    drawn = [_entrance(state, name, rows) for name, rows in entrances]
    picture = ft.Row(
        drawn,
        scroll=ft.ScrollMode.AUTO,
        spacing=EDGE,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    chosen = [_chosen(state, state.chosen)] if state.chosen else []
    heading = title(building_words(state.picture.name, texts))
    return scrolled([heading, legend(state.picture.states, texts), *chosen, picture])


def _entrance(state: PictureState, name: str, floors: tuple[tuple[Row, ...], ...]) -> ft.Control:
    texts = current_tab().texts
    head = [label(texts("picture.entrance", name=name))] if name else []
    rows = [_row(state, row) for floor in floors for row in floor]
    return ft.Column([*head, *rows], spacing=BETWEEN, tight=True)


def _row(state: PictureState, row: Row) -> ft.Control:
    tab = current_tab()
    words = tab.texts("picture.floor", n=row.floor)
    words = tab.texts("picture.no_floor") if row.floor == NO_FLOOR else words
    scale = tab.house.preferences.text_scale
    height = CELL * scale
    number = ft.Container(label(words), width=FLOOR_WIDTH * scale, alignment=ft.Alignment.CENTER)
    cells = [_cell(state, cell) for cell in row.doors if cell is not None]
    return ft.Row([number, *cells], spacing=BETWEEN, height=height, tight=True)


def _cell(state: PictureState, cell: DoorCell) -> ft.Control:
    tab = current_tab()
    texts, side = tab.texts, CELL * tab.house.preferences.text_scale
    back, ink = TONES.get(cell.state, Tone.PLAIN).value
    named = {flag.value for flag in Flag}
    marks = "".join(texts(f"flags.{mark}.letter") for mark in cell.marks if mark in named)
    letter = texts(f"picture.{cell.state}.letter")
    words = " ".join(
        part for part in (cell.label, cell.name, texts(f"picture.{cell.state}.name")) if part
    )
    box = ft.Container(
        width=side,
        height=side,
        padding=4,
        border_radius=10,
        bgcolor=back,
        border=door_border(cell.state),
        ink=True,
        on_click=_opens(state, cell),
        content=_door(cell.room, letter, marks, ink),
    )
    return ft.Semantics(
        identifier=f"door-{cell.dwelling}",
        key=cell.dwelling,
        label=words,
        button=True,
        exclude_semantics=True,
        content=box,
    )


def _door(room: str, letter: str, marks: str, ink: ft.Colors) -> ft.Control:
    """What stands on a door: its room, the letter of its state and those of its marks."""
    small = ft.TextThemeStyle.LABEL_SMALL
    letters = ft.Row(
        [
            ft.Text(letter, weight=ft.FontWeight.W_600, color=ink),
            ft.Text(marks, theme_style=small, color=ink),
        ],
        spacing=2,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    return ft.Column(
        [ft.Text(room, theme_style=small, color=ink, max_lines=1), letters],
        spacing=2,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _opens(state: PictureState, cell: DoorCell) -> AsyncAct:
    async def opens() -> None:
        if len(cell.households) == 1:
            go(f"/households/{cell.households[0]}")
        else:
            state.choose(cell)

    return opens


def _chosen(state: PictureState, cell: DoorCell) -> ft.Control:
    tab = current_tab()
    texts, number = tab.texts, len(cell.households)
    cards = [card for one in cell.households if (card := tab.store.household(one))]
    lines = [
        line(f"at-{c.id}", c.head_name or texts("card.no_name"), on_click=_to(c.id)) for c in cards
    ]

    async def register() -> None:
        draft = await asyncio.to_thread(state.begin_register, cell)
        go(f"/households/register/{draft.id}")

    return panel(
        [
            title(cell.label),
            muted(texts("picture.several", n=number) if number else texts("picture.nobody")),
            *lines,
            ft.Row(
                [
                    button(
                        "door-close",
                        texts("picture.close"),
                        lambda: state.choose(None),
                        weight=Weight.QUIET,
                    ),
                    button("door-register", texts("picture.register"), register),
                ],
                alignment=ft.MainAxisAlignment.END,
            ),
        ],
        tone=Tone.PLAIN,
    )


def _to(household: str) -> AsyncAct:
    async def to() -> None:
        go(f"/households/{household}")

    return to
