"""Whole forms in the manner of the field's public ones: what is asked, worth, and wrong."""

from datetime import UTC, datetime

import pytest

from server.forms.compiler import compile_form
from server.forms.trial import Tried, try_form
from shared.changes import Answer
from shared.forms.model import Form

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Answers = dict[str, Answer]

ECONOMY = """
| survey |
| | type | name | label::English | label::中文 | relevant | constraint | constraint_message::English | required | calculation | choice_filter | repeat_count | default | trigger | appearance |
| | today | day | | | | | | | | | | | | |
| | begin group | place | Where | 地点 | | | | | | | | | | |
| | select_one province | province | Province | 省 | | | | yes | | | | | | |
| | select_one county | county | County | 县 | | | | yes | | province=${province} | | | | minimal |
| | text | code | House code | 编码 | | regex(., '^[A-Z]{2}-\\d{3}$') | Two letters, a dash, three digits | | | | | | | |
| | calculate | key | | | | | | | concat(${county}, '/', normalize-space(${code})) | | | | | |
| | calculate | letters | | | | | | | substring-before(${code}, '-') | | | | | |
| | calculate | digits | | | | | | | number(substring-after(${code}, '-')) | | | | | |
| | end group | | | | | | | | | | | | | |
| | integer | size | People | 人数 | | . > 0 and . <= 30 | 1 to 30 | yes | | | | 1 | | |
| | begin repeat | member | Member | 成员 | | | | | | | ${size} | | | |
| | text | called | Name | 姓名 | | | | | | | | | | |
| | calculate | line | | | | | | | position(..) | | | | | |
| | select_one sex | sex | Sex of ${called} | ${called}的性别 | | | | | | | | | | |
| | integer | age | Age | 年龄 | | . >= 0 and . < 120 | Not an age | | | | | | | |
| | select_one school | school | School | 上学 | ${age} >= 5 and ${age} < 25 | | | | | | | | | |
| | integer | fees | Fees | 学费 | selected(${school}, 'yes') | | | | | | | | | |
| | begin repeat | work | Job | 工作 | ${age} >= 15 | | | | | | | | | |
| | text | trade | Trade | 行业 | | | | | | | | | | |
| | decimal | wage | Wage | 工资 | | . >= 0 | | | | | | | | |
| | end repeat | | | | | | | | | | | | | |
| | calculate | earned | | | | | | | sum(${wage}) | | | | | |
| | end repeat | | | | | | | | | | | | | |
| | calculate | income | | | | | | | sum(${earned}) | | | | | |
| | calculate | adults | | | | | | | count(${member}[age >= 18]) | | | | | |
| | calculate | named | | | | | | | count-non-empty(${called}) | | | | | |
| | calculate | oldest | | | | | | | max(${age}) | | | | | |
| | calculate | first | | | | | | | indexed-repeat(${called}, ${member}, 1) | | | | | |
| | calculate | everyone | | | | | | | join(', ', ${called}) | | | | | |
| | select_multiple asset | assets | Assets | 资产 | | not(selected(., 'none') and count-selected(.) > 1) | None is none | | | | | | | |
| | integer | value | Their worth | 价值 | count-selected(${assets}) > 0 and not(selected(${assets}, 'none')) | | | | | | | | | |
| | calculate | best | | | | | | | jr:choice-name(selected-at(${assets}, 0), '${assets}') | | | | | |
| | decimal | share | Spent on food, % | 食品占比 | | . >= 0 and . <= 100 | | | | | | | | |
| | calculate | poor | | | | | | | if(${income} div ${size} < 500 and coalesce(${share}, 0) > 60, 'yes', 'no') | | | | | |
| | note | told | ${first} and ${adults} adults: ${poor} | ${first}等，成年 ${adults} 人 | ${poor} = 'yes' | | | | | | | | | |
| choices |
| | list_name | name | label::English | label::中文 | province |
| | province | n | North | 北 | |
| | province | s | South | 南 | |
| | county | n1 | Hill | 山县 | n |
| | county | n2 | Lake | 湖县 | n |
| | county | s1 | Coast | 海县 | s |
| | sex | f | Woman | 女 | |
| | sex | m | Man | 男 | |
| | school | yes | Yes | 是 | |
| | school | no | No | 否 | |
| | asset | none | None | 无 | |
| | asset | tv | Television | 电视 | |
| | asset | bike | Bicycle | 自行车 | |
"""  # noqa: E501

