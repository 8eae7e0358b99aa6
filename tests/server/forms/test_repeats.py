"""Questions that are asked once for each of several things: people, rooms, children, jobs."""

import pytest

from shared.forms.logic import FormState, RepeatState
from shared.forms.scope import Moment
from tests.server.forms.bench_of_forms import NOW, filled, form_of, values

PEOPLE = """
| | type | name | label | calculation | relevant | constraint | required | default |
| | begin repeat | member | ${name}（家庭成员） | | | | | |
| | text | name | 姓名 | | | | yes | |
| | integer | age | ${name}几岁 | | | . >= 0 and . < 150 | | |
| | text | school | 学校 | | ${age} < 18 | | | |
| | calculate | place | | position(..) | | | | |
| | text | mark | 标记 | | | | | 新 |
| | end repeat | | | | | | | |
| | calculate | people | | count(${member}) | | | | |
| | calculate | years | | sum(${age}) | | | | |
| | calculate | oldest | | max(${age}) | | | | |
| | calculate | second | | indexed-repeat(${name}, ${member}, 2) | | | | |
| | calculate | names | | join('、', ${name}) | | | | |
| | calculate | schools | | count-non-empty(${school}) | | | | |
| | calculate | grown | | count(${member}[age >= 18]) | | | | |
"""


def people(*named: tuple[str, int]) -> FormState:
    state = filled(PEOPLE)
    for name, age in named:
        instance = state.add("member")
        state.answer(f"{instance}/name", name)
        state.answer(f"{instance}/age", age)
    return state


def worth(state: FormState, *names: str) -> list[object]:
    return [state.question(name).value for name in names]


def test_what_is_outside_counts_what_is_inside() -> None:
    state = people(("李芳", 40), ("李小明", 9), ("李强", 42))

    found = worth(state, "people", "years", "oldest", "second", "names", "grown")

    assert found == [3, 91, 42, "李小明", "李芳、李小明、李强", 2]


def test_what_is_outside_follows_each_answer_and_each_instance_that_goes() -> None:
    state = people(("李芳", 40), ("李小明", 9))

    state.answer("member[2]/age", 20)
    assert worth(state, "years", "grown") == [60, 2]
    state.remove("member[1]")

    assert worth(state, "people", "years", "names", "second") == [1, 20, "李小明", None]
    assert state.question("member[1]/name").value == "李小明"


def test_an_instance_sees_its_own_answers_only() -> None:
    state = people(("李芳", 40), ("李小明", 9))

    assert not state.question("member[1]/school").relevant
    assert state.question("member[2]/school").relevant
    assert state.question("member[2]/age").label == "李小明几岁"
    touched = state.answer("member[2]/age", 30)
    assert "member[2]/school" in touched
    assert not any(key.startswith("member[1]") for key in touched)


def test_an_instance_knows_its_place_and_is_told_when_it_moves() -> None:
    state = people(("甲", 1), ("乙", 2), ("丙", 3))
    assert worth(state, "member[3]/place") == [3]

    state.remove("member[1]")

    assert worth(state, "member[1]/place", "member[2]/place") == [1, 2]


def test_a_new_instance_has_its_defaults_and_owes_its_answers() -> None:
    state = filled(PEOPLE)

    state.add("member")

    assert state.question("member[1]/mark").value == "新"
    assert state.unanswered() == ("member[1]/name",)
    state.answer("member[1]/age", 200)
    assert "不符合要求" in state.faults()["member[1]/age"]["zh"]


def test_all_instances_are_one_unit_of_the_record() -> None:
    state = people(("李芳", 40))

    assert state.units()["member"] == [{"name": "李芳", "age": 40, "place": 1, "mark": "新"}]
    again = FormState.of_record(state.form, state.units(), Moment(NOW))
    assert again.units() == state.units()
    assert again.edits(state.units()) == {}
    again.answer("member[1]/name", "李方")
    assert again.edits(state.units())["member"] == [
        {"name": "李方", "age": 40, "place": 1, "mark": "新"}
    ]


def test_a_draft_opens_with_its_instances() -> None:
    state = people(("李芳", 40), ("李小明", 9))
    state.answer("member[2]/age", "9岁")

    again = FormState(state.form, state.answers, Moment(NOW))

    assert again.answers == state.answers
    assert again.question("member[2]/age").answer == "9岁"
    with pytest.raises(KeyError):
        again.question("member[3]/age")


