"""Today shows what the office asks her, and a tap opens the answer."""

from mobile.store import contact
from mobile.store.shelf import rules_of
from mobile.store.values import Answers
from mobile.views.state.house import House
from server.forms.builtin import compile_builtin
from shared.forms.model import encode_form
from tests.mobile.headless import story
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
        "worker": ME,
        "item_label": "联系电话",
        "comment": "请当面核实电话",
    }
    near.office.write(QUESTION, units, kind="question")
    near.office.bring(store)
    near.device.lock()


def test_a_question_is_answered_from_today(near: Neighbourhood) -> None:
    ask(near)

    @story
    async def told() -> None:
        screen = await open_app(House(near.device, near.clock))
        await screen.sees("办公室问您")
        await screen.sees("请当面核实电话")

        await screen.tap(f"question-{QUESTION}")
        await screen.sees("回答办公室的询问")
        await screen.type("q-answer", "已核实，号码没错")
        await screen.tap("save")

        await screen.sees("已保存在本机")
        record = store_of(screen).record(QUESTION)
        assert record is not None
        assert record.answers["answer"] == "已核实，号码没错"
