"""Which screen each address shows."""

import flet as ft

from mobile.views.asked import asked_screen
from mobile.views.buildings import buildings_screen, picture_screen
from mobile.views.form.screen import (
    form_screen,
    own_form_screen,
    register_part_screen,
    visit_part_screen,
)
from mobile.views.household import household_screen
from mobile.views.households import households_screen
from mobile.views.life import life_screen, life_step_screen
from mobile.views.own import own_screen
from mobile.views.plate import plate_screen
from mobile.views.policy import policy_screen
from mobile.views.postpone import postpone_screen
from mobile.views.register import register_screen
from mobile.views.settings import settings_screen
from mobile.views.sketch import map_screen
from mobile.views.story import answer_screen, story_screen
from mobile.views.sync import sync_screen
from mobile.views.today import today_screen
from mobile.views.visit import visit_screen
from mobile.views.work.routes import WORK_ROUTES


def routes(*, wide: bool) -> list[ft.Route]:
    """The screens by address.

    On a narrow screen they lie on top of each other, so that the system's way back works; on a
    wide one the household stands beside the list, and a form takes the whole screen.
    """
    return [*_PLACES, *WORK_ROUTES, *(_wide() if wide else _narrow())]


_PLACES = (
    ft.Route(index=True, component=today_screen),
    ft.Route(path="sync", component=sync_screen),
    ft.Route(path="settings", component=settings_screen),
    ft.Route(path="buildings", component=buildings_screen),
    ft.Route(path="buildings/:door", component=picture_screen),
    ft.Route(path="plate", component=plate_screen),
    ft.Route(path="map", component=map_screen),
    ft.Route(path="policy", component=policy_screen),
    ft.Route(path="own/:kind", component=own_screen),
    ft.Route(path="own/:kind/form/:draft", component=own_form_screen),
)


def _narrow() -> list[ft.Route]:
    visit = ft.Route(
        path="visit/:draft",
        component=visit_screen,
        children=[ft.Route(path="form/:part", component=visit_part_screen)],
    )
    register = ft.Route(
        path="register/:group",
        component=register_screen,
        children=[ft.Route(path="form/:part", component=register_part_screen)],
    )
    household = ft.Route(
        path=":household",
        component=household_screen,
        children=[ft.Route(path="form/:draft", component=form_screen), visit, *_past()],
    )
    return [
        ft.Route(
            path="households",
            component=households_screen,
            children=[register, household],
        )
    ]


def _past(at: str = "") -> list[ft.Route]:
    """What is known of a household's past, and what may happen to it."""
    return [
        ft.Route(path=f"{at}postpone", component=postpone_screen),
        ft.Route(path=f"{at}life", component=life_screen),
        ft.Route(path=f"{at}life/:step", component=life_step_screen),
        ft.Route(path=f"{at}story", component=story_screen),
        ft.Route(path=f"{at}asked/:question", component=asked_screen),
        ft.Route(path=f"{at}answer/:record/:unit", component=answer_screen),
    ]


def _wide() -> list[ft.Route]:
    at = "households/:household"
    return [
        ft.Route(path="households/register/:group", component=register_screen),
        ft.Route(path="households/register/:group/form/:part", component=register_part_screen),
        ft.Route(path=f"{at}/form/:draft", component=form_screen),
        *_past(f"{at}/"),
        ft.Route(path=f"{at}/visit/:draft", component=visit_screen),
        ft.Route(path=f"{at}/visit/:draft/form/:part", component=visit_part_screen),
        ft.Route(path="households/:household?", component=households_screen),
    ]
