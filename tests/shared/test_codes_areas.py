"""Area codes say what lies in what, and a code that cannot be is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import (
    AreaCodeFault,
    AreaLevel,
    CommunityKind,
    GridCodeFault,
    TownKind,
    area_level,
    area_parents,
    check_area_code,
    check_grid_code,
    community_kind,
    short_area_code,
    town_kind,
)

COMMUNITY = "329901100001"


@st.composite
def community_codes(draw: st.DrawFn) -> str:
    town = draw(st.integers(1, 599))
    community = draw(st.integers(1, 599))
    return f"329901{town:03d}{community:03d}"


@pytest.mark.parametrize(
    ("town", "kind"),
    [
        ("001", TownKind.STREET),
        ("099", TownKind.STREET),
        ("100", TownKind.TOWN),
        ("199", TownKind.TOWN),
        ("200", TownKind.TOWNSHIP),
        ("399", TownKind.TOWNSHIP),
        ("400", TownKind.SIMILAR),
        ("599", TownKind.SIMILAR),
        ("000", None),
        ("600", None),
    ],
)
def test_digits_7_to_9_say_what_kind_of_town_it_is(town: str, kind: TownKind | None) -> None:
    assert town_kind(f"329901{town}001") is kind


@pytest.mark.parametrize(
    ("community", "kind"),
    [
        ("001", CommunityKind.RESIDENTS),
        ("199", CommunityKind.RESIDENTS),
        ("200", CommunityKind.VILLAGERS),
        ("399", CommunityKind.VILLAGERS),
        ("400", CommunityKind.SIMILAR),
        ("599", CommunityKind.SIMILAR),
        ("000", None),
        ("600", None),
    ],
)
def test_digits_10_to_12_say_residents_or_villagers(
    community: str, kind: CommunityKind | None
) -> None:
    assert community_kind(f"329901100{community}") is kind


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("32990110000", AreaCodeFault.LENGTH),
        ("3299011000011", AreaCodeFault.LENGTH),
        ("32990110000a", AreaCodeFault.CHARACTERS),
        ("３２９９０１１００００１", AreaCodeFault.CHARACTERS),
        ("389901100001", AreaCodeFault.PROVINCE),
        ("000000000000", AreaCodeFault.PROVINCE),
        ("329901000001", AreaCodeFault.GAP),
        ("320001100001", AreaCodeFault.GAP),
        ("329900100001", AreaCodeFault.GAP),
        ("329901600001", AreaCodeFault.TOWN),
        ("329901100600", AreaCodeFault.COMMUNITY),
        (COMMUNITY, None),
        ("329901100000", None),
        ("329901000000", None),
        ("320000000000", None),
    ],
)
def test_an_area_code_is_checked_from_left_to_right(code: str, fault: AreaCodeFault | None) -> None:
    assert check_area_code(code) is fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (COMMUNITY + "001", None),
        (COMMUNITY + "999", None),
        (COMMUNITY + "000", GridCodeFault.NUMBER),
        ("329901100000001", GridCodeFault.COMMUNITY),
        ("329901100600001", GridCodeFault.COMMUNITY),
        (COMMUNITY + "01", GridCodeFault.LENGTH),
        (COMMUNITY + "0a1", GridCodeFault.LENGTH),
    ],
)
def test_a_grid_code_is_a_community_and_a_number(code: str, fault: GridCodeFault | None) -> None:
    assert check_grid_code(code) is fault


def test_the_parents_of_a_grid_go_from_the_province_to_its_community() -> None:
    assert area_parents(COMMUNITY + "002") == ("32", "3299", "329901", "329901100", COMMUNITY)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("32", AreaLevel.PROVINCE),
        ("320000000000", AreaLevel.PROVINCE),
        ("329901100", AreaLevel.TOWN),
        ("329901100000", AreaLevel.TOWN),
        (COMMUNITY, AreaLevel.COMMUNITY),
        (COMMUNITY + "001", AreaLevel.GRID),
        ("3", None),
        ("", None),
        ("朝阳社区", None),
    ],
)
def test_a_code_has_one_level_padded_or_cut_short(code: str, level: AreaLevel | None) -> None:
    assert area_level(code) is level


@given(community_codes())
def test_every_parent_is_a_prefix_and_its_padded_code_is_valid(code: str) -> None:
    assert check_area_code(code) is None
    for parent in area_parents(code):
        padded = parent.ljust(12, "0")
        assert code.startswith(parent)
        assert check_area_code(padded) is None
        assert short_area_code(padded) == parent


@given(st.text(max_size=16) | st.text(alphabet="0123456789", max_size=16))
def test_no_text_breaks_the_checks_of_areas(text: str) -> None:
    check_area_code(text)
    check_grid_code(text)
    town_kind(text)
    community_kind(text)

    assert all(text.startswith(parent) for parent in area_parents(text))
