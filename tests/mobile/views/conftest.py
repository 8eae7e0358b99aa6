"""Devices for stories: one that is filled and has no line, and phones of a town with its server."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.views.state.house import House
from tests.mobile.views.neighbourhood import Neighbourhood


@pytest.fixture(autouse=True)
def _afternoon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The still clock says a quarter past two, wherever the tests are run: a time for visits."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def near(tmp_path: Path) -> Neighbourhood:
    """A device that has synced twelve households, and has no network now."""
    return Neighbourhood(tmp_path)


@pytest.fixture
def house(near: Neighbourhood) -> House:
    """The same, as screens see it."""
    return House(near.device, near.clock)
