"""Edits from the console and from imports: ordinary changes, all or none."""

import pytest

from server.clock import new_id
from server.register.edits import Edit
from server.register.refusals import EditsRefused
from shared.changes import ChangeKind
from tests.server.register.world import (
    CHIEF,
    DEPUTY,
    GRID_A,
    GRID_B,
    LI,
    TOWN,
    WANG,
    World,
)


def created(name: str, grid: str = GRID_A) -> Edit:
    return Edit(
        kind=ChangeKind.CREATE,
        record=new_id(),
        record_kind="household",
        grid=grid,
        units={"head_name": name},
    )


def test_an_import_of_thousands_is_one_transaction_and_one_save(world: World) -> None:
    edits = [created(f"户主{number}") for number in range(2000)]

    done = world.register.commit(world.account(), edits)

    assert done.seqs == tuple(range(1, 2001))
    assert {result.outcome for result in done.results} == {"applied"}
    [entry] = world.register.history(TOWN, edits[1999].record)
    assert (entry.save, entry.who_name, entry.console) == (done.save, "陈主任", True)
    assert len(world.phone(LI).pull(limit=2000).records) == 2000
    world.assert_whole()


def test_one_bad_row_and_nothing_is_taken(world: World) -> None:
    edits = [created("甲"), created("乙", "no-such-grid"), created("丙")]

    with pytest.raises(EditsRefused) as refused:
        world.register.commit(world.account(), edits)

    assert list(refused.value.refused) == [1]
    assert refused.value.code == "out_of_area"
    assert world.register.records(TOWN, [edit.record for edit in edits]) == {}
    assert world.register.commit(world.account(), [created("丁")]).seqs == (1,)
    world.assert_whole()


def test_an_account_edits_only_its_own_area(world: World) -> None:
    household = world.register.commit(world.account(CHIEF), [created("甲")])
    assert household.results[0].outcome == "applied"

    with pytest.raises(EditsRefused):
        world.register.commit(world.account(DEPUTY, GRID_B), [created("乙", GRID_A)])


def test_a_console_edit_and_a_phones_edit_merge_like_any_two(world: World) -> None:
    phone = world.phone(WANG)
    household = phone.create("household", {"head_name": "甲", "phone": "13800000000"})
    phone.send()
    phone.set(household, 1, phone="13811111111")

    world.edit(world.account(), ChangeKind.SET, household, {"landlord_name": "房东"}, base=1)

    assert phone.outcomes() == ["merged"]
    assert world.values(household, "phone") == ["13811111111"]
    assert world.values(household, "landlord_name") == ["房东"]
    world.assert_whole()


def test_edits_of_one_commit_build_on_each_other(world: World) -> None:
    create = created("甲")
    rename = Edit(
        kind=ChangeKind.SET,
        record=create.record,
        record_kind="household",
        grid=GRID_A,
        units={"head_name": "乙"},
    )

    world.register.commit(world.account(), [create, rename])

    assert world.values(create.record, "head_name") == ["乙"]
    world.assert_whole()


def test_nothing_to_commit_changes_nothing(world: World) -> None:
    done = world.register.commit(world.account(), [])

    assert done.results == ()
    assert world.register.commit(world.account(), [created("甲")]).seqs == (1,)
