"""The invented people: families that can be, numbers that nobody has, visits as they happen."""

from collections import Counter, defaultdict
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

import pytest

from server.town import DEMO, FULL, TownPlan, TownRecord, TownSize, generate, records
from shared.changes import ChangeKind
from shared.codes import Sex, birth_date_of, check_id_number, check_phone, sex_of

TODAY = date(2026, 3, 1)
PLAN = TownPlan(today=TODAY)
ORDER = ("building_leader", "unit_leader", "floating", "party_member")
"""As the form lists them."""


@lru_cache
def demo_records() -> tuple[TownRecord, ...]:
    return tuple(records(generate(PLAN)))


def created(kind: str) -> list[TownRecord]:
    return [
        record
        for record in demo_records()
        if record.kind == kind and record.change is ChangeKind.CREATE
    ]


def age_on(born: str, day: date) -> float:
    return (day - date.fromisoformat(born)).days / 365.25


def families() -> dict[str, list[TownRecord]]:
    families: defaultdict[str, list[TownRecord]] = defaultdict(list)
    for record in created("resident"):
        families[str(record.answers["household"])].append(record)
    return families


def test_every_household_has_one_head_whose_name_and_phone_it_bears() -> None:
    households = {record.id: record.answers for record in created("household")}

    for household, members in families().items():
        heads = [member.answers for member in members if member.answers["relation"] == "0"]
        assert [head["name"] for head in heads] == [households[household]["head_name"]]
        assert heads[0].get("phone") == households[household]["phone"]


def test_those_who_refuse_are_listed_without_people() -> None:
    without = {record.id for record in created("household")} - families().keys()
    changed = {record.id: record for record in demo_records() if record.change is ChangeKind.SET}

    assert 0.01 < len(without) / 1_200 < 0.04
    for household in without:
        assert changed[household].answers["visit_policy"] == "no_visits"


def test_relatives_are_of_an_age_and_sex_that_can_be() -> None:
    for members in families().values():
        answers = [member.answers for member in members]
        born = {
            relation: [
                age_on(str(member["birth_date"]), TODAY)
                for member in answers
                if member["relation"] == relation and isinstance(member["birth_date"], str)
            ]
            for relation in "0123456"
        }
        sexes = {(str(member["relation"]), str(member["sex"])) for member in answers}
        assert not {("2", "2"), ("3", "1")} & sexes
        if head := born["0"]:
            assert 18 <= head[0] <= 102
            in_law = {"3"} if born["4"] else set()
            children = [age for r in {"2", "3"} - in_law for age in born[r]]
            assert all(head[0] - child >= 20 for child in children)
            assert all(parent - head[0] >= 14 for parent in born["5"])
            assert all(head[0] - grandchild >= 36 for grandchild in born["4"])
        assert len(born["1"]) <= 1


def test_people_are_of_all_ages_and_as_many_women_as_men() -> None:
    ages = [
        age_on(str(record.answers["birth_date"]), TODAY)
        for record in created("resident")
        if isinstance(record.answers["birth_date"], str)
    ]
    women = sum(record.answers["sex"] == Sex.FEMALE for record in created("resident"))

    assert 0.12 < sum(age < 15 for age in ages) / len(ages) < 0.25
    assert 0.12 < sum(age >= 65 for age in ages) / len(ages) < 0.28
    assert 0.45 < women / len(ages) < 0.55


def test_the_number_of_people_is_mostly_that_of_those_who_live_here() -> None:
    households = {record.id: record.answers for record in created("household")}
    alike = [
        households[household]["people_count"]
        == sum(member.answers["status"] == "living_here" for member in members)
        for household, members in families().items()
    ]

    assert 0.94 < sum(alike) / len(alike) < 1


def test_only_rented_homes_have_a_landlord() -> None:
    for record in created("household"):
        if "landlord_name" in record.answers:
            assert record.answers["tenure"] == "rented"
            assert {"landlord_phone", "lease_until"} <= record.answers.keys()