VACCINES = """
| survey |
| | type | name | label::English | label::中文 | relevant | constraint | constraint_message::English | required | required_message::English | calculation | trigger | readonly | choice_filter | default |
| | text | child | Child | 儿童 | | string-length(.) >= 2 and not(contains(., '  ')) | A whole name | yes | Whose card is it? | | | | | |
| | date | born | Born | 出生 | | . <= today() and . > today() - 365 * 6 | Under six, and not in the future | yes | | | | | | |
| | calculate | months | | | | | | | | int((today() - ${born}) div 30.4375) | | | | |
| | text | age_told | Age | 年龄 | ${months} != '' | | | | | if(${months} < 24, concat(${months}, ' months'), concat(int(${months} div 12), ' years')) | | yes | | |
| | select_one yn | card | Has a card | 有接种证 | | | | | | | | | | |
| | begin group | doses | Doses | 接种 | ${card} = 'yes' | | | | | | | | | |
| | date | bcg | BCG | 卡介苗 | | . >= ${born} | Before birth | | | | | | | |
| | date | polio1 | Polio 1 | 脊灰一 | ${months} >= 2 | . >= ${born} + 56 | Too early | | | | | | | |
| | date | polio2 | Polio 2 | 脊灰二 | ${polio1} != '' | . >= ${polio1} + 28 | Four weeks after the first | | | | | | | |
| | calculate | next_polio | | | ${polio1} != '' and ${polio2} = '' | | | | | format-date(date(${polio1} + 28), '%Y-%m-%d') | | | | |
| | end group | | | | | | | | | | | | | |
| | select_multiple why | why | Why not | 原因 | ${card} = 'no' | | | | | | | | | |
| | text | other | Which other | 其他 | selected(${why}, 'other') | | | yes | Say which | | | | | |
| | calculate | done | | | | | | | | (${bcg} != '') + (${polio1} != '') + (${polio2} != '') | | | | |
| | calculate | due | | | | | | | | (${months} >= 0) + (${months} >= 2) + (${months} >= 3) | | | | |
| | select_one state | state | State | 状态 | | | | | | | | | ${done} >= ${due} or name != 'complete' | |
| | calculate | stamp | | | | | | | | once(format-date-time(now(), '%Y-%m-%d %H:%M')) | | | | |
| | calculate | renamed | | | | | | | | ${child} | ${child} | | | |
| | calculate | tag | | | | | | | | translate(substr(${child}, 0, 3), 'abc', 'ABC') | | | | |
| | text | again | Name again | 再写一遍 | | . = ${child} and starts-with(., substr(${child}, 0, 1)) and ends-with(., 'n') | Not the same | | | | | | | |
| choices |
| | list_name | name | label::English | label::中文 |
| | yn | yes | Yes | 是 |
| | yn | no | No | 否 |
| | why | far | Too far | 太远 |
| | why | other | Other | 其他 |
| | state | complete | Complete | 全程 |
| | state | open | Open | 未完成 |
"""  # noqa: E501


def form(sheets: str) -> Form:
    return compile_form(sheets.encode(), ".md", "record").form


def stands(made: Form, answers: Answers) -> dict[str, Tried]:
    return {one.path: one for one in try_form(made, answers, language="en", now=NOW)}


@pytest.fixture(scope="module")
def economy() -> Form:
    return form(ECONOMY)


@pytest.fixture(scope="module")
def vaccines() -> Form:
    return form(VACCINES)


FAMILY: Answers = {
    "place/province": "n",
    "place/county": "n2",
    "place/code": "AB-017",
    "size": 3,
    "member[1]/called": "Ann",
    "member[1]/age": 41,
    "member[1]/work[1]/trade": "baker",
    "member[1]/work[1]/wage": 700,
    "member[1]/work[2]/wage": 120.5,
    "member[2]/called": "Bo",
    "member[2]/age": 16,
    "member[2]/school": "yes",
    "member[2]/fees": 90,
    "member[3]/called": "Cy",
    "member[3]/age": 3,
}


