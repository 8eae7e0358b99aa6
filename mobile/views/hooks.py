"""What ties components to state objects: watching them, and working off the event loop."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

import flet as ft

from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched

P = ParamSpec("P")
T = TypeVar("T")
Handler = Callable[[], Awaitable[None]]

GATHER_SECONDS = 0.4
"""Changes that follow each other this closely are read together: each keystroke is one."""


@dataclass
class Kept(Generic[T]):
    """Something that a component keeps from one drawing to the next without being drawn for it."""

    value: T


class Stop:
    """The way to stop watching, once there is one."""

    def __init__(self) -> None:
        self.way: Callable[[], None] | None = None

    def call(self) -> None:
        """Stops."""
        if self.way is not None:
            self.way()


def use_watched(state: Watched) -> None:
    """Draws the component again whenever the state object changes, on whatever thread."""
    _, bump = ft.use_state(0)
    drawn = ft.use_memo(lambda: Kept(0), [])
    drawn.value = state.version
    stop = ft.use_memo(Stop, [])

    def follow() -> None:
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()

        def draw() -> None:
            if drawn.value != state.version:
                bump(state.version)

        def changed() -> None:
            # A closed loop means that nobody is looking any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(draw, context=context)

        stop.way = state.watch(changed)
        draw()

    ft.use_effect(follow, [id(state)], cleanup=stop.call)


def off_loop(act: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Handler:
    """A handler that does something slow (keys, disk, network) without stopping the screens."""

    async def handler() -> None:
        await asyncio.to_thread(act, *args, **kwargs)

    return handler


def use_keys(press: Callable[[str], None], erase: Callable[[], None], submit: Handler) -> None:
    """Lets a number pad be used from a keyboard, too, while the component is on the screen."""
    page = ft.context.page
    acts = ft.use_memo(lambda: Kept((press, erase, submit)), [])
    acts.value = (press, erase, submit)

    async def key(event: ft.KeyboardEvent) -> None:
        on_digit, on_erase, on_enter = acts.value
        if event.key.removeprefix("Numpad ") in set("0123456789"):
            on_digit(event.key.removeprefix("Numpad "))
        elif event.key == "Backspace":
            on_erase()
        elif event.key in {"Enter", "Numpad Enter"}:
            await on_enter()

    def listen() -> None:
        page.on_keyboard_event = key
        page.update()

    def leave() -> None:
        if page.on_keyboard_event is key:
            page.on_keyboard_event = None
            page.update()

    ft.use_effect(listen, [], cleanup=leave)


def use_live(state: Live) -> None:
    """Draws a state of the store, and reads it anew after every save and every sync."""
    use_watched(state)
    store = state.tab.store
    stop = ft.use_memo(Stop, [])

    async def follow() -> None:
        loop, due = asyncio.get_running_loop(), asyncio.Event()

        def told(*_changed: object) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(due.set)

        stop.way = store.subscribe(told)
        # What was saved between the first reading and now would go unseen.
        due.set()
        while True:
            await due.wait()
            due.clear()
            await asyncio.to_thread(state.load)
            await asyncio.sleep(GATHER_SECONDS)

    ft.use_memo(state.load, [id(state), id(store), state.tab.language, state.failures])
    ft.use_effect(follow, [id(state), id(store)], cleanup=stop.call)
    if state.error is not None:
        # Drawn again, because she asks for it, it is read again.
        state.failures += 1
        raise state.error


def use_asked_focus(tab: TabState, ref: ft.Ref[ft.TextField]) -> Callable[[bool], None]:
    """Gives the field the focus when a key asks for it; what to call when it comes and goes."""

    async def come() -> None:
        if tab.searches and ref.current is not None:
            await ref.current.focus()  # type: ignore[no-untyped-call]  # Flet's

    def types(typing: bool) -> None:
        tab.typing = typing

    ft.use_effect(come, [tab.searches])
    # A field that goes while it has the focus does not say that it has lost it.
    ft.use_effect(lambda: None, [], cleanup=lambda: types(False))
    return types
