"""Push: whatever a change says, it is answered by itself and the rest is taken."""

import pytest

from shared.changes import Answer, ChangeKind
from tests.server.register.world import World


@pytest.mark.parametrize(
    ("name", "value"),
    [("record", "a\\u0000b"), ("record", "x" * 37), ("save", ""), ("grid", "网格")],
)
def test_an_id_that_is_none_is_refused_and_nothing_breaks(
    world: World, name: str, value: str
) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    change = phone.outbox.pop().decode()
    key = f'"{name}":"'
    start = change.index(key) + len(key)
    phone.outbox.append((change[:start] + value + change[change.index('"', start) :]).encode())

    assert phone.outcomes() == ["rejected"]
    world.assert_whole()


def test_an_odd_answer_is_refused_by_itself_and_the_rest_is_taken(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲", "people_count": "many"})
    parcel = phone.parcel()

    first = world.register.push(phone.identity, parcel)
    again = world.register.push(phone.identity, parcel)

    [result] = first.results
    assert (result.outcome, result.units) == ("applied", ("people_count",))
    assert result.problem is not None
    assert "常住人数" in result.problem.words.zh
    assert again.results == first.results
    assert world.values(household, "head_name") == ["甲"]
    assert world.values(household, "people_count") == []
    world.assert_whole()


def test_a_change_of_odd_answers_only_is_refused(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲", "people_count": 3})
    phone.set(household, 0, people_count=-1)

    assert phone.outcomes() == ["applied", "rejected"]
    assert world.values(household, "people_count") == [3]


def test_an_answer_to_a_question_of_a_newer_form_is_kept(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲", "solar_panels": {"kw": 3.5}})

    assert phone.outcomes() == ["applied"]
    assert world.values(household, "solar_panels") == [{"kw": 3.5}]


@pytest.mark.parametrize(
    "units",
    [
        {"tenure": "a\0b"},
        {"head_name": "甲\0乙", "tenure": 10**400},
        {"a\0b": 1},
        {"@grid": ["x", "y"]},
        {"@deleted": True},
        {"": 1},
        {"people_count": 2**70},
        {"marks": {"missing": []}},
        {"head_name": {"missing": "declined"}, "phone": {"deep": [[[[{}]]]]}},
    ],
)
def test_whatever_an_answer_is_the_push_goes_on(world: World, units: dict[str, Answer]) -> None:
    phone = world.phone()
    phone.create("household", units)
    after = phone.create("household", {"head_name": "乙"})

    assert phone.outcomes()[1] == "applied"
    assert world.values(after, "head_name") == ["乙"]
    world.assert_whole()


def test_what_is_no_list_of_elements_is_not_added(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲"})
    phone.note(ChangeKind.ADD, household, {"marks": "floating"})
    phone.note(ChangeKind.ADD, household, {"unknown": list(range(100_000))})

    assert phone.outcomes() == ["applied", "rejected", "rejected"]


def test_a_kind_without_a_form_is_refused(world: World) -> None:
    phone = world.phone()
    phone.create("spaceship", {"name": "甲"})

    [result] = phone.results()

    assert result.problem is not None
    assert result.problem.code == "unknown_kind"
