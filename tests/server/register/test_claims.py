"""Two records that claim one unique number: the first keeps it, the second is queued."""

import msgspec
import pytest

from server.register.conflicts import ConflictDetail
from server.register.deeds import Merging
from shared.changes import GRID, ChangeKind
from shared.forms.model import Form
from tests.server.register.world import CHIEF, GRID_A, GRID_B, TOWN, ZHAO, Phone, World

NUMBER = "001-0042"


@pytest.fixture
def pair(wang: Phone, li: Phone) -> tuple[str, str]:
    """Two households with one number: the one that had it first, and the second."""
    first = wang.create("household", {"head_name": "张建国", "household_no": NUMBER})
    wang.send()
    second = li.create("household", {"head_name": "王秀英", "household_no": NUMBER})
    assert li.outcomes() == ["applied"]
    return first, second


def detail(world: World) -> ConflictDetail:
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A, GRID_B}))
    found = world.register.conflict(TOWN, line.id)
    assert found is not None
    return found


def test_the_first_keeps_the_number_and_the_second_is_queued_with_its_claim(
    world: World, pair: tuple[str, str]
) -> None:
    first, second = pair

    assert world.conflicts() == [f"{second}:household_no"]
    assert world.values(first, "household_no") == [NUMBER]
    assert world.values(second, "household_no") == [NUMBER]
    shown = detail(world)
    assert (shown.claim, shown.title) == (True, "王秀英")
    assert [(r.record, r.title, r.first) for r in shown.rivals] == [(first, "张建国", True)]
    assert [origin.who_name for value in shown.values for origin in value.origins] == ["李强"]
    world.assert_whole()


@pytest.mark.parametrize("which", [0, 1])
def test_an_ordinary_edit_of_either_ends_it(
    world: World, wang: Phone, pair: tuple[str, str], which: int
) -> None:
    wang.set(pair[which], 2, household_no="001-0043")
    wang.send()

    assert world.conflicts() == []
    world.assert_whole()


def test_it_is_decided_like_any_conflict_by_another_number(
    world: World, pair: tuple[str, str]
) -> None:
    shown = detail(world)

    world.register.decide(world.account(CHIEF), shown.id, "001-0099", shown.record.version)

    assert world.conflicts() == []
    after = world.register.conflict(TOWN, shown.id)
    assert after is not None
    assert (after.open, after.decided_by, after.decision) == (False, CHIEF, "001-0099")
    world.assert_whole()


def test_the_second_of_three_has_it_once_the_first_has_let_go(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    first, second = pair
    third = wang.create("household", {"head_name": "李", "household_no": NUMBER})
    wang.send()
    assert world.conflicts() == sorted(f"{each}:household_no" for each in (second, third))

    wang.note(ChangeKind.DELETE, first, base=3)
    wang.send()

    assert world.conflicts() == [f"{third}:household_no"]
    world.assert_whole()


def test_of_two_that_are_merged_none_waits_until_they_are_parted(
    world: World, pair: tuple[str, str]
) -> None:
    first, second = pair
    chief = world.account(CHIEF)
    world.register.deeds.merge(
        chief, Merging(merged=second, base=2, survivor=first, survivor_base=1)
    )
    assert world.conflicts() == []
    world.assert_whole()

    world.register.deeds.unmerge(chief, second, world.record(second).version)

    assert world.conflicts() == [f"{second}:household_no"]
    world.assert_whole()


def test_a_dwellings_code_is_its_own_in_its_grid_only(world: World, wang: Phone) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    here = wang.create("dwelling", {"code": "3-1-02-201"})
    wang.send()
    zhao.create("dwelling", {"code": "3-1-02-201"}, grid=GRID_B)
    zhao.send()
    assert world.conflicts() == []

    move = {GRID: [GRID_A, GRID_B]}
    wang.note(ChangeKind.MOVE, here, move, kind="dwelling", base=2)
    wang.send()

    assert world.conflicts() == [f"{here}:code"]  # it came second to that grid
    world.assert_whole()


def test_an_id_number_is_one_persons_whatever_it_is_written_like(world: World, wang: Phone) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    wang.create("resident", {"name": "张建国", "id_number": "11010519491231002X"})
    wang.send()
    second = zhao.create(
        "resident", {"name": "张建国", "id_number": "11010519491231002x"}, grid=GRID_B
    )
    zhao.send()

    assert world.conflicts() == [f"{second}:id_number"]
    world.assert_whole()


def test_who_had_declined_or_left_it_empty_claims_nothing(world: World, wang: Phone) -> None:
    for number in (None, {"missing": "declined"}, None, {"missing": "declined"}):
        wang.create("resident", {"name": "张建国", "id_number": number})
    wang.send()

    assert world.conflicts() == []
    world.assert_whole()


def test_what_is_unique_may_change_with_the_form(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    _, second = pair
    form = world.register.forms(TOWN)["household"]

    world.register.publish_form(TOWN, _without_unique(form))
    assert world.conflicts() == []
    world.assert_whole()

    world.register.publish_form(TOWN, form)
    assert world.conflicts() == [f"{second}:household_no"]
    world.assert_whole()


def test_a_check_notices_a_claim_that_is_lost(world: World, pair: tuple[str, str]) -> None:
    world.spoil("DELETE FROM claim")

    assert not world.register.verify(TOWN).well
    world.register.rebuild(TOWN)
    assert world.conflicts() == [f"{pair[1]}:household_no"]
    world.assert_whole()


def _without_unique(form: Form) -> Form:
    plain = msgspec.json.encode(form).replace(b'"unique":"community"', b'"unique":""')
    return msgspec.structs.replace(msgspec.json.decode(plain, type=Form), version="2")
