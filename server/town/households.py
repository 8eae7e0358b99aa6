"""What a worker wrote down of each invented household."""

from datetime import date, timedelta

from msgspec import Struct

from server.town.chance import Weighted, happens
from server.town.dwellings import Door
from server.town.families import Family, Pattern, make_family
from server.town.kin import age_of
from server.town.names import person_name
from server.town.surroundings import Hand, Surroundings
from server.town.visits import MET, QUIET_DAYS, Visit
from shared.changes import Answer

DECLINED: Answer = {"missing": "declined"}
NOT_KNOWN: Answer = {"missing": "not_known"}

REFUSING = 0.02
"""The share of households that will not be registered at all."""

_ASKED = ("head_name", "tenure", "household_kind", "people_count", "phone")
"""What a household must be asked; who refuses has declined each."""
_KINDS = Weighted({"registered_here": 64, "lives_here": 16, "floating": 20})
_VILLAGE_KINDS = Weighted({"registered_here": 84, "lives_here": 5, "floating": 11})
_TENURES = {
    "registered_here": Weighted(
        {"own": 88, "rented": 5, "borrowed": 3, "public_rental": 3, "other": 1}
    ),
    "lives_here": Weighted({"own": 62, "rented": 28, "borrowed": 5, "public_rental": 5}),
    "floating": Weighted({"rented": 84, "borrowed": 7, "employer": 5, "public_rental": 4}),
    "collective": Weighted({"employer": 1}),
}
_ELSEWHERE = (
    "安徽省望川县云溪镇", "河南省临禾县东岗乡", "江西省云岭县白石镇", "四川省青原县双河镇",
    "湖北省澄江县柳林镇", "贵州省晴山县石桥镇", "江苏省沐河县新集镇",
)  # fmt: skip
"""Counties that there are not."""
_NEARBY = ("镇上老街", "南桥村", "开发区宿舍", "望云街12号")
_TIMES = ("工作日晚上7点后", "周末上午", "周六全天", "白天都在家", "下午接完孩子以后")
_NEEDS = ("老人行动不便，希望上门办理", "孩子入学咨询", "希望帮忙联系维修", "就业信息")


class Household(Struct, frozen=True, kw_only=True):
    """A household as it is: who lives there, on what terms, and whether it talks to workers."""

    family: Family
    kind: str
    tenure: str
    refusing: bool
    phone: Answer
    """Or that it was declined, or is not known."""

    @property
    def local(self) -> bool:
        """Whether its people are registered in this town."""
        return self.kind in {"registered_here", "lives_here"}


class Entry(Struct, frozen=True, kw_only=True):
    """Where and when a household was first written down."""

    dwelling_id: str
    number: int
    """Counted through the grid, from 1."""
    leader: str | None
    """The mark of a building or unit leader."""
    hand: Hand


def make_household(around: Surroundings) -> Household:
    """A household of any kind, each as often as it occurs."""
    family = make_family(around.random, around.today)
    kind = _kind(around, family)
    return Household(
        family=family,
        kind=kind,
        tenure=_TENURES[kind].pick(around.random),
        refusing=happens(around.random, REFUSING),
        phone=_phone(around),
    )


def household_answers(
    around: Surroundings, household: Household, entry: Entry, people: list[dict[str, Answer]]
) -> dict[str, Answer]:
    """The answers of a household that talked to a worker, or of one that would not."""
    answers: dict[str, Answer] = {
        "dwelling": entry.dwelling_id,
        "household_no": f"{around.grid.code[-3:]}-{entry.number:04d}",
    }
    if household.refusing:
        return {**answers, **dict.fromkeys(_ASKED, DECLINED), "visit_policy": "normal"}
    return {
        **answers,
        "head_name": household.family.head.name,
        "tenure": household.tenure,
        "household_kind": household.kind,
        "people_count": _people_count(around, people),
        "phone": household.phone,
        "living_since": _living_since(around, household).isoformat(),
        "marks": _marks(household, entry, people),
        **_terms(around, household),
        **_wishes(around),
    }


