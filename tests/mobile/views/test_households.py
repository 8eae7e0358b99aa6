"""The list of households: found by what a worker remembers, fifty at a time."""

import threading
from pathlib import Path

import flet as ft
import pytest

from mobile.store.cards import Found
from mobile.views.parts.household_card import CARD_HEIGHT
from mobile.views.state.house import House
from mobile.views.state.search import Narrow, SearchState
from tests.mobile.control_tree import walk, words_of
from tests.mobile.headless import DESK, Screen, story
from tests.mobile.kit import change_of, create
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id, resident_id
from tests.mobile.views.worker import open_app, store_of

FIRST_SCREEN_BYTES = 60_000
"""What drawing a page of fifty may cost on the wire."""


async def search(screen: Screen, query: str) -> None:
    await screen.type("search", query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("李建国", "李建国"),
        ("ljg", "李建国"),
        ("wangxiuying", "王秀英"),
        ("11号2单元102", "王秀英 · 4 人"),
        ("0007", "赵强"),
    ],
)
def test_a_household_is_found_by_name_pinyin_door_or_phone(
    near: Neighbourhood, query: str, found: str
) -> None:
    @story
    async def told() -> None:
        screen = await open_app(House(near.device, near.clock))
        await screen.place(1)
        await screen.sees("共 12 户")

        await search(screen, query)

        await screen.until(lambda: len(screen.identifiers("household-")) <= 3)
        await screen.sees(found)

    told()


@story
async def test_a_search_without_a_find_says_what_else_to_try(house: House) -> None:
    screen = await open_app(house)
    await screen.place(1)

    await search(screen, "没有这个人")

    await screen.sees("没有找到“没有这个人”")
    await screen.sees("拼音首字母")
    await screen.tap("search-clear")
    await screen.sees("共 12 户")


@story
async def test_a_filter_narrows_the_list_and_once_more_takes_it_back(house: House) -> None:
    screen = await open_app(house)
    store_of(screen).save([change_of(store_of(screen), "household", household_id(3), needs="扶手")])
    await screen.place(1)

    await screen.tap("narrow-unsent")
    await screen.sees("共 1 户")
    await screen.tap("narrow-unsent")

    await screen.sees("共 12 户")


@story
async def test_a_number_on_today_leads_to_the_list_behind_it(house: House) -> None:
    screen = await open_app(house)

    await screen.tap("number-never")

    await screen.sees("共 12 户")
    assert _chosen(screen) == ["从未走访"]


@story
async def test_the_list_grows_by_fifty_as_it_is_scrolled(tmp_path: Path) -> None:
    near = Neighbourhood(tmp_path, households=120)
    screen = await open_app(House(near.device, near.clock))
    before = screen.client.bytes_sent
    await screen.place(1)
    await screen.sees("共 120 户")
    assert len(screen.identifiers("household-")) == 50
    assert screen.client.bytes_sent - before < FIRST_SCREEN_BYTES

    for shown in (100, 120):
        await screen.fire(_list(screen), "scroll", _at_end())
        await _shows_cards(screen, shown)

    assert _list(screen).item_extent == CARD_HEIGHT


@story
async def test_the_newest_search_counts_whatever_comes_back_later(house: House) -> None:
    screen = await open_app(house)
    state = SearchState(screen.tab)
    state.type("ljg")
    late = store_of(screen).search("ljg")
    state.type("")
    state.load()

    state.take(("ljg", Narrow.ALL), late)

    assert late.total < state.total == 12


@story
async def test_a_slow_reading_takes_no_page_away_again(tmp_path: Path) -> None:
    near = Neighbourhood(tmp_path, households=120)
    screen = await open_app(House(near.device, near.clock))
    slow, go_on = threading.Event(), threading.Event()

    class Slow(SearchState):
        """On a disk that is slow when the list is read from its top."""

        def _found(self, asked: tuple[str, Narrow], *, offset: int, limit: int) -> Found:
            found = super()._found(asked, offset=offset, limit=limit)
            if self.cards and offset == 0:
                slow.set()
                go_on.wait(10)
            return found

    state = Slow(screen.tab)
    state.load()
    reading = threading.Thread(target=state.load)
    reading.start()
    slow.wait(10)
    turning = threading.Thread(target=state.next_page)
    turning.start()
    turning.join(0.2)
    go_on.set()
    reading.join(10)
    turning.join(10)

    assert len(state.cards) == 100


@story
async def test_on_a_desk_the_household_stands_beside_the_list(house: House) -> None:
    screen = await open_app(house, size=DESK)
    await screen.place(1)
    await screen.sees("请选择一户")

    await screen.tap(f"household-{household_id(2)}")

    await screen.sees("家庭成员")
    assert len(screen.identifiers("household-")) == 12
    await screen.shows("visit")


@story
async def test_flags_say_their_name_to_a_screen_reader(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    policy = change_of(store, "household", household_id(0), visit_policy="appointment")
    store.save([policy])

    await screen.place(1)

    await screen.sees("约")
    named = [one.semantics_label for one in screen.controls() if isinstance(one, ft.Text)]
    assert "需预约" in named
    assert "未上报" in named


async def _shows_cards(screen: Screen, number: int) -> None:
    await screen.until(lambda: len(screen.identifiers("household-")) == number)


def _list(screen: Screen) -> ft.ListView:
    lists = (one for one in screen.controls() if isinstance(one, ft.ListView))
    return next(one for one in lists if one.item_extent)


def _at_end() -> dict[str, object]:
    return {
        "event_type": "update",
        "pixels": 5000.0,
        "min_scroll_extent": 0.0,
        "max_scroll_extent": 5200.0,
        "viewport_dimension": 700.0,
    }


def _chosen(screen: Screen) -> list[str]:
    chips = (one for one in screen.controls() if isinstance(one, ft.Chip))
    return [word for one in chips if one.selected for part in walk(one) for word in words_of(part)]


@story
async def test_the_list_is_narrowed_to_what_is_overdue_vacant_incomplete_or_marked(
    house: House,
) -> None:
    screen = await open_app(house)
    store, made = store_of(screen), {"mode": "door", "outcome": "done"}
    for number, day in ((0, "2025-05-01"), (1, "2026-09-01")):
        visit = {"household": household_id(number), "started": f"{day}T10:00:00+08:00", **made}
        store.save([create("visit", store.shelf.clock.new_id(), **visit)])
    store.save([change_of(store, "household", household_id(2), marks=["floating"])])
    store.save([change_of(store, "dwelling", dwelling_id(3), status="vacant")])
    known = {"pension": "resident", "medical": "resident"}
    store.save([change_of(store, "resident", resident_id(4), **known)])
    await screen.go("/households")

    for narrow, found in (("overdue", 5), ("marked", 1), ("vacant", 1), ("incomplete", 11)):
        await screen.tap(f"narrow-{narrow}")
        await screen.sees(f"共 {found} 户")
        await screen.tap("narrow-all")
        await screen.sees("共 12 户")
