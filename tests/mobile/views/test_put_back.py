"""What is taken out of a form that is being filled in comes back with one tap."""

from mobile.views.state.house import House
from tests.mobile.headless import story
from tests.mobile.views.surveying import a_photo, drag, picks, survey, typed
from tests.mobile.views.worker import open_app, press_undo, store_of


@story
async def test_what_is_taken_out_of_a_form_comes_back_and_later_answers_stay(house: House) -> None:
    screen = await survey(house)
    picks(screen, "hydrant.jpg", a_photo())
    await screen.tap("q-photo-pick")
    await screen.sees("hydrant.jpg")
    photo = typed(screen)["photo"]
    await screen.tap("add-member")
    await screen.type("q-member[1]/name", "李芳")

    await screen.tap("q-photo-out")
    await screen.until(lambda: "photo" not in typed(screen))
    await screen.type("q-rooms", "3")
    await press_undo(screen)
    assert (typed(screen)["photo"], typed(screen)["rooms"]) == (photo, 3)

    await screen.tap("remove-member[1]")
    await screen.tap("confirm-yes")
    await screen.until(lambda: "member" not in typed(screen))
    await press_undo(screen)
    await screen.until(lambda: screen.find("q-member[1]/name") is not None)
    assert screen.field("q-member[1]/name").value == "李芳"


@story
async def test_a_signature_and_an_answer_that_was_declined_come_back(house: House) -> None:
    screen = await survey(house)
    await screen.type("q-story", "楼道灯不亮")
    await screen.tap("q-story-declined")
    await screen.until(lambda: typed(screen)["story"] == {"missing": "declined"})
    await screen.tap("q-story-declined")
    await screen.until(lambda: typed(screen)["story"] == "楼道灯不亮")

    await screen.shows("q-sign-paper")
    pad = next(one for one in screen.controls() if type(one).__name__ == "GestureDetector")
    for event, x in (
        ("vertical_drag_down", 20),
        ("vertical_drag_update", 90),
        ("vertical_drag_end", 90),
    ):
        await screen.fire(pad, event, drag(x, x))
    await screen.until(lambda: "sign" in typed(screen))
    await screen.tap("q-sign-again")
    await screen.until(lambda: "sign" not in typed(screen))
    await press_undo(screen)
    assert "sign" in typed(screen)


@story
async def test_a_resident_taken_out_of_a_registration_comes_back(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    await screen.place(1)
    await screen.press_button("登记住户")
    await screen.tap("dwelling-new")
    await screen.type("q-code", "9-1-01-101")
    await screen.tap("done")
    await screen.tap("add-member")
    await screen.type("q-name", "林小雨")
    await screen.tap("done")
    await screen.shows("add-member")
    parts = {draft.kind: draft for draft in store.drafts()}

    for kind in ("resident", "dwelling"):
        await screen.tap(f"remove-{parts[kind].id}")
        await screen.until(lambda: parts[kind].id not in {one.id for one in store.drafts()})  # noqa: B023 - it is awaited here
        await press_undo(screen)

    now = {draft.kind: draft for draft in store.drafts()}
    assert now["resident"].answers["name"] == "林小雨"
    assert now["household"].answers["dwelling"] == parts["dwelling"].record
