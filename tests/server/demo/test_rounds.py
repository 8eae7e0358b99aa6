"""A large town in rounds: few pushes, and nobody builds on what has not come."""

from datetime import date
from itertools import chain, groupby

from server.demo.rounds import rounds
from server.town import TownPlan, TownRecord, generate, grid_records

TOWN = generate(TownPlan(today=date(2026, 3, 20)))
WRITTEN = sorted(grid_records(TOWN, TOWN.grids[0].code), key=lambda record: record.at)
ROUNDS = list(rounds(WRITTEN))


def named(record: TownRecord) -> set[str]:
    answers = {each for each in record.answers.values() if isinstance(each, str)}
    return {record.id, record.visit or "", *answers}


def test_every_record_is_in_one_round_and_each_round_in_the_order_of_time() -> None:
    assert sorted(map(id, chain.from_iterable(ROUNDS))) == sorted(map(id, WRITTEN))
    for each in ROUNDS:
        assert [record.at for record in each] == sorted(record.at for record in each)


def test_what_hangs_on_a_colleagues_record_comes_in_a_later_round() -> None:
    come: dict[str, str] = {}
    for each in ROUNDS:
        now: dict[str, str] = {}
        for record in each:
            for known in named(record) & now.keys():
                assert now[known] == record.worker
            now[record.id] = record.worker
        come |= now
    assert {record.id for record in WRITTEN} == come.keys()


def test_workers_take_turns_a_few_times_instead_of_at_every_door() -> None:
    turns = sum(1 for _ in groupby(record.worker for record in WRITTEN))
    pushes = sum(len({record.worker for record in each}) for each in ROUNDS)

    assert len({record.worker for record in WRITTEN}) > 1
    assert pushes * 5 < turns
