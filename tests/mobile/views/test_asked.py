"""Today shows what the office asks her, and a tap opens the answer."""

from collections.abc import Awaitable, Callable

from mobile.store import contact
from mobile.store.shelf import rules_of
from mobile.store.values import Answers
from mobile.views.state.house import House
from server.forms.builtin import compile_builtin
from shared.forms.model import encode_form
from tests.mobile.headless import Screen, story
from tests.mobile.kit import ME
from tests.mobile.views.neighbourhood import Neighbourhood, household_id, record_id
from tests.mobile.views.worker import open_app, store_of

QUESTION = record_id(70_000)


def ask(near: Neighbourhood) -> None:
    """A question about the first household's phone, to this worker."""
    form = compile_builtin("question").form
    near.device.unlock(near.account.id, near.secret)
    store = near.device.store
    contact.take_form(store.shelf, "question", form.version, encode_form(form))
    store.refill()
    near.office.rules["question"] = rules_of(form)
    units: Answers = {
        "household": household_id(0),
        "about": household_id(0),
        "about_kind": "household",
        "item": "phone",
        "worker": ME,
        "item_label": "联系电话",
        "comment": "请当面核实电话",
    }
    near.office.write(QUESTION, units, kind="question")
    near.office.bring(store)
    near.device.lock()


def told(near: Neighbourhood, tell: Callable[[Screen], Awaitable[None]]) -> None:
    """What happens on the screen of the question, opened from today."""
    ask(near)

    @story
    async def act() -> None:
        screen = await open_app(House(near.device, near.clock))
        await screen.sees("办公室问您")
        await screen.tap(f"question-{QUESTION}")
        await screen.shows("quick-as_it_is")
        await screen.sees("请当面核实电话")
        await tell(screen)

    act()


def test_only_what_is_asked_about_is_opened_and_one_tap_answers(near: Neighbourhood) -> None:
    async def tell(screen: Screen) -> None:
        shown = set(screen.identifiers("q-"))
        assert {"q-answer", "q-phone"} <= shown
        assert shown.isdisjoint({"q-household", "q-comment", "q-head_name", "q-needs"})

        await screen.tap("quick-as_it_is")
        await screen.tap("save")

        await screen.sees("回答已存在本机")
        store = store_of(screen)
        record = store.record(QUESTION)
        assert record is not None
        assert record.answers["answer"] == "已核实，登记无误"
        assert [one.record for one in store.outbox()] == [QUESTION]
        assert store.drafts() == ()

    told(near, tell)


def test_what_she_puts_right_and_what_she_says_are_one_save(near: Neighbourhood) -> None:
    async def tell(screen: Screen) -> None:
        await screen.type("q-phone", "13900014477")
        await screen.tap("save")
        await screen.sees("回答已存在本机")

        store = store_of(screen)
        sent = store.outbox()
        assert {one.record for one in sent} == {QUESTION, household_id(0)}
        assert len({one.save for one in sent}) == 1
        record = store.record(QUESTION)
        assert record is not None
        assert record.answers["answer"] == "已核实，已更正"

    told(near, tell)


def test_half_an_answer_is_found_again_where_it_was(near: Neighbourhood) -> None:
    async def tell(screen: Screen) -> None:
        await screen.type("q-phone", "13900014477")
        await screen.until(lambda: store_of(screen).drafts() != ())
        await screen.tap("back")
        await screen.go("/")
        await screen.sees("回答办公室")

        await screen.tap(screen.identifiers("begun-")[0])

        await screen.shows("quick-as_it_is")
        assert screen.field("q-phone").value == "13900014477"
        assert screen.route.endswith(f"/asked/{QUESTION}")

    told(near, tell)


def test_an_answered_question_says_that_it_is_settled(near: Neighbourhood) -> None:
    async def tell(screen: Screen) -> None:
        await screen.tap("quick-as_it_is")
        await screen.tap("save")
        await screen.sees("回答已存在本机")

        await screen.shows("visit")
        await screen.go(f"/households/{household_id(0)}/asked/{QUESTION}")

        await screen.sees("这个询问已经了结")

    told(near, tell)
