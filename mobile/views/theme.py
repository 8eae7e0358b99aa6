"""Colours, type sizes and shapes: one calm scheme, light and dark, with AA contrast."""

import flet as ft

LIGHT = {
    "primary": "#1B6B5A",
    "on_primary": "#FFFFFF",
    "primary_container": "#CBEADF",
    "on_primary_container": "#00382C",
    "secondary": "#47625A",
    "on_secondary": "#FFFFFF",
    "secondary_container": "#D9E7E1",
    "on_secondary_container": "#12211B",
    "tertiary": "#855400",
    "on_tertiary": "#FFFFFF",
    "tertiary_container": "#FFE2B5",
    "on_tertiary_container": "#382300",
    "error": "#A8321F",
    "on_error": "#FFFFFF",
    "error_container": "#FADCD5",
    "on_error_container": "#421008",
    "surface": "#F4F7F5",
    "on_surface": "#171D1A",
    "on_surface_variant": "#404944",
    "surface_container_lowest": "#FFFFFF",
    "surface_container_low": "#FBFDFB",
    "surface_container": "#EBF0ED",
    "surface_container_high": "#E4EAE6",
    "surface_container_highest": "#DDE4E0",
    "outline": "#6B756F",
    "outline_variant": "#C6CFCA",
    "inverse_surface": "#2C322F",
    "on_inverse_surface": "#EDF2EE",
    "inverse_primary": "#8AD6C1",
    "surface_tint": "#F4F7F5",
}
DARK = {
    "primary": "#8AD6C1",
    "on_primary": "#00382C",
    "primary_container": "#11513F",
    "on_primary_container": "#CBEADF",
    "secondary": "#B3CCC2",
    "on_secondary": "#1E352D",
    "secondary_container": "#324841",
    "on_secondary_container": "#D9E7E1",
    "tertiary": "#F3BD70",
    "on_tertiary": "#442B00",
    "tertiary_container": "#5C3D00",
    "on_tertiary_container": "#FFE2B5",
    "error": "#FFB4A4",
    "on_error": "#621205",
    "error_container": "#7E2516",
    "on_error_container": "#FADCD5",
    "surface": "#101512",
    "on_surface": "#DFE4E0",
    "on_surface_variant": "#BFC9C3",
    "surface_container_lowest": "#0B0F0D",
    "surface_container_low": "#1A201D",
    "surface_container": "#1D2420",
    "surface_container_high": "#272E2A",
    "surface_container_highest": "#323935",
    "outline": "#89938E",
    "outline_variant": "#3F4944",
    "inverse_surface": "#DFE4E0",
    "on_inverse_surface": "#2C322F",
    "inverse_primary": "#1B6B5A",
    "surface_tint": "#101512",
}

TARGET = 48
"""The least height of what is tapped, dp."""
BIG_TARGET = 56
"""The height of a screen's main action."""
_LINE = 1.33
"""The height of a line of a label, by its size, at least."""
_LEAST_AROUND = 8
LARGE = 1.5
"""From this text size on a phone has no room for things side by side."""
CORNER = 16
GAP = 12
EDGE = 16
"""Between the content and the edge of the screen."""

_SIZES = {
    "display_small": 36,
    "headline_large": 32,
    "headline_medium": 28,
    "headline_small": 24,
    "title_large": 22,
    "title_medium": 17,
    "title_small": 15,
    "body_large": 17,
    "body_medium": 15,
    "body_small": 13,
    "label_large": 15,
    "label_medium": 13,
    "label_small": 12,
}
PLACES_SCALE_MAX = 1.3
"""The four places share the width of the screen; Material's own bars stop growing here, too."""
BAR_SCALE_MAX = 1.5
"""A screen's name stands in one line between two buttons."""
_STRONG = {"headline_small", "title_large", "title_medium", "title_small", "label_large"}


UNSEEN = ft.TextStyle(size=0.1, color=ft.Colors.TRANSPARENT)
"""Of words that are only heard: they stand somewhere else, too."""


def field_border(gap: float = 4) -> ft.OutlineInputBorder:
    """The border of all text fields; `gap`: beside the label that stands in it."""
    return ft.OutlineInputBorder(border_radius=12, gap_padding=gap)


def theme(colours: dict[str, str], *, scale: float, font: str | None) -> ft.Theme:
    """The theme of a colour table; `scale` enlarges all text, `font` None is the system's."""
    places = _style("label_medium", min(scale, PLACES_SCALE_MAX), colours, font)
    bar = _style("title_large", min(scale, BAR_SCALE_MAX), colours, font)
    return ft.Theme(
        color_scheme=ft.ColorScheme(**colours),
        font_family=font,
        text_theme=ft.TextTheme(**{name: _style(name, scale, colours, font) for name in _SIZES}),
        navigation_bar_theme=ft.NavigationBarTheme(label_text_style=places),
        navigation_rail_theme=ft.NavigationRailTheme(
            selected_label_text_style=places, unselected_label_text_style=places
        ),
        appbar_theme=ft.AppBarTheme(title_text_style=bar),
        visual_density=ft.VisualDensity.STANDARD,
        scaffold_bgcolor=colours["surface"],
        chip_theme=ft.ChipTheme(
            bgcolor=colours["surface_container_low"],
            selected_color=colours["primary_container"],
            shape=ft.RoundedRectangleBorder(radius=12),
            elevation=0,
        ),
        snackbar_theme=ft.SnackBarTheme(
            behavior=ft.SnackBarBehavior.FLOATING, shape=ft.RoundedRectangleBorder(radius=12)
        ),
    )


def size(name: str, scale: float) -> float:
    """A text size of the theme, for what takes a number only."""
    return round(_SIZES[name] * scale, 1)


def room_around(height: int, name: str, scale: float) -> float:
    """Above and below words in one line what is tapped needs so much, dp, to be that high.

    A fixed height would cut the words that go on in a second line: this lets it grow.
    """
    return max((height - size(name, scale) * _LINE) / 2, _LEAST_AROUND)


def _style(name: str, scale: float, colours: dict[str, str], font: str | None) -> ft.TextStyle:
    return ft.TextStyle(
        size=size(name, scale),
        font_family=font,
        color=colours["on_surface"],
        weight=ft.FontWeight.W_600 if name in _STRONG else None,
    )
