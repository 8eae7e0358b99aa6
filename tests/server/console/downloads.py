"""Papers that a browser opens from the console: their bytes, and pictures to be looked at."""

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from pypdfium2 import PdfDocument

SCALE = 2.0


def opened(page: Page, act: Callable[[], object]) -> bytes:
    """The PDF that a press shows in a tab of its own, at an address that can be loaded again."""
    with page.expect_popup() as tab:
        act()
    tab.value.wait_for_load_state("load")
    found = page.context.request.get(tab.value.url)
    tab.value.close()
    assert found.headers["content-type"] == "application/pdf"
    return found.body()


def is_black_and_white(document: bytes, keep_as: str) -> bool:
    """Whether no page has a colour that a plain printer would lose.

    Where the environment asks for pictures, each page is kept as one, to be looked at.
    """
    folder = os.environ.get("STORY_PICTURES")
    plain = True
    for number, page in enumerate(PdfDocument(document), start=1):
        picture = page.render(scale=SCALE).to_pil().convert("RGB")
        red, green, blue = (band.tobytes() for band in picture.split())
        plain = plain and red == green == blue
        if folder:
            picture.save(Path(folder, f"{keep_as}-{number}.png"))
    return plain
