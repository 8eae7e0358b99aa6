"""The app without a screen: Flet's own session, page and reconciler, and a client made of nothing.

Every message is encoded as the real transport does, so what cannot be sent fails here, too.
A story finds controls by their identifier, taps and types, and looks at what is there.
Flet's internals are used: that is why Flet is pinned to one version.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from typing import ParamSpec

import flet as ft
import msgpack  # type: ignore[import-untyped]  # it has no types
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.session import Session

from mobile.views.start import open_tab, prepare_tab
from mobile.views.state.house import House
from mobile.views.state.tab import TabState
from tests.mobile.control_tree import drawn, tapped, walk, words_of
from tests.mobile.control_tree import find as find_in
from tests.mobile.headless_client import Client, encode

P = ParamSpec("P")
SEES_SECONDS = 5.0
POLL_SECONDS = 0.004
PHONE = (412.0, 915.0)
DESK = (1280.0, 800.0)


def story(tell: Callable[P, Coroutine[object, object, None]]) -> Callable[P, None]:
    """Makes a test of a coroutine."""

    @wraps(tell)
    def test(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(tell(*args, **kwargs))

    return test


class Screen:
    """One tab of the app, as a story sees it."""

    def __init__(self, client: Client, session: Session, tab: TabState) -> None:
        self.client = client
        self.session = session
        self.tab = tab

    @classmethod
    async def open(
        cls, house: House, *, size: tuple[float, float] = PHONE, route: str = "/"
    ) -> "Screen":
        """Opens a tab of the app on that device."""
        client = Client()
        session = Session(client)
        client.session = session
        _context_page.set(session.page)
        session.apply_page_patch({"route": route, "width": size[0], "height": size[1]})
        prepare_tab(session.page, house)
        # Without this the page counts as never sent, and nothing would be drawn.
        patch = session.get_page_patch()  # type: ignore[no-untyped-call]  # Flet's
        msgpack.packb(patch, default=encode)
        return cls(client, session, await open_tab(session.page, house))

    # ---- looking ------------------------------------------------------------------------------

    def controls(self) -> Iterator[BaseControl]:
        """The controls of the screen on top, and of dialogs over it."""
        views = drawn(self.session.page.views)
        assert isinstance(views, list)
        yield from walk(views[-1])
        for dialog in self.session.page._dialogs.controls:
            if dialog.open:
                yield from walk(dialog)

    def words(self) -> str:
        """All words on the screen."""
        return "\n".join(word for control in self.controls() for word in words_of(control))

    def find(self, identifier: str) -> ft.Semantics | None:
        """What has that identifier."""
        named = (one for one in self.controls() if isinstance(one, ft.Semantics))
        return next((one for one in named if one.identifier == identifier), None)

    def identifiers(self, start: str = "") -> list[str]:
        """The identifiers on the screen that begin so."""
        found = (one.identifier for one in self.controls() if isinstance(one, ft.Semantics))
        return [name for name in found if name and name.startswith(start)]

    def tappable(self, identifier: str) -> BaseControl | None:
        """What can be tapped in what has that identifier; None while there is nothing."""
        found = self.find(identifier)
        return next((one for one in walk(found) if tapped(one)), None) if found else None

    def field(self, identifier: str) -> ft.TextField:
        """The text field in what has that identifier."""
        found = self.find(identifier)
        assert found is not None, f"no {identifier} in:\n{self.words()}"
        return next(one for one in walk(found) if isinstance(one, ft.TextField))

    def seat(self, identifier: str) -> tuple[int, ...]:
        """Which control the field is, and its number in each list on the way to it.

        A client makes a field whose seat changes anew, without its focus.
        """
        views = drawn(self.session.page.views)
        assert isinstance(views, list)
        field = self.field(identifier)
        found = find_in(views[-1], field)
        assert found is not None
        return (field._i, *found)

    @property
    def route(self) -> str:
        """The address."""
        return self.session.page.route or "/"

    # ---- doing --------------------------------------------------------------------------------

    async def tap(self, identifier: str) -> None:
        """Taps what has that identifier."""
        await self._until(
            lambda: self.tappable(identifier) is not None, f"{identifier} cannot be tapped"
        )
        control = self.tappable(identifier)
        assert control is not None
        await self.fire(control, tapped(control))

    async def press_button(self, words: str) -> None:
        """Presses the button that says this."""
        await self.sees(words)
        control = next(one for one in self.controls() if words in words_of(one) and tapped(one))
        await self.fire(control, tapped(control))

    async def type(self, identifier: str, text: str) -> None:
        """Types into the field in what has that identifier, as a browser tells it."""
        await self.shows(identifier)
        field = self.field(identifier)
        self.session.apply_patch(field._i, {"value": text})
        await self.fire(field, "change", text)

    async def type_into(self, label: str, text: str) -> None:
        """Types into the field with that label."""
        fields = (one for one in self.controls() if isinstance(one, ft.TextField))
        field = next(one for one in fields if str(one.label).startswith(label))
        self.session.apply_patch(field._i, {"value": text})
        await self.fire(field, "change", text)

    async def press_keys(self, digits: str) -> None:
        """Presses keys of the number pad."""
        for digit in digits:
            await self.tap(f"key-{digit}")

    async def go(self, route: str) -> None:
        """Changes the address, as a link would."""
        await self.client.route(route)

    async def place(self, index: int) -> None:
        """Changes to one of the four places."""
        bar = next(
            one for one in self.controls() if isinstance(one, ft.NavigationBar | ft.NavigationRail)
        )
        self.session.apply_patch(bar._i, {"selected_index": index})
        await self.fire(bar, "change", index)

    async def fire(self, control: BaseControl, event: str, data: object = None) -> None:
        """An event of a control, as the client tells it; returns when it was handled."""
        await self.session.dispatch_event(control._i, event, data)

    # ---- waiting ------------------------------------------------------------------------------

    async def sees(self, words: str) -> None:
        """Waits until these words are on the screen."""
        await self._until(lambda: words in self.words(), f"“{words}” is not on the screen")

    async def gone(self, words: str) -> None:
        """Waits until these words are not on the screen any more."""
        await self._until(lambda: words not in self.words(), f"“{words}” is still on the screen")

    async def shows(self, identifier: str) -> None:
        """Waits until something has that identifier."""
        await self._until(
            lambda: self.find(identifier) is not None, f"nothing is called {identifier}"
        )

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it holds."""
        await self._until(holds, "it never came true")

    async def _until(self, holds: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + SEES_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"{complaint}; at {self.route}:\n{self.words()}")
            await asyncio.sleep(POLL_SECONDS)
        assert self.client.crashes == []
