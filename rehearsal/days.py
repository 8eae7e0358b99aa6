"""The everyday of a rehearsal: syncs, visits, patrols, the diary, facilities."""

from datetime import timedelta
from functools import partial
from random import Random

from mobile.store.cards import HouseholdFilter
from mobile.store.values import Edit
from rehearsal.phones import WeekPhone
from rehearsal.plan import DAYS, WORKED_DAYS, working_days
from rehearsal.stage import Stage
from server.town.chance import Weighted, happens
from shared.changes import Answer, ChangeKind

SYNCS = ((8, 5), (12, 30), (18, 30))
FIRST_HOUR, LAST_HOUR = 9, 17
EVERY = 1_000_000
OUTCOMES = Weighted(
    {
        "done": 60, "partly_done": 8, "nobody_home": 19, "postponed": 6, "refused": 3,
        "wrong_address": 2, "moved_away": 1, "unsafe": 1,
    }
)  # fmt: skip
MODES = Weighted({"door": 88, "phone": 9, "office": 3})
QUIET_DAYS = 90
MET = ("done", "partly_done")
SAID = (
    ("safety", "楼道充电有隐患，希望增设充电桩"), ("neighbours", "晚上广场舞声音大"),
    ("livelihood", "老人看病报销流程不清楚"), ("surroundings", "河边垃圾较多，希望定期清理"),
    ("services", "希望周末也能办理居民医保"),
)  # fmt: skip
THINGS = (("lamp", "路口路灯"), ("bench", "小广场长椅"), ("hydrant", "消防栓"), ("bin", "垃圾箱"))


def plan_days(stage: Stage) -> None:
    """Notes everything that happens day by day, whatever else happens."""
    for number, phone in enumerate(stage.phones):
        _plan_syncs(stage, phone, number)
    for grid, phones in stage.hands.items():
        for place, phone in enumerate(phones):
            _plan_visits(stage, grid, phone, place)
        if phones:
            _plan_rounds(stage, grid, phones[0])


def _plan_syncs(stage: Stage, phone: WeekPhone, number: int) -> None:
    for day in range(DAYS):
        for hour, minute in SYNCS:
            at = stage.plan.at(day, hour, minute) + number * 7_000
            stage.agenda.note(at, partial(stage.sync, phone))


