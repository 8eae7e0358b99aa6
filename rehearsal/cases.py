"""Cases of a rehearsal: what is found, by whom it is handled, and who did not know of whom."""

from functools import partial
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from rehearsal.fates import CASES, DISPUTES, OF_CASES, OF_DISPUTES, Move, Who
from rehearsal.phones import WeekPhone
from rehearsal.plan import DAYS, HOUR_MS, WORKED_DAYS, in_hours
from rehearsal.stage import Stage
from server.clock import DAY_MS, town_time
from server.town.chance import Weighted
from shared.changes import Answer
from shared.work.values import DISPUTE, Action

TRIES = 3
"""A step that cannot be taken yet (the case has not arrived) is tried again in the morning."""
FOUND: dict[str, tuple[str, dict[str, str]]] = {
    "hazard": ("楼道堆放杂物", {"must_report": "hazard", "risk": "medium"}),
    "dispute": ("上下楼漏水争执", {"dispute_kind": "neighbour"}),
    "livelihood": ("老人住院，费用负担重", {}),
    "facility": ("路灯不亮", {"must_report": "facility"}),
    "environment": ("垃圾桶满溢", {}),
    "public_order": ("夜间噪声扰民", {}),
    "service_request": ("申请楼梯扶手", {"asked_how": "phone"}),
    "rental": ("一户新出租", {"must_report": "rental"}),
    "inflow": ("新到务工人员", {"must_report": "inflow"}),
    "other": ("其他情况", {}),
}
SORTS = Weighted(
    {
        "hazard": 22, "dispute": 16, "livelihood": 10, "facility": 14, "environment": 14,
        "public_order": 5, "service_request": 8, "rental": 5, "inflow": 4, "other": 2,
    }
)  # fmt: skip
URGENCY = Weighted({"normal": 84, "urgent": 12, "emergency": 4})
CONTESTED_EVERY = 3
"""In every third grid with two workers, both decide about one case at the same time."""


def plan_cases(stage: Stage) -> None:
    """Notes what is found in each grid, and what two workers do at the same time."""
    shared = [grid for grid, phones in stage.hands.items() if len(phones) > 1]
    for grid in shared[::CONTESTED_EVERY]:
        contest = partial(_contest, stage, grid, stage.hands[grid])
        stage.agenda.note(stage.plan.at(1, 9, 10), contest)
    for grid, phones in stage.hands.items():
        if not phones:
            continue
        chance = stage.chance("cases", stage.number_of(grid))
        for _ in range(chance.randint(*stage.plan.cases)):
            phone, own = chance.choice(phones), Random(chance.random())
            day = chance.randrange(DAYS if own.random() < 0.2 else WORKED_DAYS)
            at = stage.plan.at(day, chance.randint(8, 16), chance.randrange(60))
            stage.agenda.note(at, partial(find, stage, phone, grid, own))


def earlier_disputes(stage: Stage) -> None:
    """A dispute of each community that was settled a week ago: its return visit is due now."""
    for who in stage.office.communities:
        grid = min(who.grids, key=lambda each: stage.office.tree[each].code)
        phones = stage.hands[grid]
        if phones:
            stage.agenda.note(stage.plan.at(-DAYS, 9), partial(_settle, stage, grid, phones[0]))


def find(stage: Stage, phone: WeekPhone, grid: str, chance: Random, *, days_ago: int = 0) -> str:
    """A worker notes something down; its id. days_ago: it was discovered earlier."""
    sort = SORTS.pick(chance)
    text, more = FOUND[sort]
    answers: dict[str, Answer] = {
        "case_kind": sort, "text": text, "urgency": URGENCY.pick(chance), **more,
    }  # fmt: skip
    case = _note_down(phone, grid, answers, days_ago=days_ago)
    stage.happened[f"case {sort}"] += 1
    stage.sync_soon(phone)
    fate = OF_DISPUTES.pick(chance) if sort == DISPUTE else OF_CASES.pick(chance)
    moves = DISPUTES[fate] if sort == DISPUTE else CASES[fate]
    _follow(stage, _Course(phone, case, moves), chance)
    return case


