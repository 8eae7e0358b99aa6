"""An index of words narrows a search down: it leaves out nothing that `matches` finds."""

from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.search import matches, search_keys
from shared.search.pinyin import spellings
from shared.search.words import Word, index_words, needed, number_words

NAMES = ("张伟", "王小明", "欧阳娜娜", "单雄信", "吕布", "李一楼", "Smith Anna", "区长乐", "安宁")
DOORS = ("3-1-02-201", "和安路8号3栋1单元201室", "A座-7-702", "杨家村2组15号", "12-2-11-1102")
PHONES = ("13912345678", "027-83456789", "013800001111", "")
RECORDS = st.tuples(st.sampled_from(NAMES), st.sampled_from(DOORS), st.sampled_from(PHONES))


def is_there(words: Collection[str], word: Word) -> bool:
    if word.begins:
        return any(each.startswith(word.text) for each in words)
    return word.text in words


def may_be_found(words: Collection[str], query: str) -> bool:
    """What the database asks of its index."""
    return all(
        any(all(is_there(words, word) for word in every) for every in alternatives)
        for alternatives in needed(query)
    )


@st.composite
def part_of(draw: st.DrawFn, text: str) -> str:
    first = draw(st.integers(0, len(text)))
    return text[first : draw(st.integers(first, len(text)))]


@st.composite
def typed(draw: st.DrawFn, name: str) -> str:
    """A name as it is typed with a Latin keyboard: of each syllable the beginning."""
    ways = spellings(name.lower()) or ("",)
    syllables = draw(st.sampled_from(ways)).split()
    first = draw(st.integers(0, max(0, len(syllables) - 1)))
    cut = [each[: draw(st.integers(1, len(each)))] for each in syllables[first:]]
    return "".join(cut)


@st.composite
def searches(draw: st.DrawFn) -> tuple[tuple[str, str, str], str]:
    record = draw(RECORDS)
    name, door, phone = record
    words = st.one_of(part_of(name), typed(name), part_of(door), part_of(phone), st.text("3-12a栋"))
    return record, " ".join(draw(st.lists(words, min_size=1, max_size=2)))


@settings(max_examples=400)
@given(searches())
def test_what_a_query_finds_has_the_words_that_the_query_needs(
    search: tuple[tuple[str, str, str], str],
) -> None:
    record, query = search
    keys = search_keys(*record)

    if matches(query, keys):
        assert may_be_found(index_words(keys), query), (query, sorted(index_words(keys)))


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ("zhangwei", "张伟", "张明"),
        ("wxm", "王小明", "王明"),
        ("xm", "王小明", "王小"),
        ("小明", "王小明", "王大明"),
        ("3-1-201", "3-1-02-201", "3-1-02-202"),
        ("31201", "3-1-02-201", "3-2-02-202"),
        ("5678", "13912345678", "13956781234"),
        ("1391", "13912345678", "15913911392"),
    ],
)
def test_it_leaves_out_what_only_looks_alike(query: str, found: str, left_out: str) -> None:
    assert may_be_found(index_words(search_keys(found)), query)
    assert not may_be_found(index_words(search_keys(left_out)), query)


@given(st.from_regex(r"[0-9]{1,15}", fullmatch=True))
def test_the_words_of_a_number_alone_are_those_of_a_record_with_it(digits: str) -> None:
    assert frozenset(number_words(digits)) == index_words([digits])


def test_no_word_is_one_that_a_database_could_not_keep() -> None:
    words = index_words(search_keys("O'Neil \\ 张 伟", "3 栋 1-201", "139 1234 5678"))

    assert words
    assert not [word for word in words if not word or set(word) & set(" '\\")]
