"""What must be true of questions: each is asked the one who is asked, until it is answered."""

from typing import TYPE_CHECKING

from mobile.store.asked import KIND, asked
from server.db.engine import reading
from server.review.queue import Asked, Queue
from server.review.waiting import Kind
from tests.simulator.asking import ANSWER, questions_of
from tests.simulator.judged import Candidates, Judged, canonical
from tests.simulator.phone import SimPhone
from tests.simulator.violation import must

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulator.world import World

QUEUE_MAX = 1000


def not_asked_again(world: "World", phone: SimPhone) -> None:
    """A phone asks each question once, and none that its worker has answered on it."""
    waiting = [one.id for one in asked(phone.store.shelf)]
    must(len(set(waiting)) == len(waiting), f"asked: {phone.name} asks twice: {waiting}")
    done = {
        made.change.record
        for made in world.oracle.made
        if made.author == phone.name and made.rightful and ANSWER in made.change.units
    }
    again = [world.name_of(question) for question in waiting if question in done]
    must(not again, f"asked: {phone.name} asks again what she has answered: {again}")


def all_are_asked(world: "World", phone: SimPhone, judged: Judged) -> None:
    """When all is quiet, what asks on a phone is what nobody answered or closed, and no more."""
    hers = {world.made.grid(name) for name in world.duties[phone.worker]}
    worker = canonical(world.made.workers[phone.worker])
    due = {
        question
        for question in world.questions
        if _asks(expected := judged.expected(question))
        and worker in expected["worker"]
        and _grid_of(world, question) in hers
    }
    waiting = {one.id for one in asked(phone.store.shelf)}
    must(waiting == due, f"asked: {phone.name} asks {waiting}, but should ask {due}")
    has_form = phone.store.form(KIND) is not None
    must(has_form or not due, f"asked: {phone.name} has no form to answer {due}")


def answers_arrived(world: "World", judged: Judged) -> None:
    """When all is quiet, the office is shown every answer that it has not read, as it was given."""
    made, expected = world.made, {each: judged.expected(each) for each in world.questions}
    due = {each for each, of in expected.items() if of.get(ANSWER) and not of.get("closed")}
    with reading(made.town.services.engine) as conn:
        queue = Queue(conn, made.admin, made.town.clock())
        entries = queue.entries(Asked(kind=Kind.QUESTION), 0, QUEUE_MAX)
    shown = {entry.item for entry in entries}
    must(shown == due, f"asked: the office is shown {shown}, but should be shown {due}")
    for question in due:
        told = questions_of(world).one(made.admin, question)
        answers = expected[question][ANSWER]
        said = told is not None and canonical(told.answer) in answers
        must(said, f"asked: the office reads {told}, but the answers are {answers}")
    world.happened["an answer that the office has not read"] += bool(due)


def _asks(expected: "Mapping[str, Candidates]") -> bool:
    """Whether the question has arrived, and nobody has answered or closed it."""
    return bool(expected) and not (expected.get(ANSWER) or expected.get("closed"))


def _grid_of(world: "World", question: str) -> str:
    """The grid that it was asked in: a question stays there."""
    return next(m.change.grid for m in world.oracle.made if m.change.record == question)