def _note_down(
    phone: WeekPhone, grid: str, answers: dict[str, Answer], *, days_ago: int = 0
) -> str:
    """As the app's screen does: with the moment of discovery by the phone's clock."""
    found = phone.ago(days_ago * 26 * 60)
    return phone.write("case", grid, {**answers, "discovered_at": found})


class _Course(Struct, frozen=True):
    """A case on its way, and what is still to be done about it."""

    phone: WeekPhone
    case: str
    moves: tuple[Move, ...]
    tries: int = TRIES


def _follow(stage: Stage, course: _Course, chance: Random) -> None:
    """Notes the next step of a case; when it was taken, the one after it."""
    if not course.moves:
        return
    move, *rest = course.moves
    at = in_hours(stage.clock.at + round(move.hours * HOUR_MS), chance.randrange(60))

    def take() -> None:
        if _took(stage, course.phone, course.case, move):
            stage.happened[f"step {move.who} {move.action}"] += 1
            _follow(stage, replace(course, moves=tuple(rest), tries=TRIES), chance)
        elif course.tries > 1:
            _follow(stage, replace(course, tries=course.tries - 1), chance)
        else:
            stage.happened["step given up"] += 1

    stage.agenda.note(at, take)


def _took(stage: Stage, phone: WeekPhone, case: str, move: Move) -> bool:
    said = {name: _meant(stage, value) for name, value in move.said.items()}
    if move.who is Who.PHONE:
        taken = phone.step(case, move.action, **said)
        if taken:
            stage.sync_soon(phone)
        return taken
    office = stage.office
    filed = phone.filed(case)
    if filed is None:
        return False
    who = {
        Who.COMMUNITY: office.above(filed.record.grid),
        Who.TOWN: office.town,
        Who.DEPARTMENT: office.department,
    }[move.who]
    return office.take(who, case, move.action, said)


def _meant(stage: Stage, value: str) -> Answer:
    if not value.startswith("+"):
        return value
    return town_time(stage.clock.at + int(value) * DAY_MS).date().isoformat()


def _contest(stage: Stage, grid: str, phones: list[WeekPhone]) -> None:
    """Both have a case; one closes it, the other hands it up, neither has signal."""
    one, other = phones[:2]
    answers: dict[str, Answer] = {
        "case_kind": "hazard", "text": "一楼燃气软管老化", "urgency": "normal",
        "must_report": "hazard", "risk": "high",
    }  # fmt: skip
    case = _note_down(one, grid, answers)
    stage.sync(one)
    stage.sync(other)
    stage.happened["case contested"] += 1

    def at_once() -> None:
        if one.step(case, Action.CLOSE, text="软管已更换"):
            other.step(case, Action.ESCALATE, reason="建议整栋检查")
        stage.sync_soon(one)
        stage.sync_soon(other)

    stage.agenda.note(stage.clock.at + 2 * HOUR_MS, at_once)


def _settle(stage: Stage, grid: str, phone: WeekPhone) -> None:
    """The dispute of the week before, and the return visit after seven days."""
    text, more = FOUND[DISPUTE]
    answers: dict[str, Answer] = {"case_kind": DISPUTE, "text": text, "urgency": "normal", **more}
    case = _note_down(phone, grid, answers)
    agreed, verified = DISPUTES["agreed at once"]
    _took(stage, phone, case, agreed)
    stage.sync(phone)
    _took(stage, phone, case, verified)
    stage.happened["case earlier"] += 1
    kept = stage.happened["case earlier"] % 3 != 0  # every third one comes up again

    def visit_again() -> None:
        said = {"result": "ok"} if kept else {"result": "not_ok", "text": "又起争执"}
        if phone.step(case, Action.RETURN_VISIT, **said):
            stage.happened["return visit"] += 1
        stage.sync_soon(phone)

    stage.agenda.note(stage.plan.at(0, 15), visit_again)
