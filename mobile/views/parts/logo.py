"""The app's sign: a door, drawn from controls, so that it follows the theme."""

import flet as ft


def logo(size: float = 72) -> ft.Control:
    """The sign, in the middle of its line."""
    return ft.Row(
        [
            ft.Container(
                content=ft.Icon(
                    ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
                    size=size * 0.55,
                    color=ft.Colors.ON_PRIMARY_CONTAINER,
                ),
                width=size,
                height=size,
                border_radius=size * 0.3,
                alignment=ft.Alignment.CENTER,
                bgcolor=ft.Colors.PRIMARY_CONTAINER,
            )
        ],
        alignment=ft.MainAxisAlignment.CENTER,
    )
