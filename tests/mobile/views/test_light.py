"""A building leader's phone: five buttons, a word to the grid worker, and what came of it."""

import pytest
from msgspec.structs import replace

from mobile.store.kept import Name
from mobile.views.state.house import House
from shared.changes import Answer
from tests.mobile.headless import DESK, PHONE, story
from tests.mobile.views.grid_work import sent, switch_on
from tests.mobile.views.neighbourhood import Neighbourhood, record_id
from tests.mobile.views.worker import open_app

CASE, STEP = (record_id(number) for number in (80_001, 80_002))


def only_reporting(near: Neighbourhood, **records: tuple[str, dict[str, Answer]]) -> House:
    """The office says that this worker only reports."""
    house = switch_on(near, **records)
    near.device.unlock(near.account.id, near.secret)
    shelf = near.device.store.shelf
    areas = tuple(replace(area, light=True) for area in shelf.account.areas)
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            shelf.kept.put(conn, Name.AREAS, areas)
        shelf.change(areas=areas)
    near.device.lock()
    return house


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_whole_of_it_is_on_one_screen(near: Neighbourhood, size: tuple[float, float]) -> None:
    house = only_reporting(near)

    @story
    async def tell() -> None:
        screen = await open_app(house, size=size)
        await screen.shows("light-tell")
        assert screen.identifiers("must-") == [
            "must-hazard", "must-inflow", "must-rental", "must-facility"
        ]  # fmt: skip
        assert "走访" not in screen.words()
        assert not screen.identifiers("number-")

    tell()


def test_what_is_told_to_the_grid_worker_is_listed_with_how_it_stands(
    near: Neighbourhood,
) -> None:
    closed: dict[str, Answer] = {
        "case": CASE, "action": "close", "level": "grid", "turn": "0", "text": "已清走",
    }  # fmt: skip
    reported: dict[str, Answer] = {
        "case_kind": "hazard", "text": "楼道堆物", "discovered_at": "2026-09-18T09:00:00+08:00",
    }  # fmt: skip
    house = only_reporting(near, **{CASE: ("case", reported), STEP: ("case_step", closed)})

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.sees("谢谢您，已经办好")
        await screen.tap("light-tell")
        await screen.type("q-text", "二楼新来一户")
        await screen.tap("save")
        await screen.sees("受理编号")
        assert screen.identifiers("step-") == []
        assert sent(screen, "case")[0].units["case_kind"] == "other"
        await screen.go("/")
        await screen.sees("二楼新来一户")
        await screen.tap(f"case-{CASE}")
        await screen.sees("已清走")

    tell()


def test_the_screen_of_reports_offers_no_more_than_that(near: Neighbourhood) -> None:
    house = only_reporting(near)

    @story
    async def tell() -> None:
        screen = await open_app(house)
        await screen.tap("report")
        await screen.shows("report-other")
        assert screen.identifiers("report-") == [
            "report-other", "report-protection", "report-feedback"
        ]  # fmt: skip

    tell()
