"""The visits of the past year to an invented household or empty dwelling."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from server.town.chance import Weighted, happens
from server.town.families import Family
from server.town.kin import age_of
from server.town.surroundings import Moment, Surroundings
from shared.changes import Answer

WEEKS = 51
"""Visits lie a whole number of weeks apart, so that nobody is asked twice in seven days."""
FIRST_MINUTE = 8 * 60 + 30
LAST_MINUTE = 19 * 60 + 30
TALKING_AGE = 14
"""Whom a worker may speak to and name as met."""
QUIET_DAYS = 90
"""After a refusal nobody rings for so long."""

MET = frozenset({"done", "partly_done"})
"""Outcomes of visits at which somebody was met."""
_COUNTS = Weighted({0: 12, 1: 25, 2: 28, 3: 20, 4: 15})
_OUTCOMES = Weighted(
    {
        "done": 62,
        "partly_done": 8,
        "nobody_home": 19,
        "postponed": 6,
        "refused": 2,
        "wrong_address": 1.2,
        "moved_away": 1,
        "unsafe": 0.8,
    }
)
_MODES = Weighted({"door": 86, "phone": 10, "office": 3, "video": 1})
_NOTICES = (
    "service_card",
    "privacy_notice",
    "fire_safety",
    "fraud_prevention",
    "medical_insurance",
)
"""In the order of the form: so do ticked choices stand in an answer."""
_NEEDS = (
    "希望楼道加装扶手",
    "咨询老年证办理",
    "反映楼道灯不亮",
    "咨询居民医保缴费",
    "希望增加充电桩",
    "咨询公租房申请",
)
_NOTES = {
    "done": (
        "家中情况正常，信息已核对。",
        "已提醒燃气安全，建议更换软管。",
        "已讲解防诈骗知识。",
        "已留便民服务卡。",
    ),
    "partly_done": ("只有一人在家，电话待核实。", "家人上班，部分信息下次补。"),
    "nobody_home": ("已留便民服务卡。", "邻居说白天上班，晚上在家。"),
    "postponed": ("约好周六上午再来。", "正在吃饭，改天再来。"),
    "refused": ("婉拒登记，已留告知书。",),
    "wrong_address": ("门牌与登记不符，已报社区核对。",),
    "moved_away": ("邻居说上月已搬走，待核实。",),
    "unsafe": ("楼道堆放杂物，已上报，未入户。",),
    "vacant": ("水表未走，邻居说长期无人。",),
}


class Visit(Struct, frozen=True, kw_only=True):
    """One visit: when it ended, and its answers but for who and where."""

    ended: Moment
    outcome: str
    answers: dict[str, Answer]


def visits_to(around: Surroundings, family: Family, *, refusing: bool) -> list[Visit]:
    """The visits of a year to the household of this family, the oldest first."""
    grown = [person for person in family.members if age_of(person, around.today) >= TALKING_AGE]
    names = [person.name for person in grown]
    count = _COUNTS.pick(around.random)
    visits = [_visit(around, moment, names) for moment in _moments(around, count)]
    if refusing:
        return _until_refusal(around, visits)
    refused = next((place for place, v in enumerate(visits) if v.outcome == "refused"), None)
    # Whoever refused is left in peace.
    return visits if refused is None else visits[: refused + 1]


def visits_to_empty(around: Surroundings) -> list[Visit]:
    """The visits to a dwelling where nobody lives."""
    count = around.random.choice((0, 1, 1, 2))
    return [_with_outcome(around, moment, "vacant", []) for moment in _moments(around, count)]


def _until_refusal(around: Surroundings, visits: list[Visit]) -> list[Visit]:
    last = around.days_ago(1, QUIET_DAYS - 1)
    earlier = [visit for visit in visits if visit.ended.day < last - timedelta(days=7)]
    unmet = [visit for visit in earlier if visit.outcome == "nobody_home"]
    return [*unmet, _with_outcome(around, Moment(last, 10 * 60), "refused", [])]


def _moments(around: Surroundings, count: int) -> Iterator[Moment]:
    offset = around.random.randrange(7)
    for week in sorted(around.random.sample(range(1, WEEKS + 1), count), reverse=True):
        day = around.today - timedelta(days=7 * week - offset)
        yield Moment(day, around.random.randint(FIRST_MINUTE, LAST_MINUTE))


def _visit(around: Surroundings, started: Moment, names: list[str]) -> Visit:
    return _with_outcome(around, started, _OUTCOMES.pick(around.random), names)


def _with_outcome(around: Surroundings, started: Moment, outcome: str, names: list[str]) -> Visit:
    random = around.random
    met = outcome in MET
    ended = started.later(random.randint(6, 40) if met else random.randint(1, 4))
    answers: dict[str, Answer] = {
        "started": started.text,
        "ended": ended.text,
        "mode": _MODES.pick(random) if met else "door",
        "outcome": outcome,
    }
    if met:
        answers |= _conversation(around, outcome, names)
    if outcome == "refused":
        answers["notices_given"] = ["service_card", "privacy_notice"]
        answers["next_visit"] = (ended.day + timedelta(days=QUIET_DAYS)).isoformat()
    if outcome == "postponed":
        answers["next_visit"] = (ended.day + timedelta(days=random.randint(7, 21))).isoformat()
    if happens(random, 0.5):
        answers["note"] = random.choice(_NOTES[outcome])
    return Visit(ended=ended, outcome=outcome, answers=answers)


def _conversation(around: Surroundings, outcome: str, names: list[str]) -> dict[str, Answer]:
    random = around.random
    answers: dict[str, Answer] = {
        "persons_met": "、".join(random.sample(names, min(len(names), random.randint(1, 2)))),
        "notices_given": sorted(random.sample(_NOTICES, random.randint(0, 3)), key=_NOTICES.index),
    }
    if outcome == "done":
        answers["confirmed_unchanged"] = "yes" if happens(random, 0.7) else "no"
    if happens(random, 0.08):
        answers["needs"] = random.choice(_NEEDS)
    if happens(random, 0.15):
        answers["next_visit"] = around.days_ahead(3, 120).isoformat()
    return {question: value for question, value in answers.items() if value not in ("", [])}