def _plan_visits(stage: Stage, grid: str, phone: WeekPhone, place: int) -> None:
    """Each household once in the week at the most, whichever of the grid's workers goes there."""
    chance = stage.chance("visits", stage.number_of(grid), place)
    found = phone.store.search("", HouseholdFilter(grid=grid), limit=EVERY).cards
    mine = sorted(card.id for card in found)[place :: len(stage.hands[grid])]
    chance.shuffle(mine)
    for day in range(DAYS):
        share = 1 if day < WORKED_DAYS else 2
        wanted = max(1, stage.plan.visits_a_day // len(phone.grids) // share)
        today, mine = mine[:wanted], mine[wanted:]
        minutes = sorted(chance.sample(range((LAST_HOUR - FIRST_HOUR) * 60), len(today)))
        for minute, household in zip(minutes, today, strict=True):
            at = stage.plan.at(day, FIRST_HOUR, minute)
            own = Random(chance.random())
            stage.agenda.note(at, partial(_visit, stage, phone, household, own))


def _visit(stage: Stage, phone: WeekPhone, household: str, chance: Random) -> None:
    card = phone.store.household(household)
    if card is None or card.visit_policy == "no_visits":
        return
    outcome = OUTCOMES.pick(chance)
    answers: dict[str, Answer] = {
        "household": household,
        "dwelling": card.dwelling,
        "started": phone.ago(chance.randint(8, 25)),
        "ended": phone.ago(0),
        "mode": MODES.pick(chance) if outcome in MET else "door",
        "outcome": outcome,
    }
    learnt: dict[str, Answer] = {}
    today = phone.shown.date()
    if outcome in MET:
        answers |= _told(stage, card.grid, outcome, chance)
        learnt["last_seen"] = today.isoformat()
        if happens(chance, 0.1):
            learnt["people_count"] = max(1, (card.people_count or 1) + chance.choice((-1, 1)))
    if outcome == "refused":
        until = (today + timedelta(days=QUIET_DAYS)).isoformat()
        learnt |= {"visit_policy": "no_visits", "no_visits_until": until}
    if outcome == "postponed":
        answers["next_visit"] = (today + timedelta(days=chance.randint(1, 5))).isoformat()
    _save_visit(phone, household, answers, learnt)
    stage.happened[f"visit {outcome}"] += 1


def _told(stage: Stage, grid: str, outcome: str, chance: Random) -> dict[str, Answer]:
    """What was said and left at a visit at which somebody was met."""
    answers: dict[str, Answer] = {"persons_met": "户主"}
    if outcome == "done":
        answers["confirmed_unchanged"] = "yes" if happens(chance, 0.6) else "no"
    if happens(chance, 0.3) and (number := stage.next_card(grid)):
        answers |= {"notices_given": ["service_card"], "card_no": number}
        stage.happened["card"] += 1
    elif happens(chance, 0.2):
        answers["notices_given"] = ["fire_safety"]
    return answers


def _save_visit(
    phone: WeekPhone, household: str, answers: dict[str, Answer], learnt: dict[str, Answer]
) -> None:
    draft = phone.store.begin("visit", answers=answers)
    edit = Edit(
        kind=ChangeKind.SET,
        record=household,
        record_kind="household",
        units=learnt,
        visit=draft.record,
    )
    phone.store.save_drafts(draft, more=[edit] if learnt else [])


def _plan_rounds(stage: Stage, grid: str, phone: WeekPhone) -> None:
    """A patrol each working day, two entries of the diary, two facilities, their checks."""
    chance, plan = stage.chance("rounds", stage.number_of(grid)), stage.plan
    note = stage.agenda.note
    for day in working_days():
        note(
            plan.at(day, 8, 20 + chance.randrange(30)), partial(_patrol, stage, phone, grid, chance)
        )
    for day in sorted(chance.sample(range(WORKED_DAYS), 2)):
        note(plan.at(day, 16, chance.randrange(50)), partial(_diary, stage, phone, grid, chance))
    things = chance.sample(THINGS, 2)
    note(plan.at(0, 10, 40), partial(_facilities, stage, phone, grid, things))
    if happens(chance, 0.1):
        note(plan.at(4, 17, 5), partial(_feedback, stage, phone, grid))


def _patrol(stage: Stage, phone: WeekPhone, grid: str, chance: Random) -> None:
    answers: dict[str, Answer] = {"at": phone.ago(0), "places": "全部楼栋", "found": "nothing"}
    if happens(chance, 0.15):
        answers |= {"found": "something", "text": "井盖松动，已设警示"}
    phone.write("patrol", grid, answers)
    stage.happened["patrol"] += 1


def _diary(stage: Stage, phone: WeekPhone, grid: str, chance: Random) -> None:
    topic, text = chance.choice(SAID)
    day = phone.shown.date().isoformat()
    answers: dict[str, Answer] = {
        "day": day, "topic": topic, "source": "resident", "text": text, "action": "已记录并转社区",
    }  # fmt: skip
    phone.write("diary", grid, answers)
    stage.happened["diary"] += 1


def _facilities(stage: Stage, phone: WeekPhone, grid: str, things: list[tuple[str, str]]) -> None:
    for sort, name in things:
        answers: dict[str, Answer] = {
            "facility_kind": sort, "name": name, "place": "网格中心", "state": "good",
        }  # fmt: skip
        facility = phone.write("facility", grid, answers)
        stage.happened["facility"] += 1
        again = partial(_check, stage, phone, grid, facility)
        stage.agenda.note(stage.plan.at(3, 10, 50), again)


def _check(stage: Stage, phone: WeekPhone, grid: str, facility: str) -> None:
    answers: dict[str, Answer] = {"facility": facility, "at": phone.ago(0), "state": "good"}
    phone.write("facility_check", grid, answers)
    stage.happened["facility_check"] += 1


def _feedback(stage: Stage, phone: WeekPhone, grid: str) -> None:
    answers: dict[str, Answer] = {
        "feedback_kind": "suggestion", "text": "希望列表能按楼栋折叠", "answer_wanted": "yes",
    }  # fmt: skip
    phone.write("feedback", grid, answers)
    stage.happened["feedback"] += 1
