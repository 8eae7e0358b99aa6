"""The sketch map of a grid: its outline, and its doors coloured and lettered by how they stand."""

import flet as ft
from flet import canvas

from mobile.store.buildings import DoorCell
from mobile.views.buildings import building_words
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, Weight, button, icon_button
from mobile.views.parts.chip import chip
from mobile.views.parts.doors import TONES, door_border, legend
from mobile.views.parts.frame import READING_WIDTH, go, scrolled, step_screen
from mobile.views.parts.panels import Tone, empty, line, panel, section
from mobile.views.parts.type import label, muted, title
from mobile.views.state.sketch import SIGN, ZOOMS, Sign, SketchState
from mobile.views.theme import CORNER, EDGE, GAP

AT = "/map"
HEIGHT = 440
LISTED_MAX = 30
MARK = 34
"""The side of what is seen of a sign; what can be tapped is larger."""


@guarded_view
def map_screen() -> ft.View:
    """The sketch of one of the worker's grids."""
    title_ = current_tab().texts("map.title")
    return step_screen(AT, map_body(), title=title_, back="/households")


@guarded
def map_body() -> ft.Control:
    """The grids, the sketch, what was tapped, and what has no place yet."""
    tab = current_tab()
    state = ft.use_memo(lambda: SketchState(tab, ""), [])
    use_live(state)
    texts, sketch = tab.texts, state.sketch
    if sketch is None:
        return empty(ft.Icons.MAP_OUTLINED, texts("map.none"), texts("map.none_hint"))
    if not sketch.outline and not sketch.spots:
        drawn = [empty(ft.Icons.MAP_OUTLINED, texts("map.blank"), texts("map.blank_hint"))]
    else:
        drawn = [legend(state.states(), texts), picture(state), _nearer(state)]
    chosen = [_chosen(state, state.chosen)] if state.chosen else []
    return scrolled([*_grids(state), *drawn, *chosen, *_unplaced(state)])


def _grids(state: SketchState) -> list[ft.Control]:
    """The worker's grids, where there are several."""
    if len(state.areas) < 2:
        return [title(area.name) for area in state.areas]

    def choose(grid: str) -> Act:
        def chosen() -> None:
            state.grid, state.chosen = grid, None
            state.load()

        return chosen

    chips: list[ft.Control] = [
        chip(f"map-{area.id}", area.name, choose(area.id), chosen=area.id == state.grid)
        for area in state.areas
    ]
    return [ft.Row(chips, scroll=ft.ScrollMode.HIDDEN, spacing=8)]


@guarded
def picture(state: SketchState) -> ft.Control:
    """The sketch; it scrolls both ways when it is larger than its frame."""
    across, down = ft.use_memo(ft.Ref[ft.Row], []), ft.use_memo(ft.Ref[ft.Column], [])
    room = min(ft.context.page.width or READING_WIDTH, READING_WIDTH) - 2 * EDGE
    width, height, scale = state.size(room, HEIGHT)
    frame = min(HEIGHT, height)

    async def to_the_middle() -> None:
        x, y = state.middle(scale)
        if across.current is not None and down.current is not None and state.zoom != ZOOMS[0]:
            await across.current.scroll_to(offset=max(0.0, x - room / 2), duration=0)
            await down.current.scroll_to(offset=max(0.0, y - frame / 2), duration=0)

    ft.use_effect(to_the_middle, [state.zoom, state.grid])
    signs = [_sign(state, sign) for sign in state.signs(scale)]
    sheet = ft.Stack(
        [canvas.Canvas([*_outline(state, scale)], width=width, height=height), *signs],
        width=width,
        height=height,
    )
    inside = ft.Column([sheet], ref=down, scroll=ft.ScrollMode.AUTO, height=frame)
    return ft.Container(
        ft.Row([inside], ref=across, scroll=ft.ScrollMode.AUTO),
        height=frame,
        alignment=ft.Alignment.CENTER,
        border_radius=CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
    )


def _outline(state: SketchState, scale: float) -> list[canvas.Shape]:
    rings = state.sketch.outline if state.sketch else ()
    steps: list[canvas.Path.PathElement] = []
    for ring in rings:
        points = [(x * scale, y * scale) for x, y in ring]
        steps += [canvas.Path.MoveTo(*points[0])]
        steps += [canvas.Path.LineTo(*point) for point in points[1:]]
        steps += [canvas.Path.Close()]
    fill = ft.Paint(color=ft.Colors.SURFACE_CONTAINER_HIGH, style=ft.PaintingStyle.FILL)
    edge = ft.Paint(color=ft.Colors.OUTLINE, stroke_width=2, style=ft.PaintingStyle.STROKE)
    return [canvas.Path(steps, paint=fill), canvas.Path(steps, paint=edge)] if steps else []


