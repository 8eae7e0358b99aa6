"""The office asks a worker about a household, and she answers on her phone, perhaps much later."""

from typing import TYPE_CHECKING

from mobile.store.asked import KIND, Asked, asked
from mobile.store.values import Draft
from server.db.engine import reading
from server.review.askable import Askable, askable
from server.review.questions import Asking, Questions
from shared.changes import Answer
from tests.simulator import office
from tests.simulator.choices import NUMBERS
from tests.simulator.phone import SimPhone

if TYPE_CHECKING:
    from tests.simulator.world import World

ITEM, LABEL = "phone", "联系电话"
WORDS = ("已当面核实", "号码已更换", "本人不在家，问了邻居")
ANSWER = "answer"


def questions_of(world: "World") -> Questions:
    """The office's questions."""
    services = world.made.town.services
    return Questions(services.register, services.engine, world.made.town.clock)


def asks(world: "World") -> str | None:
    """Somebody at the office asks one of those who may know: about an answer, or about all."""
    record = world.known_at_the_office()
    known = world.made.record(record) if record else None
    workers = [] if known is None or known.deleted else _with_a_phone(world, known.grid)
    if known is None or not workers:
        return None
    worker = world.chance.choice(workers)
    about = world.chance.choice(({}, {"item": ITEM, "label": LABEL}))
    number = len(world.questions)
    asking = Asking(about=known.id, worker=worker.id, comment=f"请核实 {number}", **about)
    world.questions.append(questions_of(world).ask(world.made.admin, asking))
    office.tell_written(world, {world.questions[-1]: 0})
    return f"(the office) asks {worker.name} about {world.name_of(known.id)}: q{number}"


def withdraws(world: "World") -> str | None:
    """Somebody at the office has read the answer, or needs none any more."""
    versions = _versions(world)
    if not versions:
        return None
    question = world.chance.choice(list(versions))
    questions_of(world).close(world.made.admin, question)
    office.tell_written(world, {question: versions[question]})
    return f"(the office) closes {world.name_of(question)}"


def hands_over(world: "World") -> str | None:
    """What one worker has not answered is asked another one, who has a duty there."""
    before, after = world.chance.sample(sorted(world.made.workers), 2)
    grids = [world.made.grid(name) for name in sorted(world.duties[after])]
    versions = _versions(world)
    hands = world.made.workers[before], world.made.workers[after]
    questions_of(world).readdress(world.made.admin, hands, grids)
    written = office.tell_written(world, versions)
    return f"(the office) asks {after} instead of {before}" if written else None


def answers(world: "World", phone: SimPhone) -> str | None:
    """She answers a question; perhaps she only begins to, or puts the answer right as well."""
    waiting = asked(phone.store.shelf)
    if not waiting or phone.store.form(KIND) is None:
        return None  # without its form: the sync that brought the question ended too soon
    one = world.chance.choice(waiting)
    draft = phone.store.begin(KIND, one.id).answered(ANSWER, world.chance.choice(WORDS))
    if world.chance.random() < 0.2:
        phone.store.keep(draft)
        return f"begins to answer {world.name_of(one.id)}"
    drafts = [draft, *_put_right(world, phone, one)]
    for each in drafts:
        world.had_seen(each.record, each.base)
    phone.store.save_drafts(*drafts)
    beside = ", and puts it right" if len(drafts) > 1 else ""
    return f"answers {world.name_of(one.id)} as opened at {draft.base}{beside}"


def _put_right(world: "World", phone: SimPhone, one: Asked) -> list[Draft]:
    """The form of the household that is asked about, with another answer to that item."""
    view = phone.store.record(one.record)
    if one.unit != ITEM or view is None or view.deleted or world.chance.random() < 0.5:
        return []
    draft = phone.store.begin(one.kind, one.record)
    number: Answer = world.chance.choice(NUMBERS)
    return [draft.answered(ITEM, number)]


def _with_a_phone(world: "World", grid: str) -> list[Askable]:
    """Those who may be asked about records of a grid, and have a phone in this seed."""
    made = world.made
    here = {made.workers[phone.worker] for phone in world.phones}
    with reading(made.town.services.engine) as conn:
        able = askable(conn, made.admin, grid, made.town.clock())
    return [one for one in able if one.id in here]


def _versions(world: "World") -> dict[str, int]:
    """The questions that the office has, each at its version."""
    known = {question: world.made.record(question) for question in world.questions}
    return {question: record.version for question, record in known.items() if record is not None}
