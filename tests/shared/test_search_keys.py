"""A worker finds a household by what she remembers of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search import matches, name_pinyin, search_keys

ZHANG = search_keys("张三", "幸福路12号3栋1单元201室", "15400001234")
SECONDS_OF_ONE_MAX = 10.0
"""Far more than it needs: it tells a search that never ends from one that is slow here."""

HAN = st.text(alphabet="张王李赵陈欧阳单曾仇娜芳伟国英幸福路梧桐里", min_size=1, max_size=4)
QUERIES = st.text(alphabet="zhangsan 0123456789-#号楼栋单元室三张阿·.*+?()[]\\|", max_size=30)


@pytest.mark.parametrize(
    "query",
    [
        "张三", "三", "zhang", "zhangsan", "zhang san", "zs", "zsan", "zhsan", "zhangs", "san",
        "ZHANGSAN", "ｚｓ", "幸福", "xfl", "xingfulu", "fulu",
        "201", "20", "3-201", "3-1-201", "3－201", "3号楼201", "3栋1单元201室", "三号楼201",
        "3#201", "3201", "31201", "12号", "3-20",
        "1234", "15400001234", "154 0000 1234", "154-0000-1234", "+8615400001234", "1540000",
        "zs 201", "zs201", "张三201", "201 zs", "zs 3-201 1234", "幸福路 张", "",  "   ",
    ],
)  # fmt: skip
def test_a_household_is_found_by(query: str) -> None:
    assert matches(query, ZHANG)


@pytest.mark.parametrize(
    "query",
    [
        "李", "ls", "hs", "ang", "zhangsi", "szs", "zs 202", "4-201", "201-3", "1-3-201",
        "3-2011", "3202", "4000", "234", "15400001235", "540000", "幸福里", "张三 李四", "zs zzz",
    ],
)  # fmt: skip
def test_a_household_is_not_found_by(query: str) -> None:
    assert not matches(query, ZHANG)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("单雄", "shanx"), ("单雄", "danx"), ("曾小芳", "zxf"), ("曾小芳", "cxf"),
        ("仇英", "qiuying"), ("解放", "xief"), ("尉迟恭", "yuchi"), ("长孙无忌", "zhangsun"),
        ("吕布", "lvbu"), ("吕布", "lubu"), ("吕布", "lübu"), ("覃英", "qin"), ("覃英", "tan"),
        ("欧阳修", "oyx"), ("阿不都·热合曼", "阿不都热合曼"), ("阿不都热合曼", "阿不都·热"),
        ("Li Fang", "lf"), ("Li Fang", "fang"), ("李一楼", "李一楼"), ("李一楼", "liyilou"),
        ("龘三", "das"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_people_read_it(name: str, query: str) -> None:
    assert matches(query, search_keys(name))


@pytest.mark.parametrize(
    ("door", "query"),
    [
        ("3-1-02-201", "3-201"), ("3-1-02-201", "3栋1单元201"), ("3号楼201", "3-201"),
        ("3号楼2层201", "3-201"), ("A座1201", "a1201"), ("A1201", "A座1201"), ("A-1201", "1201"),
        ("十二幢2单元1102室", "12-1102"), ("柳家村3组36号", "3组36"), ("柳家村3组36号", "ljc 36"),
        ("12弄3号502", "12弄3号502"), ("003-201", "3-201"), ("3-201", "003-201"),
    ],
)  # fmt: skip
def test_a_door_is_found_however_it_is_written(door: str, query: str) -> None:
    assert matches(query, search_keys(door))


def test_three_digits_are_a_door_and_never_the_middle_of_a_phone() -> None:
    keys = search_keys("王五", "5-1-02-302", "15420120130")

    assert not matches("201", keys)
    assert not matches("2012", keys)
    assert matches("0130", keys)


def test_keys_are_the_words_their_pinyin_and_their_initials() -> None:
    assert search_keys("张三") == ("张三", "zhang san", "zs")
    assert search_keys("3栋1单元201室") == ("-3-1-201",)
    assert search_keys("154 0000 1234") == ("15400001234",)


def test_what_two_texts_say_alike_is_kept_once() -> None:
    assert search_keys("3-201", "3号楼201", "") == ("-3-201",)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("单雄信", "shan xiong xin"), ("万俟卨", "mo qi xie"), ("欧阳修", "ou yang xiu"),
        ("张三", "zhang san"), ("Li Fang", "li fang"), ("", ""), ("·", ""),
    ],
)  # fmt: skip
def test_a_name_is_read_with_the_sound_of_its_surname(name: str, read: str) -> None:
    assert name_pinyin(name) == read


@given(HAN)
def test_every_name_is_found_by_itself_its_pinyin_and_its_initials(name: str) -> None:
    keys = search_keys(name)
    read = name_pinyin(name)

    assert matches(name, keys)
    assert matches(read.replace(" ", ""), keys)
    assert matches("".join(syllable[0] for syllable in read.split()), keys)


@given(HAN, st.data())
def test_every_beginning_of_what_one_types_finds_the_name(name: str, data: st.DataObject) -> None:
    typed = name_pinyin(name).replace(" ", "")
    length = data.draw(st.integers(0, len(typed)))

    assert matches(typed[:length], search_keys(name))


@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 33), st.integers(1, 4))
def test_every_way_to_write_a_door_finds_it(
    building: int, unit: int, floor: int, flat: int
) -> None:
    room = f"{floor}{flat:02d}"
    ways = (
        f"{building}-{unit}-{floor:02d}-{room}",
        f"{building}-{unit}-{room}",
        f"{building}栋{unit}单元{room}室",
        f"{building}号楼{unit}单元{room}",
        f"{building}幢{unit}单元{floor}层{room}",
    )

    assert all(matches(query, search_keys(door)) for query in ways for door in ways)
    assert all(matches(f"{building}-{room}", search_keys(door)) for door in ways)


@given(QUERIES, HAN)
def test_a_longer_query_never_finds_more(query: str, name: str) -> None:
    keys = search_keys(name, "幸福路12号3栋1单元201室", "15400001234")

    if matches(f"{query} {name}", keys):
        assert matches(query, keys)


@given(st.text(max_size=100), st.text(max_size=40) | QUERIES)
def test_no_text_and_no_query_breaks_the_search(text: str, query: str) -> None:
    matches(query, search_keys(text))


@pytest.mark.parametrize("syllable", ["aa", "nan", "anan", "nn", "aaa", "a"])
@pytest.mark.parametrize("ending", ["", "x"])
def test_no_text_and_no_query_makes_the_search_slow(syllable: str, ending: str) -> None:
    keys = search_keys(f"{syllable} " * 40)

    started = time.process_time()
    matches(syllable * 20 + ending, keys)
    matches(syllable * 6 + ending, keys)

    assert time.process_time() - started < SECONDS_OF_ONE_MAX
