"""What a new version would do to the records that are there."""

from server.forms.comparison import difference
from server.forms.impact import Loss, Unfinished, impact, unfinished
from shared.changes import Answer
from shared.wire import Begun
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
    (label,) = found.changed[0].details
    assert (label.before, label.after) == ("姓名", "全名")
    assert not difference(form_of(OLD), form_of(OLD))


def test_a_choice_that_came_went_or_is_called_otherwise_is_named() -> None:
    sheet = """
| survey |
| | type | name | label |
| | select_one l | a | A |
| choices |
| | list_name | name | label |
| | l | own | 自有 |
| | l | rent | 租住 |
"""
    later = sheet.replace("| | l | rent | 租住 |", "| | l | lent | 借住 |")

    (changed,) = difference(form_of(sheet), form_of(later)).changed

    (choices,) = changed.details
    assert (choices.before, choices.after) == ("rent (租住)", "lent (借住)")


def test_forms_that_are_being_filled_in_are_counted_with_what_they_would_lose() -> None:
    begun = [Begun("x", "1", ["name", "nick"]), Begun("x", "1", ["name"]), Begun("x", "", ["pet"])]

    found = unfinished(form_of(NEW), begun)

    assert found == Unfinished(
        drafts=3, other_version=2, lose=2, lost=(Loss("nick", 1), Loss("pet", 1))
    )
