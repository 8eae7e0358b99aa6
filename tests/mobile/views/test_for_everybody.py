"""Every screen can be used by everybody: names for what is tapped, contrast, room for a thumb."""

import flet as ft
import pytest

from mobile.views.state.house import House
from mobile.views.words import Texts
from tests.mobile.control_tree import drawn
from tests.mobile.headless import Screen, story
from tests.mobile.views.everything import Everything
from tests.mobile.views.looking import cut, faults
from tests.mobile.views.neighbourhood import Neighbourhood
from tests.mobile.views.worker import open_app

NOTHING_HERE = ("form.not_there", "household.gone", "picture.gone_title", "asked.over", "map.none")


async def shown(screen: Screen, address: str) -> ft.View:
    """The screen of that address, once it is there."""
    views = drawn(screen.session.page.views)
    assert isinstance(views, list)
    before = drawn(views[-1])
    if address != screen.route:
        await screen.go(address)
        await screen.until(lambda: drawn(drawn(screen.session.page.views)[-1]) is not before)  # type: ignore[index]  # a list, as above
    view = drawn(drawn(screen.session.page.views)[-1])  # type: ignore[index]  # a list, as above
    assert isinstance(view, ft.View)
    return view


def test_no_screen_keeps_anybody_out(near: Neighbourhood) -> None:
    @story
    async def told() -> None:
        everything = Everything(near)
        screen = await open_app(House(near.device, near.clock))
        missing = [Texts("zh")(key) for key in NOTHING_HERE]
        found, seen = {}, 0
        for name, address in everything.addresses().items():
            view = await shown(screen, address)
            seen += 1
            if wrong := [f"{fault.what}: {fault.where}" for fault in faults(view)]:
                found[name] = sorted(set(wrong))
            assert not any(words in screen.words() for words in missing), f"{name} shows nothing"

        assert found == {}
        assert seen > 40

    told()


def test_no_words_are_cut_where_text_is_twice_as_large(near: Neighbourhood) -> None:
    @story
    async def told() -> None:
        everything, house = Everything(near), House(near.device, near.clock)
        screen = await open_app(house)
        house.prefer(language="en", text_scale=2.0)
        found = {}
        for name, address in everything.addresses().items():
            view = await shown(screen, address)
            if wrong := {f"{fault.what}: {fault.where}" for fault in cut(view, screen.tab)}:
                found[name] = sorted(wrong)

        assert found == {}

    told()


def test_nor_do_the_screens_before_it_is_open(house: House) -> None:
    @story
    async def told() -> None:
        screen = await Screen.open(house)
        found = list(faults(await shown(screen, "/")))
        for way in ("forgot-pin", "rescue-leave", "enrol-another"):
            await screen.tap(way)
            found += faults(await shown(screen, screen.route))

        assert found == []

    told()


@pytest.mark.parametrize(
    ("control", "what"),
    [
        (ft.IconButton(ft.Icons.CLOSE, on_click=print, width=48, height=48), "no name"),
        (ft.TextField(on_change=print), "no name"),
        (ft.Container(ft.Icon(ft.Icons.HOME), on_click=print), "no name"),
        (ft.FilledButton("OK", on_click=print, height=40), "too low"),
        (ft.Image(src=b"x"), "without words"),
        (ft.Container(ft.Text("x", color=ft.Colors.PRIMARY), bgcolor=ft.Colors.TERTIARY), "is "),
        (ft.Container(ft.Text("x"), bgcolor=ft.Colors.TERTIARY), "is "),
    ],
    ids=["icon", "field", "container", "low", "picture", "pale", "unsaid colour"],
)
def test_what_keeps_somebody_out_is_found(control: ft.Control, what: str) -> None:
    assert any(what in fault.what for fault in faults(ft.Column([control])))


def test_what_is_cut_is_found(near: Neighbourhood) -> None:
    @story
    async def told() -> None:
        house = House(near.device, near.clock)
        tab = (await open_app(house)).tab
        house.prefer(text_scale=2.0)
        for control in (
            ft.FilledButton("OK", on_click=print, height=48),
            ft.Chip("OK", on_select=print),
            ft.TextField(label="Building, room or plate", on_change=print),
        ):
            assert len(list(cut(ft.Column([control]), tab))) == 1, control

    told()