def learnt_from(around: Surroundings, visits: list[Visit], place: int) -> dict[str, Answer]:
    """What the visit at this place among `visits` changed of the household; often nothing."""
    visit = visits[place]
    if visit.outcome == "refused":
        until = visit.ended.day + timedelta(days=QUIET_DAYS)
        return {"visit_policy": "no_visits", "no_visits_until": until.isoformat()}
    changed: dict[str, Answer] = {}
    if visit.answers.get("confirmed_unchanged") == "no":
        changed |= _changed(around)
    if visit.outcome in MET and not any(later.outcome in MET for later in visits[place + 1 :]):
        changed["last_seen"] = visit.ended.day.isoformat()
    return changed


def leader_mark(around: Surroundings, door: Door, leaders: set[str]) -> str | None:
    """The mark of a household whose head leads the building or the unit, if one does.

    leaders: the buildings and units that have theirs; the new one is added.
    """
    unit = f"{door.building}-{door.unit}"
    for mark, place in (
        ("building_leader", door.building),
        ("unit_leader", unit if door.unit else ""),
    ):
        if place and place not in leaders and happens(around.random, 0.15):
            leaders.add(place)
            return mark
    return None


def _kind(around: Surroundings, family: Family) -> str:
    if family.pattern is Pattern.DORMITORY:
        return "collective"
    if family.pattern is Pattern.FLATMATES:
        return "floating"
    return (_VILLAGE_KINDS if around.grid.rural else _KINDS).pick(around.random)


def _people_count(around: Surroundings, people: list[dict[str, Answer]]) -> int:
    living_here = sum(person["status"] == "living_here" for person in people)
    # Now and then a table and its people disagree: that is what the cross-check is for.
    slip = around.random.choice((-1, 1)) if happens(around.random, 0.03) else 0
    return max(1, living_here + slip)


def _phone(around: Surroundings) -> Answer:
    if happens(around.random, 0.03):
        return DECLINED
    return NOT_KNOWN if happens(around.random, 0.02) else around.numbers.phone()


def _living_since(around: Surroundings, household: Household) -> date:
    head_age = age_of(household.family.head, around.today)
    most = 5 if household.kind in {"floating", "collective"} else min(32, head_age)
    return around.days_ago(400, max(401, most * 365))


def _marks(household: Household, entry: Entry, people: list[dict[str, Answer]]) -> Answer:
    leader = entry.leader
    marks = [leader] if leader and household.kind == "registered_here" else []
    if household.kind == "floating":
        marks.append("floating")
    if any(person.get("party_member") == "yes" for person in people):
        marks.append("party_member")
    return marks or None  # in the order of the form


def _terms(around: Surroundings, household: Household) -> dict[str, Answer]:
    random = around.random
    answers: dict[str, Answer] = {}
    if household.tenure == "rented" and happens(random, 0.85):
        answers["landlord_name"] = person_name(random, (1950, 1985))
        answers["landlord_phone"] = around.numbers.phone()
        answers["lease_until"] = around.days_ahead(-30, 720).isoformat()
    if household.kind == "lives_here":
        answers["registered_address"] = around.town.name + random.choice(_NEARBY)
    elif not household.local:
        answers["registered_address"] = random.choice(_ELSEWHERE)
    return answers


def _wishes(around: Surroundings) -> dict[str, Answer]:
    random = around.random
    answers: dict[str, Answer] = {"visit_policy": "normal"}
    if happens(random, 0.05):
        answers["visit_policy"] = random.choice(("appointment", "phone_only"))
    if happens(random, 0.12):
        answers["preferred_time"] = random.choice(_TIMES)
    if happens(random, 0.03):
        answers["needs"] = random.choice(_NEEDS)
    if happens(random, 0.2):
        name = person_name(random, (1960, 1995))
        answers["emergency_contact"] = f"{name} {around.numbers.phone()}"
    return answers


def _changed(around: Surroundings) -> dict[str, Answer]:
    random = around.random
    if happens(random, 0.5):
        return {"phone": around.numbers.phone()}
    if happens(random, 0.6):
        return {"preferred_time": random.choice(_TIMES)}
    return {"needs": random.choice(_NEEDS)}
