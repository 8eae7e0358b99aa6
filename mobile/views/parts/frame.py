"""The frame around a screen: its bar, the four places of the app, and what stands at the foot."""

import re
from collections.abc import Sequence

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import icon_button
from mobile.views.state.light import only_reports
from mobile.views.state.work.offered import OfferedState
from mobile.views.theme import EDGE, GAP, LARGE

READING_WIDTH = 680
"""Text is not stretched wider than this, dp."""
GATE_WIDTH = 420
ALL_OF_IT = 100_000
"""How far beyond its edges a scrolled screen is kept, dp. In a browser with a screen reader a
field that has the focus would forget its text when it is scrolled further away than that."""

PLACES = (
    ("today", "/", ft.Icons.TODAY_OUTLINED, ft.Icons.TODAY),
    ("households", "/households", ft.Icons.HOME_WORK_OUTLINED, ft.Icons.HOME_WORK),
    ("sync", "/sync", ft.Icons.CLOUD_SYNC_OUTLINED, ft.Icons.CLOUD_SYNC),
    ("settings", "/settings", ft.Icons.SETTINGS_OUTLINED, ft.Icons.SETTINGS),
)
"""The places of the app: key, route, icon, icon when the worker is there."""
REPORT = "/report"
_OF_HOUSEHOLD = re.compile(r"/households/([0-9a-f-]{36})")


def go(route: str) -> None:
    """Goes to another screen."""
    ft.context.page.navigate(route)


def place_screen(
    place: str, body: ft.Control, *, title: str, button: ft.Control | None = None
) -> ft.View:
    """One of the four places. All share one route, so that changing places does not slide."""
    tab = current_tab()
    rail = [_rail(place), ft.VerticalDivider(width=1)] if tab.wide else []
    floating = button if isinstance(button, ft.FloatingActionButton) else None
    return ft.View(
        route="/",
        can_pop=place == PLACES[0][0],
        on_confirm_pop=lambda: go(PLACES[0][1]),
        padding=0,
        appbar=None if tab.wide else _bar(title),
        navigation_bar=None if tab.wide else _bottom(place),
        floating_action_button=floating,
        controls=[ft.Row([*rail, _expanded(body)], expand=True, spacing=0)],
    )


def step_screen(
    route: str,
    body: ft.Control,
    *,
    title: str,
    back: str,
    foot: Sequence[ft.Control] = (),
    actions: Sequence[ft.Control] = (),
) -> ft.View:
    """A screen above a place: with a way back, and its main actions at the foot."""
    large = current_tab().house.preferences.text_scale >= LARGE
    bar = [foot_bar(foot, stacked=large and len(foot) > 1)] if foot else []
    return ft.View(
        route=route,
        padding=0,
        appbar=_bar(title, back=back, actions=actions),
        controls=[
            ft.SafeArea(
                expand=True,
                avoid_intrusions_top=False,
                content=ft.Column([_expanded(body), *bar], expand=True, spacing=0),
            )
        ],
    )


def gate_screen(controls: Sequence[ft.Control], *, route: str = "/") -> ft.View:
    """A screen before the app is open: nothing around it."""
    return ft.View(
        route=route,
        can_pop=False,
        padding=EDGE,
        scroll=ft.ScrollMode.AUTO,
        vertical_alignment=ft.MainAxisAlignment.CENTER,
        controls=[
            ft.SafeArea(
                centred(
                    ft.Column(
                        list(controls),
                        spacing=EDGE,
                        tight=True,
                        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    ),
                    GATE_WIDTH,
                )
            )
        ],
    )


def scrolled(
    controls: Sequence[ft.Control],
    *,
    spacing: float = EDGE,
    ref: ft.Ref[ft.ListView] | None = None,
) -> ft.Control:
    """A column that scrolls, with the margins of a screen and no wider than can be read."""
    column = ft.Column(
        list(controls),
        spacing=spacing,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.ListView(
        controls=[centred(column)],
        ref=ref,
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=GAP, bottom=EDGE * 2),
        expand=True,
        cache_extent=ALL_OF_IT,
    )


def foot_bar(controls: Sequence[ft.Control], *, stacked: bool = False) -> ft.Control:
    """The main actions, where the thumb is. stacked: below each other, the last the widest."""
    shown = stack(controls) if stacked else ft.Row(list(controls), spacing=GAP)
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=GAP),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        content=centred(shown),
    )


def stack(controls: Sequence[ft.Control]) -> ft.Control:
    """Below each other, as wide as there is room: large text has none side by side."""
    *above, last = controls
    return ft.Column(
        [*(ft.Row([one]) for one in above), last],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def centred(content: ft.Control, width: float = READING_WIDTH) -> ft.Control:
    """The content as wide as there is room, up to `width`, in the middle."""
    return ft.Container(
        alignment=ft.Alignment.TOP_CENTER, content=ft.Container(content=content, width=width)
    )


def _bar(title: str, *, back: str = "", actions: Sequence[ft.Control] = ()) -> ft.AppBar:
    texts = current_tab().texts
    leading = icon_button("back", texts("back"), ft.Icons.ARROW_BACK, lambda: go(back))
    return ft.AppBar(
        title=title,
        leading=leading if back else None,
        automatically_imply_leading=False,
        actions=[*actions, report_button()],
        center_title=False,
        bgcolor=ft.Colors.SURFACE,
        elevation_on_scroll=1,
    )


@guarded
def report_button() -> ft.Control:
    """What must be reported is one tap away from every screen, where the town works with cases."""
    tab = current_tab()
    state = ft.use_memo(lambda: OfferedState(tab), [])
    use_live(state)
    if not state.offered:
        return ft.Container()
    words = tab.texts("report.title")
    return icon_button("report", words, ft.Icons.CAMPAIGN_OUTLINED, _to_report)


def _to_report() -> None:
    """On a household's screens the report is about that household."""
    found = _OF_HOUSEHOLD.match(ft.context.page.route or "")
    go(f"{REPORT}/{found[1]}" if found else REPORT)


def _bottom(place: str) -> ft.NavigationBar:
    texts = current_tab().texts
    return ft.NavigationBar(
        selected_index=_index(place),
        on_change=_change,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        destinations=[
            ft.NavigationBarDestination(
                label=texts(f"places.{key}"), icon=icon, selected_icon=chosen
            )
            for key, _, icon, chosen in _places()
        ],
    )


def _rail(place: str) -> ft.Control:
    texts = current_tab().texts
    return ft.NavigationRail(
        selected_index=_index(place),
        on_change=_change,
        label_type=ft.NavigationRailLabelType.ALL,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        min_width=88,
        group_alignment=-0.95,
        trailing=report_button(),
        destinations=[
            ft.NavigationRailDestination(
                label=texts(f"places.{key}"), icon=icon, selected_icon=chosen
            )
            for key, _, icon, chosen in _places()
        ],
    )


def _places() -> list[tuple[str, str, ft.IconData, ft.IconData]]:
    """Whoever only reports has no households to go to."""
    light = only_reports(current_tab())
    return [place for place in PLACES if place[0] != "households" or not light]


def _index(place: str) -> int:
    keys = [key for key, *_ in _places()]
    return keys.index(place) if place in keys else 0


def _change(event: ft.Event[ft.NavigationBar] | ft.Event[ft.NavigationRail]) -> None:
    go(_places()[int(event.control.selected_index or 0)][1])


def _expanded(content: ft.Control) -> ft.Control:
    return ft.Container(content=content, expand=True)
