"""The lock screen lets the right worker in, and says what a wrong try costs."""

from pathlib import Path

import pytest

from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.views.neighbourhood import PIN, Neighbourhood


@pytest.fixture
def near(tmp_path: Path) -> Neighbourhood:
    return Neighbourhood(tmp_path, households=3)


@story
async def test_the_right_pin_opens_today(near: Neighbourhood) -> None:
    screen = await Screen.open(House(near.device, near.clock))
    await screen.sees("王芳")

    await screen.press_keys(PIN)
    await screen.tap("key-ok")

    await screen.sees("王芳，您好")
    await screen.sees("西郊社区 第三网格")
