"""A step in a household's life that is half told is kept, and what was dropped can be had back."""

import asyncio

from mobile.store.store import Store
from mobile.views.state.house import House
from tests.mobile.headless import story
from tests.mobile.kit import shown
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id
from tests.mobile.views.test_life import saved, step
from tests.mobile.views.worker import open_app, store_of

HOME = household_id(0)


def half_told(near: Neighbourhood) -> None:
    """She has begun to tell that the family moved to another home, and the app was killed."""

    @story
    async def begins() -> None:
        screen = await open_app(House(near.device, near.clock))
        await step(screen, "move_to")
        await screen.type("life-search", "1单元102")
        await screen.shows(f"pick-{dwelling_id(1)}")
        await screen.tap(f"pick-{dwelling_id(1)}")
        await screen.type("life-note", "搬到楼上")
        await screen.until(lambda: "搬到楼上" in _typed(store_of(screen)))

    begins()
    near.device = near.reopened()


def _typed(store: Store) -> list[str]:
    return [text for draft in store.drafts() for text in draft.typed.values()]


def test_a_step_that_is_half_told_is_found_again_after_a_kill(near: Neighbourhood) -> None:
    half_told(near)

    @story
    async def goes_on() -> None:
        screen = await open_app(House(near.device, near.clock))
        store = store_of(screen)
        card = store.household(HOME)
        assert card is not None
        assert card.draft
        await screen.sees("生活变动（未填完）")
        await screen.tap(screen.identifiers("begun-")[0])
        await screen.shows("life-note")
        assert screen.field("life-note").value == "搬到楼上"
        await screen.sees("102室")

        await saved(screen)

        assert shown(store, HOME)["dwelling"] == dwelling_id(1)
        assert store.drafts() == ()

    goes_on()


def test_a_step_that_is_dropped_can_be_had_back_for_a_while(near: Neighbourhood) -> None:
    half_told(near)

    @story
    async def drops() -> None:
        screen = await open_app(House(near.device, near.clock))
        await screen.go(f"/households/{HOME}/life/move_to")
        await screen.shows("life-note")
        await screen.tap("drop")

        await screen.until(lambda: screen.route == f"/households/{HOME}/life")
        assert store_of(screen).drafts() == ()
        assert store_of(screen).outbox() == ()
        await screen.sees("已放弃没有保存的内容")
        undo = screen.tab.undo
        assert undo is not None

        await asyncio.to_thread(undo)

        await screen.sees("已恢复，可以接着填")
        await screen.go("/")
        await screen.sees("生活变动（未填完）")

    drops()