def test_an_instance_keeps_what_this_form_does_not_know() -> None:
    units = {"member": [{"name": "李芳", "age": 40, "of_a_newer_form": [1]}]}
    state = FormState.of_record(form_of(PEOPLE), units, Moment(NOW))

    state.answer("member[1]/age", 41)

    member = {"name": "李芳", "age": 41, "place": 1, "of_a_newer_form": [1]}
    assert state.edits(units)["member"] == [member]


COUNTED = """
| | type | name | label | repeat_count | relevant |
| | integer | n | 几间房 | | |
| | select_one yes_no | let | 出租吗 | | |
| | begin repeat | room | 房间 | ${n} | ${let} = 'yes' |
| | text | tenant | 租客 | | |
| | begin repeat | bed | 床 | | |
| | text | who | ${tenant}的谁 | | |
| | end repeat | | | | |
| | end repeat | | | | |
| choices |
| | list_name | name | label |
| | yes_no | yes | 是 |
| | yes_no | no | 否 |
"""


def test_the_form_may_say_how_many_instances_there_are() -> None:
    state = filled(COUNTED, n=2, let="yes")
    state.answer("room[2]/tenant", "陈明")
    page = state.layout()[0]
    (repeat,) = (item for item in page.items if isinstance(item, RepeatState))
    assert repeat.counted
    assert [instance.key for instance in repeat.instances] == ["room[1]", "room[2]"]

    state.answer("n", 1)

    assert state.units()["n"] == 1
    assert "room" not in state.units()
    state.answer("n", 2)
    assert state.question("room[2]/tenant").value == "陈明"  # fewer rooms by mistake lose nothing


def test_a_repeat_that_is_not_relevant_leaves_the_record_and_stays_in_the_draft() -> None:
    state = filled(COUNTED, n=1, let="yes")
    state.answer("room[1]/tenant", "陈明")

    state.answer("let", "no")

    assert state.units() == {"n": 1, "let": "no"}
    assert state.answers["room"] == [{"tenant": "陈明"}]


def test_instances_may_be_inside_instances() -> None:
    state = filled(COUNTED, n=2, let="yes")
    state.answer("room[2]/tenant", "陈明")
    assert state.add("room[2]/bed") == "room[2]/bed[1]"
    state.answer("room[2]/bed[1]/who", "弟弟")

    assert state.question("room[2]/bed[1]/who").label == "陈明的谁"
    assert state.units()["room"] == [{}, {"tenant": "陈明", "bed": [{"who": "弟弟"}]}]
    again = FormState.of_record(state.form, state.units(), Moment(NOW))
    assert again.question("room[2]/bed[1]/who").value == "弟弟"


def test_a_wrong_count_does_not_stop_the_phone() -> None:
    state = filled(COUNTED, n=999_999_999, let="yes")

    assert len(state.answers.get("room", [])) <= 500  # type: ignore[arg-type]


def test_a_running_total_goes_through_the_instances() -> None:
    state = filled("""
| | type | name | label | calculation |
| | begin repeat | month | 月 | |
| | integer | rent | 房租 | |
| | calculate | before | | indexed-repeat(${paid}, ${month}, position(..) - 1) |
| | calculate | paid | | ${rent} + coalesce(${before}, 0) |
| | end repeat | | | |
""")
    for rent in (100, 200, 300):
        state.answer(f"{state.add('month')}/rent", rent)
    assert worth(state, "month[1]/paid", "month[2]/paid", "month[3]/paid") == [100, 300, 600]

    state.answer("month[1]/rent", 50)

    assert worth(state, "month[3]/paid") == [550]


def test_a_question_may_choose_among_the_people_of_the_roster() -> None:
    state = filled("""
| | type | name | label |
| | begin repeat | member | 成员 |
| | text | name | 姓名 |
| | end repeat | | |
| | select_one ${name} | contact | 找谁联系 |
""")
    for name in ("李芳", "李强"):
        state.answer(f"{state.add('member')}/name", name)

    assert [choice.name for choice in state.question("contact").choices] == ["李芳", "李强"]
    state.answer("contact", "李强")
    assert state.faults() == {}
    state.remove("member[2]")
    assert list(state.faults()) == ["contact"]


def test_the_same_name_may_be_used_in_two_repeats() -> None:
    state = filled("""
| | type | name | label |
| | begin repeat | cat | 猫 |
| | text | name | 名字 |
| | end repeat | | |
| | begin repeat | dog | 狗 |
| | text | name | 名字 |
| | end repeat | | |
""")
    state.add("cat")
    state.add("dog")
    state.answer("dog[1]/dog/name", "黄黄")

    assert values(state) == {"dog[1]/dog/name": "黄黄"}
