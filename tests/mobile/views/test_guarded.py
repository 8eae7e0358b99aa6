"""One part that fails never takes the app with it."""

import ast

import flet as ft
import pytest

from mobile.errors import DiskFull
from mobile.store.store import Store
from mobile.views.guarded import guarded
from mobile.views.hooks import use_watched
from mobile.views.state.house import House
from mobile.views.state.watched import Watched
from tests.mobile.headless import Screen, story
from tests.mobile.views.neighbourhood import household_id
from tests.mobile.views.source import VIEWS, called, calls, functions, last_name, nodes
from tests.mobile.views.worker import open_app, open_household, store_of

BOUNDARIES = {"guarded", "guarded_view", "guarded_views"}
HOOKS = {"use_state", "use_effect", "use_memo", "use_dialog", "use_ref", "use_callback"}


class Broken(Watched):
    """A state whose drawing fails while it is told to."""

    failing = False


@guarded
def breakable(state: Broken) -> ft.Control:
    """Draws, or does not."""
    use_watched(state)
    if state.failing:
        raise ZeroDivisionError("李建国 13900000000")
    return ft.Text("drawn well")


@story
async def test_a_part_that_fails_says_so_and_can_be_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    state = Broken()
    monkeypatch.setattr("mobile.views.today.sync_card", lambda: breakable(state))
    screen = await Screen.open(house)
    await screen.press_keys("246813")
    await screen.tap("key-ok")
    await screen.sees("drawn well")

    state.failing = True
    state.changed()
    await screen.sees("这一块没能显示出来")
    await screen.sees("王芳，您好")
    state.failing = False
    await screen.press_button("再试一次")

    await screen.sees("drawn well")
    assert "ZeroDivisionError at breakable" in caplog.text
    assert "李建国" not in caplog.text


@story
async def test_a_screen_that_cannot_read_its_records_is_drawn_again_when_it_can(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await open_app(house)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "members", _no_room)
        await screen.go(f"/households/{household_id(0)}")
        await screen.sees("存储空间不足")

    await screen.press_button("再试一次")

    await screen.sees("家庭成员")


@story
async def test_a_handler_that_fails_is_said_and_the_app_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await open_household(house)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "begin", _no_room)
        await screen.tap("edit")
        await screen.sees("存储空间不足")
    assert screen.client.crashes == []

    await screen.tap("edit")

    await screen.shows("q-head_name")


@story
async def test_a_draft_that_cannot_be_kept_stays_on_the_screen_and_says_why(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await open_household(house)
    await screen.tap("edit")
    await screen.shows("q-needs")
    with monkeypatch.context() as broken:
        broken.setattr(Store, "keep", _no_room)
        await screen.type("q-needs", "扶手")
        await screen.sees("存储空间不足")
    assert screen.field("q-needs").value == "扶手"

    await screen.type("q-needs", "扶手坏了")

    await screen.gone("存储空间不足")
    assert store_of(screen).drafts()[0].answers["needs"] == "扶手坏了"


@story
async def test_flets_scheduler_is_started_again_when_it_dies(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = await open_app(house)
    page = screen.session.page
    with monkeypatch.context() as broken:
        broken.setattr(type(page), "update", _boom)
        page.session.schedule_update(page)
        await screen.sees("出了点问题")

    await screen.place(1)

    await screen.sees("共 12 户")


def test_every_component_stands_behind_an_error_boundary() -> None:
    bare = [
        f"{name}:{function.name}"
        for name, function in functions()
        if called(function) & HOOKS
        and not {ast.unparse(one) for one in function.decorator_list} & BOUNDARIES
        and not function.name.lstrip("_").startswith("use_")
        and name != "guarded.py"
    ]

    assert bare == []


def test_only_the_boundary_makes_components() -> None:
    made = {name for name, node in nodes() if ast.unparse(node) == "ft.component"}

    assert made == {"guarded.py"}


def test_every_text_field_is_controlled() -> None:
    fields = [call for _, call in calls() if last_name(call) == "TextField"]

    assert len(fields) >= 4
    for field in fields:
        assert {"value", "on_change"} <= {keyword.arg for keyword in field.keywords}


def test_no_text_style_forgets_the_font_of_the_theme() -> None:
    assert {name for name, call in calls() if last_name(call) == "TextStyle"} == {"theme.py"}


def test_no_view_asks_the_network_or_the_database() -> None:
    modules = {
        node.module.split(".")[0]
        for _, node in nodes()
        if isinstance(node, ast.ImportFrom) and node.module
    }
    plain = {
        one.name.split(".")[0]
        for _, node in nodes()
        if isinstance(node, ast.Import)
        for one in node.names
    }

    assert "flet" in plain
    assert not (modules | plain) & {"httpx", "sqlalchemy", "sqlmodel", "sqlite3"}


def test_state_objects_know_nothing_of_flet() -> None:
    states = list((VIEWS / "state").glob("*.py"))

    assert len(states) > 10
    assert [one.name for one in states if "import flet" in one.read_text(encoding="utf-8")] == []


def _no_room(*_: object, **__: object) -> object:
    raise DiskFull


def _boom(*_: object) -> None:
    raise RuntimeError("boom")
