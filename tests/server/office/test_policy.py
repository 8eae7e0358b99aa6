"""Who may do what, and where: the policy table is what the office does."""

from collections.abc import Callable

import pytest

from server.errors import NotFound
from server.office.accounts import NewAccount, accounts, add_account
from server.office.act import Act
from server.office.area_edits import rename_area
from server.office.assignments import add_worker, assign, assignments, dismiss_worker
from server.office.devices import device, devices, mark_lost, revoke
from server.office.enrolment_codes import give_code
from server.office.errors import NotAllowed, OfficeRefused
from server.office.roles import ACCOUNT_ROLES, Action, Role, may
from server.office.workers import NewWorker, change_worker, worker, workers
from tests.server.a_town import PASSWORD, ATown, Phone

ACTS: dict[Action, Callable[[ATown, Act], object]] = {
    Action.SEE_STAFF: lambda _, act: workers(act.conn, act.who),
    Action.MANAGE_WORKERS: lambda town, act: add_worker(
        act, NewWorker("N1", "新人", area_ids=(town.areas["g1"],))
    ),
    Action.ENROL: lambda town, act: give_code(act, _one(town, act)),
    Action.MANAGE_DEVICES: lambda _, act: revoke(act, devices(act.conn, act.who)[0].id, "试"),
    Action.MANAGE_AREAS: lambda town, act: rename_area(act, town.areas["g1"], "别名"),
    Action.SEE_ACCOUNTS: lambda _, act: accounts(act.conn, act.who),
    Action.MANAGE_ACCOUNTS: lambda town, act: add_account(
        act, NewAccount("nova", "新", Role.AUDITOR, town.areas["town"], PASSWORD)
    ),
}
"""What the office does for each action that is its own."""


def _one(town: ATown, act: Act) -> str:
    return workers(act.conn, act.who)[0].id


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
@pytest.mark.parametrize("action", ACTS)
def test_each_role_does_exactly_what_the_table_says(
    town: ATown, role: Role, action: Action
) -> None:
    town.enrolled(town.worker("W1", "g1"), Phone())
    who = town.account("someone", role)

    allowed = True
    try:
        with town.act(who) as act:
            ACTS[action](town, act)
    except NotAllowed:
        allowed = False

    assert allowed is may(role, action)


def test_a_worker_has_no_say_in_the_office() -> None:
    assert not any(may(Role.WORKER, action) for action in Action)


def test_an_auditor_changes_nothing() -> None:
    changes = {action for action in Action if not action.startswith("see_")}

    assert not any(may(Role.AUDITOR, action) for action in changes)


def test_a_community_admin_sees_only_the_workers_of_the_community(town: ATown) -> None:
    ours, theirs = town.worker("W1", "g1"), town.worker("W3", "g3")
    town.worker("W9")
    admin = town.account("chen", Role.COMMUNITY_ADMIN, "c1")

    with town.act(admin) as act:
        seen = [person.id for person in workers(act.conn, act.who)]

        assert seen == [ours]
        with pytest.raises(NotFound):
            worker(act.conn, act.who, theirs)


@pytest.mark.parametrize(
    "deed",
    [
        lambda act, person, _: change_worker(act, person, name="别人"),
        lambda act, person, _: dismiss_worker(act, person),
        lambda act, person, _: give_code(act, person),
        lambda act, person, _: assignments(act.conn, act.who, person),
        lambda act, _, phone: device(act.conn, act.who, phone),
        lambda act, _, phone: mark_lost(act, phone, "试"),
    ],
)
def test_what_lies_outside_the_area_is_not_found(
    town: ATown, deed: Callable[[Act, str, str], object]
) -> None:
    theirs = town.worker("W3", "g3")
    phone = town.enrolled(theirs, Phone()).device
    admin = town.account("chen", Role.COMMUNITY_ADMIN, "c1")

    with pytest.raises(NotFound), town.act(admin) as act:
        deed(act, theirs, phone)


def test_nobody_gives_duties_outside_their_own_area(town: ATown) -> None:
    admin = town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    ours = town.worker("W1", "g1", who=admin)

    with pytest.raises(NotFound), town.act(admin) as act:
        assign(act, ours, town.areas["g3"])
    with pytest.raises(OfficeRefused, match="worker_needs_area"):
        town.worker("W2", who=admin)
