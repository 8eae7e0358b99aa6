"""Reporting: one tap from every screen leads here, and one more to the shortest form there is."""

import asyncio
from collections.abc import Sequence

import flet as ft

from mobile.store.values import Draft
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import REPORT, go, scrolled, step_screen
from mobile.views.parts.panels import banner, line, section
from mobile.views.parts.type import title
from mobile.views.state.light import only_reports
from mobile.views.state.work.cases import code_name
from mobile.views.state.work.reporting import MUST_REPORT, begin, must_report, takes_maternal
from mobile.views.theme import CORNER, GAP
from mobile.views.work.words import sort_icon, sort_name
from shared.work.values import MATERNAL

OTHERS = ("dispute", "livelihood", "service_request", "environment", "public_order", "other")
ENTRIES: tuple[tuple[str, ft.IconData], ...] = (
    ("diary", ft.Icons.MENU_BOOK_OUTLINED),
    ("patrol", ft.Icons.DIRECTIONS_WALK_OUTLINED),
    ("feedback", ft.Icons.RATE_REVIEW_OUTLINED),
)
BIG, BIG_ICON = 92, 32
"""The five are large: somebody may stand in a stairwell without light."""


@guarded_view
def report_screen() -> ft.View:
    """What is to be reported?"""
    texts = current_tab().texts
    household = ft.use_route_params().get("household", "")
    back = f"/households/{household}" if household else "/"
    return step_screen("/report", report_body(household), title=texts("report.title"), back=back)


@guarded
def report_body(household: str = "") -> ft.Control:
    """The five that must be reported, other cases, and what else is written down."""
    tab = current_tab()
    about: dict[str, object] = {"household": household} if household else {}
    named = tab.label(household) if household else ""
    texts = tab.texts
    light = only_reports(tab)
    others = [_other(sort, about) for sort in (OTHERS[-1:] if light else OTHERS)]
    entries = [
        _entry(kind, icon, about if kind == "diary" else {})
        for kind, icon in ENTRIES
        if tab.store.form(kind) is not None and (kind == "feedback" or not light)
    ]
    harm = [_harm(about)] if tab.store.form("protection") is not None else []
    return scrolled(
        [
            *([_about(named)] if named else []),
            section(texts("report.must"), [must_tiles(about)]),
            section(texts("report.others"), [*others, *harm]),
            section(texts("report.entries"), entries),
        ]
    )


def must_tiles(about: dict[str, object]) -> ft.Control:
    """The five that must be reported; about: such as the household."""
    tab = current_tab()
    must = [sort for sort in MUST_REPORT if sort != MATERNAL or takes_maternal(tab)]
    return _tiles([_must(sort, about) for sort in must])


def open_form(draft: Draft) -> None:
    """Goes to the form."""
    go(f"/tasks/form/{draft.id}")


def begins(kind: str, answers: dict[str, object] | None = None) -> Act:
    """Opens the form of something new."""
    tab = current_tab()

    async def act() -> None:
        open_form(await asyncio.to_thread(begin, tab, kind, answers))

    return act


def _about(named: str) -> ft.Control:
    """What is reported from a household's screens is about it, but a lamp in the street is not."""
    texts = current_tab().texts
    words = texts("report.elsewhere")
    elsewhere = button("elsewhere", words, lambda: go(REPORT), weight=Weight.QUIET)
    return banner(texts("report.about", name=named), icon=ft.Icons.HOME, more=[elsewhere])


def _must(sort: str, about: dict[str, object]) -> ft.Control:
    tab = current_tab()

    async def report() -> None:
        open_form(await asyncio.to_thread(must_report, tab, sort, about))

    return ft.Semantics(
        identifier=f"must-{sort}",
        button=True,
        col={"xs": 12, "sm": 6},
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(sort_icon(sort), size=BIG_ICON, color=ft.Colors.ON_PRIMARY_CONTAINER),
                    ft.Container(
                        title(
                            code_name(tab, "must_report", sort),
                            colour=ft.Colors.ON_PRIMARY_CONTAINER,
                        ),
                        expand=True,
                    ),
                ],
                spacing=GAP,
            ),
            padding=ft.Padding.symmetric(horizontal=18, vertical=(BIG - BIG_ICON) / 2),
            border_radius=CORNER,
            bgcolor=ft.Colors.PRIMARY_CONTAINER,
            ink=True,
            on_click=report,
        ),
    )


def _tiles(tiles: Sequence[ft.Control]) -> ft.Control:
    return ft.ResponsiveRow(list(tiles), spacing=GAP, run_spacing=GAP)


def _other(sort: str, about: dict[str, object]) -> ft.Control:
    return line(
        f"report-{sort}",
        sort_name(current_tab(), sort),
        icon=sort_icon(sort),
        on_click=begins("case", {"case_kind": sort, **about}),
    )


def _harm(about: dict[str, object]) -> ft.Control:
    texts = current_tab().texts
    return line(
        "report-protection",
        texts("report.harm"),
        under=texts("report.harm_hint"),
        icon=ft.Icons.SHIELD_OUTLINED,
        on_click=begins("protection", about),
    )


def _entry(kind: str, icon: ft.IconData, about: dict[str, object]) -> ft.Control:
    return line(
        f"report-{kind}",
        current_tab().texts(f"form.new_{kind}"),
        icon=icon,
        on_click=begins(kind, about),
    )
