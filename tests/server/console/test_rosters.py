"""A list of people or things in a record is read, masked and named like any other answer."""

from collections.abc import Iterator

import pytest

from server.console.labels import Reader, Sight, label, seen_answer, use_forms
from server.forms.compiler import compile_form
from server.register.published import Published
from shared.changes import Answer

FORM = """
| survey |
| | type | name | label | bind::doorstep:class |
| | begin repeat | staff | 员工：${name} | |
| | select_one codes:sex | sex | 性别 | |
| | text | name | 姓名 | |
| | text | phone | 电话 | |
| | text | illness | 病史 | S |
| | begin repeat | job | 工作 | |
| | text | title | 职位 | P |
| | end repeat | | | |
| | end repeat | | | |
"""
STAFF: list[Answer] = [
    {
        "sex": "2",
        "name": "李芳",
        "phone": "13800138000",
        "illness": "x",
        "job": [{"title": "店主"}],
    },
    {"name": "张三", "of_a_newer_form": "secret"},
]


@pytest.fixture(autouse=True)
def forms() -> Iterator[None]:
    form = compile_form(FORM.encode(), ".md", "shop").form
    use_forms({"shop": Published(form, frozenset())})
    yield
    use_forms({})


def test_the_list_is_called_as_its_things_are() -> None:
    assert label("shop", "staff") == "员工"


def test_a_reader_sees_each_answer_with_its_label() -> None:
    text = Reader(Sight.WHOLE).text("shop", "staff", STAFF)

    assert text.startswith("1) 性别: Female, 姓名: 李芳, 电话: 13800138000")
    assert "工作: 1) 职位: 店主" in text
    assert "2) 姓名: 张三" in text


def test_every_answer_inside_is_masked_by_its_own_class() -> None:
    masked = Reader(Sight.MASKED).text("shop", "staff", STAFF)
    desk = Reader(Sight.DESK).text("shop", "staff", STAFF)

    assert "李芳" not in masked
    assert "李*" in masked
    assert "李芳" in desk
    for text in (masked, desk):
        assert "13800138000" not in text
        assert "病史: x" not in text
        assert "secret" not in text
        assert "Female" in text
    assert seen_answer("shop", "staff", "nonsense", Sight.MASKED) == []
