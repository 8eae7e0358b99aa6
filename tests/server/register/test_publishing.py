"""Forms: published, found again, and what a change of them does to the records."""

import msgspec
import pytest

from server.clock import new_id
from server.register.published import FormTaken
from shared.changes import ChangeKind
from shared.forms.model import Form, Node, Question, decode_form
from shared.policies import Policy
from tests.server.register.world import LI, TOWN, WANG, World


def with_policy(form: Form, name: str, policy: Policy, version: str) -> Form:
    """The form with another merge policy of one question."""
    children = tuple(_with_policy(node, name, policy) for node in form.children)
    return msgspec.structs.replace(form, version=version, children=children)


def _with_policy(node: Node, name: str, policy: Policy) -> Node:
    if not isinstance(node, Question):
        children = tuple(_with_policy(child, name, policy) for child in node.children)
        return msgspec.structs.replace(node, children=children)
    return msgspec.structs.replace(node, policy=policy) if node.name == name else node


def test_every_version_of_a_form_can_be_read_again(world: World) -> None:
    first = world.register.forms(TOWN)["household"]
    second = with_policy(first, "needs", Policy.LATEST, "2")

    world.register.publish_form(TOWN, second)
    world.register.publish_form(TOWN, second)

    assert world.register.forms(TOWN)["household"] == second
    content = world.register.form(TOWN, "household", "1")
    assert content is not None
    assert decode_form(content) == first
    assert world.register.form(TOWN, "household", "3") is None
    assert world.phone().pull().forms["household"] == "2"


def test_a_version_is_never_two_forms(world: World) -> None:
    first = world.register.forms(TOWN)["household"]

    with pytest.raises(FormTaken):
        world.register.publish_form(TOWN, with_policy(first, "needs", Policy.LATEST, "1"))

    assert world.register.forms(TOWN)["household"] == first


def test_another_policy_settles_what_waited_and_the_journal_still_replays(world: World) -> None:
    first = world.register.forms(TOWN)["household"]
    wang, li = world.phone(WANG), world.phone(LI)
    household = wang.create("household", {"head_name": "甲", "needs": "一"})
    wang.send()
    wang.set(household, 1, needs="二")
    li.set(household, 1, needs="三")
    wang.send()
    li.send()
    assert world.conflicts() == [f"{household}:needs"]

    world.register.publish_form(TOWN, with_policy(first, "needs", Policy.LATEST, "2"))

    assert world.conflicts() == []
    assert world.projection("household", household)["conflicts"] == 0
    assert world.values(household, "needs") == ["三", "二"]  # no candidate was dropped
    world.assert_whole()
    world.register.publish_form(TOWN, first)
    assert world.conflicts() == [f"{household}:needs"]
    world.assert_whole()


def test_a_set_that_becomes_one_answer_replays_by_the_rules_of_its_day(world: World) -> None:
    first = world.register.forms(TOWN)["household"]
    phone = world.phone(WANG)
    household = phone.create("household", {"head_name": "甲", "marks": ["floating"]})
    phone.send()

    world.register.publish_form(TOWN, with_policy(first, "marks", Policy.REVIEW, "2"))
    phone.note(ChangeKind.SET, household, {"marks": ["unit_leader"]}, base=1)
    phone.send()

    assert world.values(household, "marks") == [["unit_leader"]]
    world.assert_whole()


def test_an_older_phone_is_judged_by_the_form_it_filled(world: World) -> None:
    first = world.register.forms(TOWN)["household"]
    choices = {**first.choices}
    name = next(name for name, choice in choices.items() if choice[0].name == "own")
    choices[name] = tuple(choice for choice in choices[name] if choice.name != "borrowed")
    without = msgspec.structs.replace(first, version="2", choices=choices)
    world.register.publish_form(TOWN, without)
    phone = world.phone(WANG)
    old = phone.create("household", {"head_name": "甲", "tenure": "borrowed"})
    new, later = new_id(), new_id()
    phone.note(ChangeKind.CREATE, new, {"head_name": "乙", "tenure": "borrowed"}, form="2")
    phone.note(ChangeKind.CREATE, later, {"head_name": "丙", "tenure": "own"}, form="99")

    results = phone.results()

    assert [result.outcome for result in results] == ["applied"] * 3
    assert [result.units for result in results] == [(), ("tenure",), ()]
    assert world.values(old, "tenure") == ["borrowed"]
    assert world.values(new, "tenure") == []


def test_a_rebuild_repairs_what_was_spoilt(world: World) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    household = wang.create("household", {"head_name": "甲", "needs": "一"})
    wang.create("visit", {"household": household, "outcome": "done"})
    wang.send()
    wang.set(household, 1, needs="二")
    li.set(household, 1, needs="三")
    wang.send()
    li.send()
    before = world.projection("household", household)

    for statement in (
        "UPDATE household SET head_name = '坏', last_outcome = 'refused'",
        "DELETE FROM visit",
        "DELETE FROM conflict",
        "UPDATE grid_sum SET checksum = 7",
        "INSERT INTO grid_sum (town_id, grid, records, checksum) VALUES ('t', 'x', 1, 1)",
    ):
        world.spoil(statement)
        assert not world.register.verify(TOWN).well
    rebuilt = world.register.rebuild(TOWN)

    assert (rebuilt.records, rebuilt.conflicts) == (2, 1)
    assert world.projection("household", household) == before
    world.assert_whole()


def test_a_register_that_is_not_what_its_journal_says_is_noticed(world: World) -> None:
    phone = world.phone(WANG)
    household = phone.create("household", {"head_name": "甲", "needs": "一"})
    phone.set(household, 0, needs="二")
    phone.send()

    world.spoil("UPDATE journal SET effective = effective + 1 WHERE seq = 2")

    assert world.register.verify(TOWN).register_differs == (household,)


def test_a_journal_of_a_lost_record_is_noticed(world: World) -> None:
    phone = world.phone(WANG)
    phone.create("dwelling", {"plate": "柳溪路1号"})
    phone.send()

    world.spoil("DELETE FROM record")

    assert world.register.verify(TOWN).register_differs == ("journal",)
