"""Workers and their duties."""

import pytest

from server.db.engine import reading
from server.office.assignments import (
    assign,
    assignments,
    dismiss_worker,
    end_assignment,
    grids_of_worker,
)
from server.office.errors import OfficeRefused
from server.office.workers import change_worker, worker
from tests.server.a_town import NOW, ATown


def _grids(town: ATown, person: str, at: int) -> set[str]:
    with reading(town.services.engine) as conn:
        grids = grids_of_worker(conn, "east", person, at)
    return {name for name, area_id in town.areas.items() if area_id in grids}


def test_a_duty_in_a_community_gives_all_its_grids(town: ATown) -> None:
    person = town.worker("W1", "c1")

    assert _grids(town, person, NOW) == {"g1", "g2"}


def test_one_worker_may_have_several_grids_and_a_grid_several_workers(town: ATown) -> None:
    both, one = town.worker("W1", "g1", "g3"), town.worker("W2", "g1")

    assert _grids(town, both, NOW) == {"g1", "g3"}
    assert _grids(town, one, NOW) == {"g1"}


def test_duties_count_from_their_first_to_their_last_moment(town: ATown) -> None:
    person = town.worker("W1", "g1")
    town.clock.at = NOW + 1000
    with town.act() as act:
        [duty] = assignments(act.conn, act.who, person)
        end_assignment(act, duty.id)
        assign(act, person, town.areas["g2"])

    assert _grids(town, person, NOW - 1) == set()
    assert _grids(town, person, NOW) == {"g1"}
    assert _grids(town, person, NOW + 999) == {"g1"}
    assert _grids(town, person, NOW + 1000) == {"g2"}


def test_who_leaves_has_no_grids_and_gets_no_new_ones(town: ATown) -> None:
    person = town.worker("W1", "g1")
    with town.act() as act:
        dismiss_worker(act, person)

    assert _grids(town, person, town.clock()) == set()
    with pytest.raises(OfficeRefused, match="worker_left"), town.act() as act:
        assign(act, person, town.areas["g2"])


def test_a_staff_number_is_given_once(town: ATown) -> None:
    town.worker("W1", "g1")

    with pytest.raises(OfficeRefused, match="staff_no_taken"):
        town.worker("W 1", "g2")


def test_a_phone_is_checked_and_kept_in_its_normal_form(town: ATown) -> None:
    person = town.worker("W1", "g1")
    with town.act() as act:
        change_worker(act, person, name=" 王  芳 ", phone="139 0000-0000")
        changed = worker(act.conn, act.who, person)

    assert (changed.name, changed.phone) == ("王 芳", "13900000000")
    with pytest.raises(OfficeRefused, match="phone"), town.act() as act:
        change_worker(act, person, name="王芳", phone="12")
