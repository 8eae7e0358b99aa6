"""The tree of areas."""

import pytest

from server.db.engine import reading
from server.errors import NotFound
from server.office.area_edits import NewArea, add_area, end_area, rename_area
from server.office.areas import Level, areas, grids_below
from server.office.assignments import assignments, end_assignment
from server.office.errors import NotAllowed, OfficeRefused
from server.office.grids import grids_as_sent
from server.office.roles import Role
from tests.server.a_town import ATown


def test_grids_below_an_area_are_those_of_its_branch_only(town: ATown) -> None:
    with reading(town.services.engine) as conn:
        of_town = grids_below(conn, "east", town.areas["town"])
        of_community = grids_below(conn, "east", town.areas["c1"])
        of_grid = grids_below(conn, "east", town.areas["g3"])

    assert of_town == {town.areas[name] for name in ("g1", "g2", "g3")}
    assert of_community == {town.areas["g1"], town.areas["g2"]}
    assert of_grid == {town.areas["g3"]}


def test_a_device_is_told_the_names_above_a_grid(town: ATown) -> None:
    with reading(town.services.engine) as conn:
        sent = grids_as_sent(conn, "east", {town.areas["g3"]}, town.clock.at)

    assert [(area.code, area.parents) for area in sent] == [("329901100002001", ("东镇", "区域c2"))]


@pytest.mark.parametrize(
    ("parent", "code"),
    [
        ("town", "32990110000"),  # eleven digits
        ("town", "329901100000"),  # a town's own code
        ("town", "329901101001"),  # of another town
        ("town", "329901100001"),  # taken
        ("c1", "329901100002009"),  # of another community
        ("c1", "329901100001000"),  # no number
        ("g1", "329901100001003"),  # nothing lies below a grid
    ],
)
def test_a_code_must_fit_its_place(town: ATown, parent: str, code: str) -> None:
    with pytest.raises(OfficeRefused) as refused, town.act() as act:
        add_area(act, NewArea(town.areas[parent], code, "新区"))

    assert refused.value.words.zh
    assert refused.value.words.en


def test_an_area_ends_only_when_nobody_works_there(town: ATown) -> None:
    worker = town.worker("W1", "g1")

    with pytest.raises(OfficeRefused, match="area_has_workers"), town.act() as act:
        end_area(act, town.areas["g1"])
    with town.act() as act:
        [duty] = assignments(act.conn, act.who, worker)
        end_assignment(act, duty.id)
    town.clock.at += 1
    with town.act() as act:
        end_area(act, town.areas["g1"])

    with reading(town.services.engine) as conn:
        ended = {area.name: area.stands(town.clock()) for area in areas(conn, "east")}
    assert ended["区域g1"] is False
    assert ended["区域g2"] is True


def test_a_community_with_grids_does_not_end(town: ATown) -> None:
    with pytest.raises(OfficeRefused, match="area_not_empty"), town.act() as act:
        end_area(act, town.areas["c1"])


def test_only_a_town_admin_changes_the_tree(town: ATown) -> None:
    admin = town.account("chen", Role.COMMUNITY_ADMIN, "c1")

    with pytest.raises(NotAllowed), town.act(admin) as act:
        rename_area(act, town.areas["g1"], "别名")


def test_an_area_of_nowhere_is_not_found(town: ATown) -> None:
    with pytest.raises(NotFound), town.act() as act:
        rename_area(act, "nowhere", "别名")


def test_the_levels_follow_the_tree(town: ATown) -> None:
    with reading(town.services.engine) as conn:
        levels = [area.level for area in areas(conn, "east")]

    assert levels.count(Level.TOWN) == 1
    assert levels.count(Level.COMMUNITY) == 2
    assert levels.count(Level.GRID) == 3
