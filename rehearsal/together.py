"""What happens between people in a rehearsal: conflicts, questions, a report of harm at home."""

from functools import partial
from random import Random

from mobile.store.asked import asked
from mobile.store.cards import HouseholdFilter
from mobile.store.values import Edit
from rehearsal.arrivals import registered
from rehearsal.phones import WeekPhone
from rehearsal.plan import MINUTE_MS
from rehearsal.stage import Stage
from shared.changes import Answer, ChangeKind

HOUSEHOLDS = 2
"""In each grid with two workers, so many households are edited by both without knowing."""
ANSWER = "已核实，号码换了，已更新"


def plan_together(stage: Stage) -> None:
    """Notes the conflicts and their decisions, the questions and their answers."""
    plan, note = stage.plan, stage.agenda.note
    for grid, phones in stage.hands.items():
        if len(phones) > 1:
            chance = stage.chance("conflicts", stage.number_of(grid))
            note(plan.at(2, 10, 20), partial(_disagree, stage, grid, phones, chance))
            note(plan.at(2, 11, 40), partial(_register_again, stage, grid, phones[1]))
    note(plan.at(3, 15), partial(_decide, stage))
    for who in stage.office.communities:
        grid = max(who.grids, key=lambda each: stage.office.tree[each].code)
        if stage.hands[grid]:
            note(plan.at(1, 11), partial(_ask, stage, grid, stage.hands[grid][0]))
    first = stage.phones[0]
    note(plan.at(2, 20, 10), partial(_harm, stage, first))


def _disagree(stage: Stage, grid: str, phones: list[WeekPhone], chance: Random) -> None:
    """Both have another telephone number of the same household."""
    one, other = phones[:2]
    cards = one.store.search("", HouseholdFilter(grid=grid), limit=200).cards
    known = sorted(card.id for card in cards if card.phone_ending and not card.unsent)
    for place, household in enumerate(chance.sample(known, min(HOUSEHOLDS, len(known)))):
        for phone, number in ((one, "3"), (other, "7")):
            edit = Edit(
                kind=ChangeKind.SET,
                record=household,
                record_kind="household",
                units={"phone": f"1540099{place}{number * 3}"},
            )
            if phone.store.household(household) is not None:
                phone.store.save([edit])
        stage.happened["disagreement"] += 1


def _register_again(stage: Stage, grid: str, phone: WeekPhone) -> None:
    """A household is written down a second time, and the community makes the two one."""
    cards = phone.store.search("", HouseholdFilter(grid=grid), limit=200).cards
    known = min(cards, key=lambda card: card.id, default=None)
    if known is None or known.dwelling is None:
        return
    living: dict[str, Answer] = {"head_name": known.head_name, "visit_policy": "normal"}
    edits = registered(phone, known.dwelling, living, {"name": known.head_name, "relation": "0"})
    phone.store.save(edits)
    stage.happened["registered again"] += 1
    merge = partial(_merge, stage, grid, edits[0].record, known.id)
    stage.agenda.note(stage.plan.at(4, 14, 10), merge)


def _merge(stage: Stage, grid: str, again: str, stands: str) -> None:
    stage.happened["merged"] += stage.office.merge(grid, again, stands)


def _decide(stage: Stage) -> None:
    stage.happened["conflict decided"] += stage.office.decide_conflicts()


def _ask(stage: Stage, grid: str, phone: WeekPhone) -> None:
    """The community asks about a household, and the worker answers in the afternoon."""
    cards = phone.store.search("", HouseholdFilter(grid=grid), limit=200).cards
    about = min((card.id for card in cards if not card.unsent), default="")
    if not about:
        return
    stage.office.ask(grid, about, phone.worker)
    stage.happened["question"] += 1
    stage.agenda.note(stage.clock.at + 300 * MINUTE_MS, partial(_answer, stage, phone))


def _answer(stage: Stage, phone: WeekPhone) -> None:
    for question in asked(phone.store.shelf):
        draft = phone.store.begin("question", question.id)
        phone.store.save_drafts(draft.answered("answer", ANSWER))
        stage.happened["answer"] += 1


def _harm(stage: Stage, phone: WeekPhone) -> None:
    """No phone receives it, and no board counts it."""
    answers: dict[str, Answer] = {"text": "夜里有哭喊", "urgency": "urgent"}
    phone.write("protection", phone.grids[0], answers)
    stage.happened["protection"] += 1
    stage.sync_soon(phone)
