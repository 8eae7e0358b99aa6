"""A question with two answers: both are shown, with who, when, and that the office decides."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.parts.panels import Tone, panel
from mobile.views.parts.type import label, title
from mobile.views.state.contests import Claim, Contest
from mobile.views.theme import CORNER, GAP


def contest_panel(contest: Contest) -> ft.Control:
    """All values that still stand, side by side."""
    texts = current_tab().texts
    ink = Tone.ASKS.value[1]
    return panel(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.COMPARE_ARROWS, color=ink),
                    ft.Container(
                        title(texts("contest.title", name=contest.name), colour=ink), expand=True
                    ),
                ],
                spacing=GAP,
            ),
            *[_claim(claim) for claim in contest.claims],
            label(texts("contest.waits"), colour=ink),
        ],
        tone=Tone.ASKS,
    )


def _claim(claim: Claim) -> ft.Control:
    texts = current_tab().texts
    when = texts("contest.device_time", time=claim.device_time)
    lines = [f"{claim.who} · {when}"]
    if claim.corrected_time:
        lines.append(texts("contest.corrected_time", time=claim.corrected_time))
    if claim.in_visit:
        lines.append(texts("contest.in_visit"))
    if claim.pending:
        lines.append(texts("contest.pending"))
    shown = [label(texts("contest.shown"), colour=ft.Colors.PRIMARY)] if claim.shown else []
    return ft.Container(
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=CORNER - 4,
        padding=GAP,
        content=ft.Column(
            [
                ft.Row([ft.Container(title(claim.value), expand=True), *shown]),
                *[label(words) for words in lines],
            ],
            spacing=2,
            tight=True,
        ),
    )
