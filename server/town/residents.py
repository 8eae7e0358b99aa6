"""What a worker wrote down of each invented resident."""

from datetime import date
from random import Random

from msgspec import Struct

from server.town.chance import Weighted, happens
from server.town.families import Pattern
from server.town.households import DECLINED, Household
from server.town.kin import HEAD, MARRIED, PARENT, SPOUSE, Person, age_of
from server.town.numbers import AREA_HERE, AREAS_ELSEWHERE
from server.town.surroundings import Surroundings
from shared.changes import Answer
from shared.codes import Sex, code_table

GROWN = 18
WORKING_AGE = 16
RETIREMENT_AGE = {Sex.MALE: 60, Sex.FEMALE: 55}

_SCHOOLS = {
    1960: Weighted({"80": 50, "70": 30, "60": 12, "40": 4, "30": 3, "20": 1}),
    1980: Weighted({"80": 18, "70": 42, "60": 18, "40": 10, "30": 8, "20": 4}),
    1990: Weighted({"70": 32, "60": 15, "40": 15, "30": 20, "20": 16, "10": 2}),
    2100: Weighted({"70": 14, "60": 14, "40": 15, "30": 26, "20": 27, "10": 4}),
}
_WORK = Weighted(
    {"employed": 66, "self_employed": 14, "farming": 5, "unemployed": 6, "homemaker": 7, "other": 2}
)
_FARM_WORK = Weighted({"farming": 45, "employed": 34, "self_employed": 14, "homemaker": 7})
_NOTES = (
    "周末在家",
    "在外地上学，假期回来",
    "上夜班，白天休息",
    "听力不好，请大声说话",
    "普通话不太好",
)
_CARE = [code.code for code in code_table("care").codes]
"""In the order of the form: so do ticked choices stand in an answer."""


class Home(Struct, frozen=True):
    """The household that a resident is written down in."""

    household_id: str
    household: Household

    @property
    def pattern(self) -> Pattern:
        """How the family is made up."""
        return self.household.family.pattern


def resident_answers(around: Surroundings, home: Home, person: Person) -> dict[str, Answer]:
    """The answers of one member of the family."""
    age = age_of(person, around.today)
    return {
        "household": home.household_id,
        "name": person.name,
        "relation": person.relation,
        "sex": str(person.sex),
        "birth_date": DECLINED if happens(around.random, 0.01) else person.born.isoformat(),
        "status": _status(around.random, person, age),
        **_papers(around, home, person, age),
        **_work(around, home, person, age),
        **_care(around, home, person, age),
    }


def _status(random: Random, person: Person, age: int) -> str:
    if person.relation == HEAD or not happens(random, 0.03):
        return "living_here"
    return "died" if age > 78 and happens(random, 0.6) else "moved"


def _papers(around: Surroundings, home: Home, person: Person, age: int) -> dict[str, Answer]:
    random = around.random
    answers: dict[str, Answer] = {}
    if happens(random, 0.12):
        area = AREA_HERE if home.household.local else random.choice(AREAS_ELSEWHERE)
        answers["id_number"] = around.numbers.id_number(area, person.born, person.sex)
    elif happens(random, 0.05):
        answers["id_number"] = DECLINED
    if person.relation == HEAD:
        answers["phone"] = home.household.phone
    elif age >= 12 and happens(random, 0.65):
        answers["phone"] = around.numbers.phone()
    if happens(random, 0.8):
        answers["registration_type"] = _registration_type(around, home)
    if age >= GROWN and happens(random, 0.9):
        answers["marital"] = person.marital
    if age >= 12 and happens(random, 0.8):
        answers["education"] = _education(random, person.born, age)
    return answers


def _registration_type(around: Surroundings, home: Home) -> str:
    if home.pattern is Pattern.DORMITORY:
        return "collective"
    share = 0.7 if around.grid.rural else 0.08
    return "agricultural" if happens(around.random, share) else "resident"


def _education(random: Random, born: date, age: int) -> str:
    if age < 15:
        return "80"
    if age < 18:
        return "70"
    cohort = next(before for before in _SCHOOLS if born.year < before)
    level = _SCHOOLS[cohort].pick(random)
    return "60" if age < 22 and level in {"10", "20", "30"} else level


def _work(around: Surroundings, home: Home, person: Person, age: int) -> dict[str, Answer]:
    random = around.random
    retired = age >= RETIREMENT_AGE[person.sex]
    employee = happens(random, 0.25 if around.grid.rural else 0.75)
    answers: dict[str, Answer] = {}
    if age >= WORKING_AGE:
        answers["employment"] = _employment(around, home, person, age)
        answers["pension"] = _insurance(random, employee=employee, insured=0.93)
        if retired and employee:
            answers["retirement"] = "yes"
    if age >= GROWN and happens(random, 0.5):
        answers["party_member"] = "yes" if happens(random, 0.09) else "no"
    if age >= GROWN + 2 and person.sex is Sex.MALE and happens(random, 0.05):
        answers["veteran"] = "yes"
    worker = employee and age >= WORKING_AGE
    answers["medical"] = _insurance(random, employee=worker, insured=0.97)
    return answers


def _employment(around: Surroundings, home: Home, person: Person, age: int) -> str:
    student = age < 18 or (age < 23 and happens(around.random, 0.7))
    if student and home.pattern is not Pattern.DORMITORY:
        return "student"
    if age >= RETIREMENT_AGE[person.sex] and not around.grid.rural:
        return "retired"
    if age >= 75:
        return "retired"
    return (_FARM_WORK if around.grid.rural else _WORK).pick(around.random)


def _insurance(random: Random, *, employee: bool, insured: float) -> str:
    if not happens(random, insured):
        return "none"
    return "employee" if employee else "resident"


def _care(around: Surroundings, home: Home, person: Person, age: int) -> dict[str, Answer]:
    random = around.random
    phone = home.household.phone
    care: list[str] = []
    answers: dict[str, Answer] = {}
    if home.pattern is Pattern.ELDERLY_ALONE and happens(random, 0.6):
        care.append("living_alone")
    if home.pattern is Pattern.GRANDCHILD_ONLY and age < 18:
        care.append("left_behind")
    if happens(random, 0.03 if age > 50 else 0.008):
        answers["disability"] = "certified" if happens(random, 0.85) else "applying"
        care.append("disabled")
    if happens(random, 0.012):
        answers["assistance"] = "minimum_living" if happens(random, 0.8) else "temporary"
        care.append(
            "minimum_living" if answers["assistance"] == "minimum_living" else "critical_illness"
        )
    if care:
        answers["care"] = sorted(care, key=_CARE.index)
    if age >= 70 and person.marital != MARRIED and happens(random, 0.5):
        answers["emergency_contact"] = f"子女 {around.numbers.phone()}"
    elif person.relation in {SPOUSE, PARENT} and isinstance(phone, str) and happens(random, 0.1):
        answers["emergency_contact"] = f"{home.household.family.head.name} {phone}"
    if happens(random, 0.02):
        answers["note"] = random.choice(_NOTES)
    return answers