def test_a_socio_economic_survey_counts_through_its_rosters(economy: Form) -> None:
    found = stands(economy, FAMILY | {"assets": ["bike", "tv"], "share": 70})

    assert found["place/key"].value == "n2/AB-017"
    assert (found["place/letters"].value, found["place/digits"].value) == ("AB", 17)
    assert [found[f"member[{n}]/line"].value for n in (1, 2, 3)] == [1, 2, 3]
    assert found["member[1]/earned"].value == 820.5
    assert found["income"].value == 820.5
    assert (found["adults"].value, found["named"].value, found["oldest"].value) == (1, 3, 41)
    assert (found["first"].value, found["everyone"].value) == ("Ann", "Ann, Bo, Cy")
    assert found["member[2]/sex"].label == "Sex of Bo"
    assert found["best"].value == "Television", "ticked choices stand in the order of their list"
    assert found["poor"].value == "yes"
    assert found["told"].label == "Ann and 1 adults: yes"


def test_in_a_survey_one_answer_takes_others_out_through_several_steps(economy: Form) -> None:
    before = stands(economy, FAMILY | {"assets": ["tv"], "value": 300})
    assert (before["member[2]/fees"].relevant, before["member[2]/fees"].value) == (True, 90)
    assert not before["member[3]/school"].relevant
    assert before["value"].relevant

    after = stands(
        economy, FAMILY | {"assets": ["tv"], "value": 300} | {"member[2]/age ": 30, "assets ": []}
    )

    assert not after["member[2]/school"].relevant
    assert not after["member[2]/fees"].relevant
    assert not after["value"].relevant
    assert after["poor"].value == "no", "an empty share is no share of sixty"
    fewer = stands(economy, FAMILY | {"size ": 1})
    assert (fewer["named"].value, fewer["everyone"].value) == (1, "Ann")


def test_a_survey_s_counties_follow_its_provinces_and_say_what_is_wrong(economy: Form) -> None:
    found = stands(economy, FAMILY | {"place/province ": "s", "assets": ["none", "tv"]})

    assert [one.name for one in found["place/county"].choices] == ["s1"]
    assert not found["place/county"].valid, "the county of the other province"
    assert (found["assets"].valid, found["assets"].message) == (False, "None is none")
    wrong = stands(economy, {"place/code": "ab-017", "size": 31, "member[1]/age": 120})
    assert wrong["place/code"].message == "Two letters, a dash, three digits"
    assert (wrong["size"].message, wrong["member[1]/age"].message) == ("1 to 30", "Not an age")
    assert (wrong["place/province"].required, wrong["place/province"].valid) == (True, False)


def test_a_vaccination_card_counts_in_days(vaccines: Form) -> None:
    card: Answers = {
        "child": "Adan", "born": "2025-11-20", "card": "yes", "doses/bcg": "2025-11-21",
        "doses/polio1": "2026-01-20",
    }  # fmt: skip
    found = stands(vaccines, card)

    assert (found["months"].value, found["age_told"].value) == (3, "3 months")
    assert found["age_told"].readonly
    assert found["doses/next_polio"].value == "2026-02-17"
    assert (found["done"].value, found["due"].value) == (2, 3)
    assert [one.name for one in found["state"].choices] == ["open"]
    assert found["stamp"].value == "2026-03-01 09:30"
    assert (found["renamed"].value, found["tag"].value) == ("Adan", "AdA")
    soon = stands(vaccines, card | {"doses/polio2": "2026-02-16"})
    assert soon["doses/polio2"].message == "Four weeks after the first"
    whole = stands(vaccines, card | {"doses/polio2": "2026-02-17", "again": "Adan"})
    assert whole["doses/polio2"].valid
    assert not whole["doses/next_polio"].relevant
    assert [one.name for one in whole["state"].choices] == ["complete", "open"]
    assert whole["again"].valid


def test_without_a_card_no_dose_is_asked_and_a_reason_is(vaccines: Form) -> None:
    found = stands(vaccines, {"child": "Bo", "born": "2026-02-20", "card": "no", "why": ["other"]})

    assert not found["doses/bcg"].relevant
    assert (found["other"].required, found["other"].message) == (True, "Say which")
    assert (found["months"].value, found["done"].value) == (0, 0)
    for born in ("2026-03-02", "2019-12-31"):
        wrong = stands(vaccines, {"child": "B", "born": born})
        assert wrong["born"].message == "Under six, and not in the future"
        assert wrong["child"].message == "A whole name"
    nothing = stands(vaccines, {})
    assert nothing["child"].message == "Whose card is it?"
    assert not nothing["age_told"].relevant, "without a birth date there is no age"
