"""What a new version would do to the records that are there."""

from server.forms.comparison import difference
from server.forms.impact import Loss, impact
from shared.changes import Answer
from tests.server.forms.bench_of_forms import NOW, form_of

OLD = """
| | type | name | label | constraint | required |
| | text | name | 姓名 | | |
| | integer | age | 年龄 | | |
| | text | nick | 小名 | | |
| | begin repeat | pet | 宠物 | | |
| | text | called | 名字 | | |
| | end repeat | | | | |
"""
NEW = """
| | type | name | label | constraint | required |
| | text | name | 全名 | | |
| | integer | age | 年龄 | . < 100 | |
| | text | phone | 电话 | | yes |
"""
RECORDS: list[dict[str, Answer]] = [
    {"name": "王芳", "age": 40, "nick": "小芳"},
    {"name": "李强", "age": 120},
    {"name": "赵老", "age": 101, "pet": [{"called": "黄黄"}], "phone": "13800000000"},
    {"name": "周"},
]


def test_the_dry_run_counts_what_is_lost_wrong_and_owed() -> None:
    found = impact(form_of(OLD), form_of(NEW), RECORDS, NOW)

    assert (found.records, found.lose, found.become_invalid, found.owe) == (4, 2, 2, 3)
    assert set(found.lost) == {Loss("nick", 1), Loss("pet", 1)}
    assert found.invalid == (Loss("age", 2),)
    assert found.owed == (Loss("phone", 3),)


def test_what_was_wrong_already_is_not_counted_again() -> None:
    found = impact(form_of(NEW), form_of(NEW), RECORDS, NOW)

    assert (found.lose, found.become_invalid, found.owe) == (0, 0, 0)


def test_two_versions_are_compared_question_by_question() -> None:
    found = difference(form_of(OLD), form_of(NEW))

    assert found.added == ("phone",)
    assert found.removed == ("nick", "called")
    assert {one.name: one.parts for one in found.changed} == {
        "name": ("label",),
        "age": ("constraint",),
    }
    assert not difference(form_of(OLD), form_of(OLD))
