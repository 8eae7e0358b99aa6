"""Every text can be read on its ground, in light and in dark: WCAG AA."""

import flet as ft
import pytest

from mobile.views.parts.household_card import card_height
from mobile.views.parts.panels import Tone
from mobile.views.theme import BIG_TARGET, DARK, LARGE, LIGHT, TARGET, theme
from tests.mobile.views.colours import contrast

TEXT_CONTRAST = 4.5
SIGN_CONTRAST = 3.0
GROUNDS = ("surface", "surface_container_low", "surface_container", "surface_container_high")
INKS = ("on_surface", "on_surface_variant", "primary", "error", "tertiary")
PAIRS = [
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    *(
        (f"on_{role}", role)
        for role in (
            "primary",
            "primary_container",
            "secondary",
            "secondary_container",
            "tertiary",
            "tertiary_container",
            "error",
            "error_container",
        )
    ),
    ("on_inverse_surface", "inverse_surface"),
]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(colours: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(colours[ink], colours[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_border_of_a_field_stands_out(colours: dict[str, str]) -> None:
    assert contrast(colours["outline"], colours["surface"]) >= SIGN_CONTRAST


def test_contrast_is_measured_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_no_panel_is_red() -> None:
    assert not any("error" in str(colour) for tone in Tone for colour in tone.value)


def test_what_is_tapped_is_big_enough() -> None:
    assert TARGET >= 48
    assert BIG_TARGET > TARGET


@pytest.mark.parametrize("scale", [1.0, 1.3, 1.6, 2.0])
def test_large_text_leaves_room_for_what_stands_side_by_side(scale: float) -> None:
    look = theme(LIGHT, scale=scale, font=None)
    places, bar = look.navigation_bar_theme, look.appbar_theme
    assert places is not None
    assert bar is not None
    assert isinstance(places.label_text_style, ft.TextStyle)
    assert bar.title_text_style is not None

    assert places.label_text_style.size == pytest.approx(13 * min(scale, 1.3), abs=0.1)
    assert bar.title_text_style.size == pytest.approx(22 * min(scale, 1.5), abs=0.1)
    assert card_height(scale) >= 104 * scale
    assert (card_height(scale) > 104 * scale) is (scale >= LARGE)
