"""An edit writes the columns that hang on it, and no column that hangs on it is left out."""

import pytest

from server.register.narrowing import narrowed, only
from server.register.projections import PROJECTIONS, Facts, Subject
from shared.changes import Answer
from shared.records import Write
from tests.server.register.world import TOWN, WANG, World

EDITED_KINDS = ("dwelling", "household", "resident")
FACTS = Facts(version=2, conflicts=1, created_at=3, updated_at=4, received=5)
SAMPLES: tuple[Answer, ...] = ("13800000000", 7, ["a", "b"], {"lat": 1.5, "lon": 2.5})


def subject(kind: str, answers: dict[str, Answer], asked: set[str]) -> Subject:
    def answer(unit: str) -> Answer:
        asked.add(unit)
        return answers.get(unit)

    write = Write(1, "device", 1, 0, "worker", 5, 6)
    return Subject("id", kind, "grid", False, None, answer, lambda: write)


def row(kind: str, answers: dict[str, Answer], edited: frozenset[str] | None) -> list[object]:
    of = only(subject(kind, answers, set()), edited)
    return list(PROJECTIONS[kind].row(TOWN, of, FACTS, b"key"))


@pytest.mark.parametrize("kind", EDITED_KINDS)
def test_every_column_that_an_answer_can_change_is_written_when_it_is_edited(kind: str) -> None:
    projection, asked = PROJECTIONS[kind], set[str]()
    empty = list(projection.row(TOWN, subject(kind, {}, asked), FACTS, b"key"))

    assert asked
    for unit in asked:
        written = narrowed(kind, projection, frozenset({unit}))
        for sample in SAMPLES:
            full = row(kind, {unit: sample}, None)
            changed = {at for at, value in enumerate(full) if value != empty[at]}
            assert changed <= set(written), (unit, sample)


@pytest.mark.parametrize("kind", EDITED_KINDS)
def test_what_is_written_is_what_the_whole_row_would_say(kind: str) -> None:
    projection, asked = PROJECTIONS[kind], set[str]()
    projection.row(TOWN, subject(kind, {}, asked), FACTS, b"key")
    answers: dict[str, Answer] = dict.fromkeys(asked, "李一楼")
    full = row(kind, answers, None)

    for unit in asked:
        edited = frozenset({unit})
        few = row(kind, answers, edited)
        places = narrowed(kind, projection, edited)
        assert [few[at] for at in places] == [full[at] for at in places], unit
        assert len(places) < len(full)


def test_a_name_that_is_edited_is_found_by_and_the_phone_still_is(world: World) -> None:
    wang = world.phone(WANG)
    household = wang.create("household", {"head_name": "张建国", "phone": "13800000000"})
    wang.send()
    wang.set(household, 1, head_name="张建华")
    wang.set(household, 1, town_question="是")
    wang.send()

    assert str(world.projection("household", household)["search"]).splitlines() == [
        "张建华", "zhang jian hua", "zjh", "13800000000",
    ]  # fmt: skip
    world.assert_whole()
