"""Two entries that may be one household are noticed, with the reasons; strangers are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import code_table
from shared.search import (
    DUPLICATE_SCORE_MIN,
    HouseholdTraits,
    Reason,
    clues,
    household_traits,
    possible_duplicates,
    read_door,
    same_door,
    similarity,
)

LI = household_traits(
    name="李芳", phone="15400001234", plate="3栋1单元201室", birth_date="1970-05-01"
)

traits = st.builds(
    household_traits,
    name=st.sampled_from(["", "李芳", "李方", "李芳芳", "王芳", "单雄信"]),
    phone=st.sampled_from(["", "15400001234", "154 0000 1234", "15400009999"]),
    plate=st.sampled_from(
        ["", "3-201", "3号楼201", "3-1-02-201", "幸福路12号3栋1单元201室", "4-201"]
    ),
    dwelling=st.sampled_from(["", "a", "b"]),
    birth_date=st.sampled_from(["", "1970-05-01", "1971-05-01"]),
)


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        (household_traits(name="李芳"), [Reason.SAME_NAME]),
        (household_traits(name="李方"), [Reason.SAME_SOUND]),
        (household_traits(name="李芬"), [Reason.NEAR_NAME]),
        (household_traits(name="李小芳"), [Reason.NEAR_NAME]),
        (household_traits(name="王明"), []),
        (household_traits(phone="+86 154-0000-1234"), [Reason.SAME_PHONE]),
        (household_traits(plate="幸福路12号3幢1单元201"), [Reason.SAME_DOOR]),
        (household_traits(plate="3-201"), [Reason.SAME_DOOR]),
        (household_traits(plate="3-2-201"), []),
        (household_traits(plate="1-3-201"), []),
        (household_traits(birth_date="1970-05-01"), [Reason.SAME_BIRTH_DATE]),
        (household_traits(), []),
    ],
)
def test_each_likeness_has_its_reason(other: HouseholdTraits, reasons: list[Reason]) -> None:
    assert list(similarity(LI, other).reasons) == reasons


@pytest.mark.parametrize(
    "other",
    [
        household_traits(name="李芳", phone="15400001234"),
        household_traits(name="李方", plate="3号楼201"),
        household_traits(name="李芬", plate="3-1-02-201"),
        household_traits(name="王明", phone="15400001234"),
        household_traits(name="李芳", birth_date="1970-05-01"),
    ],
)
def test_a_likely_duplicate_is_warned_of(other: HouseholdTraits) -> None:
    assert similarity(LI, other).score >= DUPLICATE_SCORE_MIN


@pytest.mark.parametrize(
    "other",
    [
        household_traits(name="李芳", plate="4-201"),
        household_traits(name="王明", plate="3-1-201"),
        household_traits(name="李方", phone="15400009999"),
        household_traits(name="王芳", birth_date="1970-05-01"),
    ],
)
def test_a_common_name_or_a_shared_door_alone_is_no_warning(other: HouseholdTraits) -> None:
    assert similarity(LI, other).score < DUPLICATE_SCORE_MIN


def test_duplicates_come_most_alike_first() -> None:
    others = [
        ("name-and-door", household_traits(name="李芳", plate="3-201")),
        ("stranger", household_traits(name="王明", plate="5-101")),
        ("all", LI),
    ]

    found = [other for other, _ in possible_duplicates(LI, others)]

    assert found == ["all", "name-and-door"]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("3-201", "3号楼201", True),
        ("3-1-02-201", "幸福路12号3栋1单元201室", True),
        ("柳树巷7号", "柳树巷7号", True),
        ("柳树巷7号", "梧桐巷7号", False),
        ("柳树巷3-201", "梧桐巷3-201", False),
        ("201", "3-201", False),
        ("201", "201", False),
        ("3-201", "3-202", False),
        ("", "", False),
        ("无", "无", False),
    ],
)
def test_doors_are_the_same_when_nothing_contradicts(a: str, b: str, same: bool) -> None:
    assert same_door(read_door(a), read_door(b)) is same
    assert same_door(read_door(b), read_door(a)) is same


@given(traits, traits)
def test_likeness_is_the_same_both_ways_round(a: HouseholdTraits, b: HouseholdTraits) -> None:
    assert similarity(a, b) == similarity(b, a)


@given(traits, traits)
def test_nobody_is_more_like_a_household_than_itself(
    a: HouseholdTraits, b: HouseholdTraits
) -> None:
    assert 0 <= similarity(a, b).score <= similarity(a, a).score < 1


@given(traits)
def test_what_is_not_known_says_nothing(a: HouseholdTraits) -> None:
    assert similarity(a, household_traits()).reasons == ()


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=30))
def test_no_text_breaks_the_traits(name: str, phone: str, plate: str) -> None:
    a = household_traits(name=name, phone=phone, plate=plate)

    assert similarity(a, a).score < 1


def test_every_reason_has_words_in_both_languages() -> None:
    assert {row.code for row in code_table("likeness").codes} == {str(reason) for reason in Reason}


facts = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["李芳", "李方", "李强", ""]),
        "phone": st.sampled_from(["13800000001", "138 0000 0001", "13800000002", ""]),
        "plate": st.sampled_from(
            ["3-1-201", "3号楼1单元201", "幸福路3号201", "201", "5-1-302", ""]
        ),
        "dwelling": st.sampled_from(["home-1", "home-2", ""]),
        "birth_date": st.sampled_from(["1980-01-01", "1980-01-02", ""]),
    }
)


@given(facts, facts)
def test_households_that_are_alike_share_a_clue(a: dict[str, str], b: dict[str, str]) -> None:
    known = [{k: v for k, v in one.items() if k != "name"} for one in (a, b)]
    alike = similarity(household_traits(**a), household_traits(**b)).score >= DUPLICATE_SCORE_MIN

    shared = set(clues(**known[0])) & set(clues(**known[1]))

    assert shared or not alike
