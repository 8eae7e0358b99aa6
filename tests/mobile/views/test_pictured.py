"""Questions and choices with pictures, and words that are read from the right."""

from io import BytesIO

import flet as ft
from PIL import Image

from mobile.store import contact
from mobile.views.state.house import House
from server.forms.compiler import compile_form
from shared.forms.model import encode_form
from tests.mobile.headless import Screen, story
from tests.mobile.views.worker import open_app, store_of

SHEET = """
| survey |
| | type | name | label | media::image |
| | select_one roof | roof | 屋顶 | house.png |
| | select_multiple roof | near | 附近 | |
| | text | owner | ما الاسم؟ | |
| choices |
| | list_name | name | label | media::image |
| | roof | flat | 平顶 | flat.png |
| | roof | tiled | 瓦顶 | tiled.png |
| | roof | thatch | 草顶 | thatch.png |
"""


async def opened(house: House) -> Screen:
    pictures = {f"{name}.png": drawn(name) for name in ("house", "flat", "tiled")}
    form = compile_form(SHEET.encode(), ".md", "roofs", pictures).form
    screen = await open_app(house)
    contact.take_form(store_of(screen).shelf, "roofs", "1", encode_form(form))
    store_of(screen).refill()
    await screen.go("/own/roofs/form/new")
    await screen.shows("q-roof-flat")
    return screen


def drawn(name: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (300 + len(name), 200), "teal").save(written, "PNG")
    return written.getvalue()


def pictures(screen: Screen) -> list[ft.Image]:
    return [one for one in screen.controls() if isinstance(one, ft.Image)]


def is_chosen(screen: Screen, identifier: str) -> bool:
    found = screen.find(identifier)
    return found is not None and bool(found.selected)


@story
async def test_a_choice_is_a_tile_with_its_picture_and_is_taken_and_taken_back(
    house: House,
) -> None:
    screen = await opened(house)
    await screen.until(lambda: len(pictures(screen)) == 5)  # of six, one did not come

    await screen.tap("q-roof-tiled")
    await screen.until(lambda: is_chosen(screen, "q-roof-tiled"))
    await screen.tap("q-roof-thatch")
    await screen.until(lambda: is_chosen(screen, "q-roof-thatch"))
    assert not is_chosen(screen, "q-roof-tiled")
    for code in ("flat", "tiled", "flat"):
        await screen.tap(f"q-near-{code}")

    await screen.until(lambda: is_chosen(screen, "q-near-tiled"))
    (draft,) = store_of(screen).drafts()
    assert (draft.answers["roof"], draft.answers["near"]) == ("thatch", ["tiled"])


@story
async def test_words_that_are_read_from_the_right_begin_there(house: House) -> None:
    screen = await opened(house)

    await screen.shows("q-owner")

    assert screen.field("q-owner").rtl
    labels = [one for one in screen.controls() if isinstance(one, ft.Text)]
    assert not any(one.rtl for one in labels)