def _sign(state: SketchState, sign: Sign) -> ft.Control:
    texts = current_tab().texts
    back, ink = TONES.get(sign.state, Tone.PLAIN).value
    letter = texts(f"picture.{sign.state}.letter")
    number = str(sign.so) if len(sign.doors) > 1 else ""
    mark = ft.Container(
        width=MARK,
        height=MARK,
        border_radius=MARK / 2 if number else 8,
        bgcolor=back,
        border=door_border(sign.state),
        alignment=ft.Alignment.CENTER,
        content=ft.Text(
            f"{letter}{number}",
            theme_style=ft.TextThemeStyle.LABEL_SMALL,
            weight=ft.FontWeight.W_600,
            color=ink,
        ),
    )
    x, y = sign.at
    return ft.Container(
        ft.Semantics(
            identifier=f"sign-{sign.doors[0].dwelling}",
            label=_words(sign),
            button=True,
            exclude_semantics=True,
            content=ft.Container(
                mark,
                width=SIGN,
                height=SIGN,
                alignment=ft.Alignment.CENTER,
                on_click=_tapped(state, sign),
                ink=True,
                border_radius=SIGN / 2,
            ),
        ),
        left=x - SIGN / 2,
        top=y - SIGN / 2,
    )


def _words(sign: Sign) -> str:
    texts = current_tab().texts
    names = [building_words(name, texts) for name in sign.buildings]
    if len(sign.doors) == 1:
        cell = sign.doors[0]
        names = [" ".join(filter(None, (cell.label, cell.name)))]
    count = texts("picture.doors", n=len(sign.doors)) if len(sign.doors) > 1 else ""
    state = texts(f"picture.{sign.state}.name")
    so = texts("picture.count", name=state, n=sign.so) if count else state
    return " ".join(filter(None, (*names[:3], count, so)))


def _tapped(state: SketchState, sign: Sign) -> Act:
    """One household opens; a building shows its picture; several are listed below."""
    if len(sign.doors) == 1:
        return lambda: go(_route(sign.doors[0]))
    if len(sign.buildings) == 1:
        return lambda: go(f"/buildings/{sign.doors[0].dwelling}")
    return lambda: state.choose(sign)


def _route(cell: DoorCell) -> str:
    if len(cell.households) == 1:
        return f"/households/{cell.households[0]}"
    return f"/buildings/{cell.dwelling}?door={cell.dwelling}"


def _nearer(state: SketchState) -> ft.Control:
    texts = current_tab().texts
    away = icon_button("map-back", texts("map.back"), ft.Icons.ZOOM_OUT, _steps(state, -1))
    nearer = icon_button("map-nearer", texts("map.nearer"), ft.Icons.ZOOM_IN, _steps(state, 1))
    ways = [*([away] if state.zoom != ZOOMS[0] else []), nearer]
    ways = ways if state.zoom != ZOOMS[-1] else [away]
    words = label(texts("map.size", width=_metres(state)))
    return ft.Row([ft.Container(words, expand=True), *ways], spacing=GAP)


def _steps(state: SketchState, step: int) -> Act:
    return lambda: state.near(step)


def _metres(state: SketchState) -> int:
    return round(state.sketch.width / state.zoom) if state.sketch else 0


def _chosen(state: SketchState, sign: Sign) -> ft.Control:
    texts = current_tab().texts
    close = button("map-close", texts("picture.close"), _close(state), weight=Weight.QUIET)
    return panel(
        [
            title(texts("picture.doors", n=len(sign.doors))),
            *[_door(cell) for cell in sign.doors[:LISTED_MAX]],
            ft.Row([close], alignment=ft.MainAxisAlignment.END),
        ]
    )


def _close(state: SketchState) -> Act:
    return lambda: state.choose(None)


def _door(cell: DoorCell) -> ft.Control:
    texts = current_tab().texts
    under = " · ".join(filter(None, (cell.name, texts(f"picture.{cell.state}.name"))))
    return line(
        f"map-door-{cell.dwelling}", cell.label, under=under, on_click=lambda: go(_route(cell))
    )


def _unplaced(state: SketchState) -> list[ft.Control]:
    """Buildings with doors that nobody has located yet."""
    texts = current_tab().texts
    found = state.sketch.unplaced if state.sketch else ()
    if not found:
        return []
    number = sum(len(cells) for _, cells in found)
    lines = [
        line(
            f"unplaced-{cells[0].dwelling}",
            building_words(name, texts),
            under=texts("picture.doors", n=len(cells)),
            icon=ft.Icons.WRONG_LOCATION_OUTLINED,
            on_click=_to_building(cells[0]),
        )
        for name, cells in found[:LISTED_MAX]
    ]
    hint = muted(texts("map.unplaced_hint"))
    return [section(texts("map.unplaced"), [hint, *lines], beside=texts("picture.doors", n=number))]


def _to_building(cell: DoorCell) -> Act:
    return lambda: go(f"/buildings/{cell.dwelling}")
