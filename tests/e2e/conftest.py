"""What every story of this folder may ask for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    """A Chromium of the story's own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()
