"""Any form can be printed, and looks on paper as it asks on the phone."""

from server.forms.builtin import builtin_forms
from server.forms.paper import Head, form_paper
from server.paper.blocks import Grid, Item, Option
from server.paper.sheet import render
from tests.server.forms.bench_of_forms import form_of
from tests.server.paper.reading import pages

SURVEY = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant | required | bind::doorstep:declined | bind::doorstep:class | bind::doorstep:purpose |
| | text | name | 姓名 | Name | | yes | | | |
| | select_one own | own | ${name}的住房 | Home of ${name} | | | yes | | |
| | date | since | 入住 | Since | ${own} = 'rent' | | | | |
| | text | illness | 病史 | Illness | | | | S | 安排照护 |
| | image | photo | 照片 | Photo | | | | | |
| | hidden | sum | | | | | | | |
| | begin repeat | member | 成员 | Member | | | | | |
| | text | called | 称呼 | Called | | | | | |
| | select_one own | room | 房间 | Room | | | | | |
| | begin repeat | pet | 宠物 | Pet | | | | | |
| | text | pet_name | 名字 | Pet's name | | | | | |
| | end repeat | | | | | | | | |
| | end repeat | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | own | own | 自有 | Own |
| | own | rent | 租住 | Rented |
"""  # noqa: E501
ANSWERS = {
    "name": "王芳",
    "own": "rent",
    "since": "2024-05-01",
    "illness": "哮喘",
    "member": [{"called": "小明", "room": "own", "pet": [{"pet_name": "黄黄"}]}],
}


def items(paper_blocks: tuple[object, ...]) -> dict[str, Item]:
    return {one.label: one for one in paper_blocks if isinstance(one, Item)}


def test_a_blank_form_has_room_for_each_question_and_a_box_for_each_choice() -> None:
    paper = form_paper(form_of(SURVEY), "zh", Head())

    found = items(paper.blocks)
    assert list(found) == ["姓名 *", "____的住房", "入住", "病史"]
    assert [one.number for one in found.values()] == ["1", "2", "3", "4"]
    assert found["____的住房"].options == (Option("自有"), Option("租住"), Option("拒绝提供"))
    assert (found["姓名 *"].lines, found["____的住房"].lines) == (1, 0)
    assert "如适用" in found["入住"].hint
    assert found["病史"].hint == "用途：安排照护"
    member, pet = (one for one in paper.blocks if isinstance(one, Grid))
    assert member.header == ("#", "称呼", "房间")
    assert pet.header == ("成员", "#", "名字")
    assert len(member.rows) >= 4


def test_a_filled_form_says_what_is_known_except_what_is_sensitive() -> None:
    form = form_of(SURVEY)

    paper = form_paper(form, "en", Head(serial="AB12", code="doorstep:x"), ANSWERS)
    written = "".join(pages(render(paper)))

    assert items(paper.blocks)["Home of ____"].options[1] == Option("Rented", marked=True)
    for words in ("王芳", "2024-05-01", "小明", "黄黄", "AB12"):
        assert words in written
    assert "哮喘" not in written
    member, pet = (one for one in paper.blocks if isinstance(one, Grid))
    assert member.rows[0] == ("1", "小明", "own")
    assert pet.rows[0] == ("1", "1", "黄黄")


def test_the_built_in_forms_are_printed_with_the_numbers_of_the_28_items() -> None:
    for kind, language in (("household", "zh"), ("resident", "en")):
        paper = form_paper(builtin_forms()[kind], language, Head())

        numbers = {one.number for one in items(paper.blocks).values() if one.number}
        assert pages(render(paper))
        if kind == "resident":
            assert numbers == {str(n) for n in range(9, 29)} - {"14", "23"}


def test_copies_come_in_one_file_each_with_its_own_number() -> None:
    form = form_of("| | type | name | label |\n| | text | a | 甲 |")
    copies = [form_paper(form, "zh", Head(serial=f"N-{n}")) for n in range(3)]

    found = pages(render(*copies))

    assert [page.count(f"N-{n}") for n, page in enumerate(found)] == [1, 1, 1]