def test_marks_say_what_the_answers_say() -> None:
    members = {
        str(record.answers["household"])
        for record in created("resident")
        if record.answers.get("party_member") == "yes"
    }
    leaders: Counter[str] = Counter()

    for record in created("household"):
        marks = record.answers.get("marks") or []
        assert isinstance(marks, list)
        assert marks == [mark for mark in ORDER if mark in marks]
        assert ("floating" in marks) == (record.answers["household_kind"] == "floating")
        assert ("party_member" in marks) == (record.id in members)
        leaders.update(marks)
    assert leaders["building_leader"] > 10
    assert leaders["unit_leader"] > 10


def test_no_operator_serves_the_telephones_and_nobody_has_two() -> None:
    town = generate(PLAN)
    residents = [
        record.answers["phone"] for record in created("resident") if "phone" in record.answers
    ]
    phones = [phone for phone in residents if isinstance(phone, str)]
    phones += [worker.phone for worker in town.workers]

    assert len(phones) > 2_000
    assert all(phone.startswith("154") and check_phone(phone) is None for phone in phones)
    assert len(phones) == len(set(phones))


@pytest.mark.parametrize("size", [DEMO, FULL])
def test_id_numbers_are_right_and_of_no_real_place(size: TownSize) -> None:
    people = [
        record.answers
        for record in records(generate(TownPlan(size=size, today=TODAY)))
        if isinstance(record.answers.get("id_number"), str)
    ]
    numbers = [str(person["id_number"]) for person in people]

    assert 0.08 < len(people) / (size.households * 3) < 0.15
    assert len(numbers) == len(set(numbers))
    for person, number in zip(people, numbers, strict=True):
        assert number.startswith("3299")
        assert check_id_number(number, TODAY) is None
        assert sex_of(number) == person["sex"]
        born = birth_date_of(number)
        assert born is not None
        assert person["birth_date"] in (born.isoformat(), {"missing": "declined"})


def test_visits_have_every_outcome_and_most_are_done() -> None:
    outcomes = Counter(str(record.answers["outcome"]) for record in created("visit"))

    assert outcomes["done"] / outcomes.total() > 0.5
    assert 0.1 < outcomes["nobody_home"] / outcomes.total() < 0.25
    assert min(outcomes[o] for o in ("refused", "postponed", "vacant", "partly_done")) > 10
    assert len(outcomes) == 9


def test_nobody_is_visited_twice_in_a_week_nor_early_nor_late() -> None:
    days: defaultdict[str, list[date]] = defaultdict(list)
    for record in created("visit"):
        started = datetime.fromisoformat(str(record.answers["started"]))
        ended = datetime.fromisoformat(str(record.answers["ended"]))
        place = record.answers.get("household") or record.answers["dwelling"]
        days[str(place)].append(started.date())
        assert started < ended
        assert record.at == ended.timestamp() * 1000
        assert (started.hour, started.minute) >= (8, 0)
        assert (ended.hour, ended.minute) <= (20, 30)

    for visited in days.values():
        assert all((later - earlier).days >= 7 for earlier, later in pairwise(visited))


def test_a_household_knows_when_someone_was_last_met() -> None:
    met: dict[str, str] = {}
    seen: dict[str, str] = {}
    for record in demo_records():
        if record.answers.get("outcome") in ("done", "partly_done"):
            met[str(record.answers["household"])] = str(record.answers["started"])[:10]
        if "last_seen" in record.answers:
            seen[record.id] = str(record.answers["last_seen"])

    assert seen == met


def test_what_a_visit_found_changed_is_changed() -> None:
    changing = {record.visit for record in demo_records() if record.change is ChangeKind.SET}
    found = {
        record.id
        for record in created("visit")
        if record.answers.get("confirmed_unchanged") == "no"
    }

    assert found
    assert found <= changing
