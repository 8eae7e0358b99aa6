"""What was written, uploaded or refused under another version of a form, or of this program."""

import msgspec
import pytest

from server.clock import new_id
from server.db.engine import writing
from server.register.published import NO_SOURCE
from server.register.quarantine import Quarantine
from server.register.register import Register
from server.register.sealing import Seal
from server.register.way_back import Place
from shared.changes import Change, ChangeKind
from shared.policies import Policy
from shared.wire import encode
from tests.server.register.test_publishing import with_policy
from tests.server.register.test_sealing import with_sensitive
from tests.server.register.world import GRID_A, NOON, TOWN, WANG, Phone, World


def test_one_answer_that_becomes_a_set_is_shown_and_edited_by_element(
    world: World, wang: Phone
) -> None:
    first = world.register.forms(TOWN)["household"]
    world.register.publish_form(TOWN, with_policy(first, "marks", Policy.REVIEW, "2"))
    household = wang.create("household", {"marks": ["floating", "unit_leader"]})
    wang.send()

    world.register.publish_form(TOWN, first)
    shown = world.shown(household)["marks"]
    wang.note(ChangeKind.REMOVE, household, {"marks": ["floating"]}, base=1)
    wang.note(ChangeKind.ADD, household, {"marks": ["building_leader"]}, base=1)
    wang.send()

    assert shown == ["floating", "unit_leader"]
    assert world.shown(household)["marks"] == ["building_leader", "unit_leader"]
    world.assert_whole()


def test_why_an_answer_was_refused_never_repeats_what_has_become_sensitive(
    world: World, wang: Phone
) -> None:
    first = world.register.forms(TOWN)["household"]
    world.register.publish_form(TOWN, with_sensitive(first, "tenure", "2"))

    wang.note(ChangeKind.CREATE, new_id(), {"head_name": "甲", "tenure": "住在亲戚家"}, form="1")
    [result] = wang.results()

    assert result.problem is not None
    assert result.units == ("tenure",)
    assert "住在亲戚家" not in f"{result.problem.words.zh} {result.problem.words.en}"


def test_a_form_that_is_only_uploaded_is_nothing_that_a_server_remembers(
    world: World, wang: Phone
) -> None:
    first = world.register.forms(TOWN)["household"]
    another_server = Register(world.engine, world.keys, world.clock)
    world.register.versions.keep(TOWN, with_policy(first, "needs", Policy.MAX, "2"), NO_SOURCE)
    wang.note(ChangeKind.CREATE, new_id(), {"needs": "修灯"}, form="2")
    wang.send()

    improved = with_policy(first, "needs", Policy.LATEST, "2")
    another_server.versions.keep(TOWN, improved, NO_SOURCE)
    another_server.publish_form(TOWN, improved)

    assert world.register.rules(TOWN, "household").policy("needs") is Policy.LATEST


@pytest.mark.parametrize("kind", [ChangeKind.SET, ChangeKind.CREATE])
def test_what_an_older_program_did_not_understand_is_let_in_by_a_newer_one(
    world: World, wang: Phone, household: str, kind: ChangeKind
) -> None:
    wang.put(b'{"n":2,"kind":"sing"}')
    assert wang.outcomes() == ["rejected"]
    change = Change(
        n=2, save=new_id(), kind=kind, record=household, record_kind="household", grid=GRID_A,
        worker=WANG, at=NOON, base=1, units={"needs": "修灯"},
    )  # fmt: skip
    with writing(world.engine) as conn:  # as if it had said this, which nobody understood then
        quarantine = Quarantine(conn, TOWN, Seal(world.keys))
        kept = quarantine.one(wang.identity.id, 2)
        assert kept is not None
        conn.exec_driver_sql("DELETE FROM quarantine")
        quarantine.put([msgspec.structs.replace(kept, raw=encode(change))])

    world.register.way_back.release(world.account(), Place(wang.identity.id, 2))

    assert world.shown(household)["needs"] == "修灯"
    world.assert_whole()
