"""All that may happen in a step, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from tests.simulator import asking, duplicates, machine_room, office, workers
from tests.simulator.phone import SimPhone
from tests.simulator.world import World

Act: TypeAlias = Callable[[World, SimPhone], str | None]


class Likely(NamedTuple):
    """What may happen, how likely it is, and its name."""

    weight: int
    name: str
    act: Act


@dataclass(frozen=True)
class Elsewhere:
    """Something that happens to no phone."""

    act: Callable[[World], str | None]

    def __call__(self, world: World, _: SimPhone) -> str | None:
        return self.act(world)


ACTS = (
    Likely(48, "a sync", workers.syncs),
    Likely(22, "a form is opened", workers.opens),
    Likely(30, "an old form is saved", workers.saves_a_form),
    Likely(28, "an edit", workers.edits),
    Likely(5, "a registration", workers.registers),
    Likely(3, "a visit", workers.visits),
    Likely(6, "a deletion or restoration", workers.deletes_or_restores),
    Likely(5, "a move by a worker", workers.moves),
    Likely(12, "an edit by the office", Elsewhere(office.edits)),
    Likely(12, "a decision", Elsewhere(office.decides)),
    Likely(5, "a move by the office", Elsewhere(office.moves)),
    Likely(5, "a merge of two households", Elsewhere(duplicates.merges)),
    Likely(4, "a parting of merged households", Elsewhere(duplicates.parts)),
    Likely(10, "a question", Elsewhere(asking.asks)),
    Likely(14, "an answer", asking.answers),
    Likely(4, "a question closed", Elsewhere(asking.withdraws)),
    Likely(4, "a question handed over", Elsewhere(asking.hands_over)),
    Likely(3, "a phone killed", workers.dies),
    Likely(4, "another clock", workers.gets_another_clock),
    Likely(2, "nonsense", workers.saves_nonsense),
    Likely(7, "a copy of a phone", workers.is_copied),
    Likely(7, "a phone put back", workers.goes_on_from_its_copy),
    Likely(4, "a grid given", machine_room.is_given),
    Likely(4, "a grid withdrawn", machine_room.loses),
    Likely(7, "a file exported", machine_room.exports),
    Likely(5, "a file taken along", machine_room.takes_along),
    Likely(5, "a file imported", Elsewhere(machine_room.imports)),
    Likely(3, "a backup of the server", Elsewhere(machine_room.backs_up)),
    Likely(3, "the server put back", Elsewhere(machine_room.is_put_back)),
    Likely(3, "tombstones forgotten", Elsewhere(machine_room.forgets)),
)


def step(world: World) -> SimPhone | None:
    """Something happens somewhere; the phone that it happens to, if it is one."""
    world.pass_time()
    chance = world.chance
    (chosen,) = chance.choices(ACTS, [each.weight for each in ACTS])
    phone = chance.choice(world.phones)
    phone.line.trouble = chance.choice([0.0, 0.1, 0.4])
    phone.crashes = chance.choice([0.0, 0.0, 0.05])
    world.do(phone, lambda phone: chosen.act(world, phone), chosen.name)
    return None if isinstance(chosen.act, Elsewhere) else phone
