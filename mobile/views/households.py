"""The list of households: search, filters, pages of fifty, and the way to register a new one."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import flet as ft

from mobile.store.cards import HouseholdCard
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_asked_focus, use_live, use_watched
from mobile.views.household import household_pane
from mobile.views.parts.begin import begin_register
from mobile.views.parts.buttons import Act, AsyncAct, Weight, button, icon_button
from mobile.views.parts.chip import chip
from mobile.views.parts.frame import go, place_screen
from mobile.views.parts.household_card import card_height, household_card
from mobile.views.parts.panels import empty
from mobile.views.parts.type import label
from mobile.views.state.search import Narrow, SearchState
from mobile.views.theme import EDGE, GAP, LARGE
from mobile.views.words import Texts

TYPING_SECONDS = 0.12
"""A search waits this long for the next keystroke."""
LIST_WIDTH = 400
"""Of the list where the household stands beside it, dp."""
NEAR_END = 600
"""This close to the end of the list the next page is fetched, dp."""


@guarded_view
def households_screen() -> ft.View:
    """The list; on a wide screen with the chosen household beside it."""
    tab = current_tab()
    title = tab.texts("places.households")
    chosen = ft.use_route_params().get("household", "")
    narrow = _asked_for()
    if not tab.wide:
        return place_screen(
            "households", household_list(narrow=narrow), title=title, button=_register(tab.texts)
        )
    beside = household_pane(chosen) if chosen else _choose_one(tab.texts)
    return place_screen(
        "households",
        ft.Row(
            [
                ft.Container(
                    household_list(chosen, narrow=narrow, register=True), width=LIST_WIDTH
                ),
                ft.VerticalDivider(width=1),
                ft.Container(beside, expand=True),
            ],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        title=title,
    )


@guarded
def household_list(
    chosen: str = "", *, narrow: Narrow = Narrow.ALL, register: bool = False
) -> ft.Control:
    """The search field, the filters and what they find."""
    tab = current_tab()
    state = ft.use_memo(lambda: SearchState(tab, narrow), [])
    use_live(state)
    more = off_loop(state.next_page)

    async def scrolled(event: ft.OnScrollEvent) -> None:
        if event.max_scroll_extent - event.pixels < NEAR_END:
            await more()

    cards = ft.ListView(
        [household_card(card, _opens(card), chosen=card.id == chosen) for card in state.cards],
        item_extent=card_height(tab.house.preferences.text_scale),
        padding=ft.Padding.only(left=EDGE, right=EDGE, bottom=96),
        expand=True,
        on_scroll=scrolled,
        scroll_interval=200,
    )
    return ft.Column(
        [
            search_field(state),
            _filters(state, tab.texts),
            _count(state, tab.texts, register=register),
            cards if state.cards else _nothing(state, tab.texts),
        ],
        spacing=8,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@guarded
def search_field(state: SearchState) -> ft.Control:
    """What is searched for; the keyboard asks for it with a key."""
    use_watched(state)
    tab, texts = current_tab(), current_tab().texts
    use_watched(tab)
    ref = ft.use_memo(ft.Ref[ft.TextField], [])
    types = use_asked_focus(tab, ref)

    async def typed(event: ft.Event[ft.TextField]) -> None:
        state.type(event.control.value)
        query = state.query
        await asyncio.sleep(TYPING_SECONDS)
        if query == state.query:
            await off_loop(state.first_page)()

    async def cleared() -> None:
        state.type("")
        await off_loop(state.first_page)()

    large = state.tab.house.preferences.text_scale >= LARGE
    clear = icon_button("search-clear", texts("search.clear"), ft.Icons.CLOSE, cleared)
    scan = icon_button("plate", texts("plate.title"), ft.Icons.QR_CODE_SCANNER, _to_plates)
    field = ft.TextField(
        label=texts("search.short" if large else "search.label"),
        ref=ref,
        value=state.query,
        on_change=typed,
        on_focus=lambda: types(True),
        on_blur=lambda: types(False),
        suffix_icon=clear if state.query else scan,
    )
    _make_round(field)
    return ft.Container(
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=GAP),
        content=ft.Semantics(identifier="search", content=field),
    )


def _to_plates() -> None:
    go("/plate")


def _make_round(field: ft.TextField) -> None:
    """As a search looks; and no keyboard learns or corrects its words: they are names."""
    field.prefix_icon = ft.Icons.SEARCH
    field.autocorrect = field.enable_suggestions = False
    field.enable_ime_personalized_learning = False
    outline = ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)
    field.border = ft.OutlineInputBorder(border_radius=28, side=outline)
    field.filled, field.fill_color = True, ft.Colors.SURFACE_CONTAINER_LOW


def _filters(state: SearchState, texts: Texts) -> ft.Control:
    def choose(narrow: Narrow) -> AsyncAct:
        async def chosen() -> None:
            state.choose(narrow)
            await off_loop(state.first_page)()

        return chosen

    chips: list[ft.Control] = [
        chip(
            f"narrow-{narrow}",
            texts(f"search.{narrow}"),
            choose(narrow),
            chosen=state.narrow is narrow,
        )
        for narrow in Narrow
    ]
    return ft.Container(
        padding=ft.Padding.only(left=EDGE),
        content=ft.Row(chips, scroll=ft.ScrollMode.HIDDEN, spacing=8),
    )


def _count(state: SearchState, texts: Texts, *, register: bool) -> ft.Control:
    count = ft.Semantics(
        identifier="search-count",
        live_region=True,
        expand=True,
        content=label(texts("search.found", n=state.total)),
    )
    picture = button(
        "buildings",
        texts("picture.open"),
        lambda: go("/buildings"),
        weight=Weight.QUIET,
        icon=ft.Icons.APARTMENT,
    )
    sketch = button(
        "map",
        texts("map.open"),
        lambda: go("/map"),
        weight=Weight.QUIET,
        icon=ft.Icons.MAP_OUTLINED,
    )
    new = button(
        "register",
        texts("register.title"),
        begin_register,
        weight=Weight.SIDE,
        icon=ft.Icons.ADD,
    )
    # A list beside a household is narrow: three things in one row would squeeze the number.
    ways = [*([new] if register else []), picture, sketch]
    large = state.tab.house.preferences.text_scale >= LARGE
    below = ft.Row(ways, wrap=True, spacing=8, run_spacing=4)
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=EDGE),
        content=ft.Column([ft.Row([count]), below], spacing=4, tight=True)
        if register or large
        else ft.Row([count, sketch, picture], spacing=0),
    )


def _nothing(state: SearchState, texts: Texts) -> ft.Control:
    query = state.query.strip()
    heading = texts("search.none", query=query) if query else texts("search.none_here")
    hint = texts("search.none_hint" if query else "search.none_here_hint")
    return ft.Container(empty(ft.Icons.SEARCH_OFF, heading, hint), expand=True)


def _choose_one(texts: Texts) -> ft.Control:
    return ft.Container(
        empty(
            ft.Icons.HOME_WORK_OUTLINED, texts("household.choose"), texts("household.choose_hint")
        ),
        alignment=ft.Alignment.CENTER,
        expand=True,
    )


def _register(texts: Texts) -> ft.FloatingActionButton:
    return ft.FloatingActionButton(
        content=texts("register.title"),
        icon=ft.Icons.ADD,
        on_click=begin_register,
    )


def _opens(card: HouseholdCard) -> Act:
    return lambda: go(f"/households/{card.id}")


def _asked_for() -> Narrow:
    """What the address asks the list to be narrowed to."""
    asked = parse_qs(urlsplit(ft.context.page.route or "").query).get("narrow", [""])[0]
    return Narrow(asked) if asked in set(Narrow) else Narrow.ALL
