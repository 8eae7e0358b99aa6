"""Documents on A4: everything that should be on them is, where there is room for it."""

from hypothesis import given
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from server.paper.blocks import Grid, Heading, Item, Option, Paper, Paragraph, Signatures
from server.paper.sheet import render
from server.paper.wrapping import wrapped
from tests.server.paper.reading import pages


def test_all_that_a_document_says_is_on_its_pages() -> None:
    paper = Paper(
        title="家庭信息采集表",
        subtitle="翠湖社区",
        serial="A1B2-C3D4",
        code="doorstep:record/1",
        foot="填写自愿",
        blocks=(
            Heading("住房"),
            Paragraph("说明"),
            Item("门牌", "1", hint="以公安门牌为准", answer="喆堃祎頔路12号"),
            Item("性质", "2", options=(Option("自有"), Option("租住", marked=True)), lines=0),
            Signatures(("住户", "网格员")),
        ),
    )

    document = render(paper)

    (page,) = pages(document)
    for words in (
        "家庭信息采集表", "翠湖社区", "A1B2-C3D4", "填写自愿", "住房", "说明", "门牌", "租住",
        "以公安门牌为准", "喆堃祎頔路12号", "住户", "1 / 1",
    ):  # fmt: skip
        assert words in page
    width, height = PdfDocument(document)[0].get_size()
    assert (round(width), round(height)) == (595, 842)


def test_each_page_says_which_document_it_is_and_a_table_says_its_columns_again() -> None:
    rows = tuple((str(number), "王" * 60) for number in range(60))
    paper = Paper(title="名册", serial="A1", blocks=(Grid(("序号", "姓名"), rows),))

    found = pages(render(paper))

    assert len(found) > 1
    for number, page in enumerate(found, start=1):
        assert "名册" in page
        assert "A1" in page
        assert "姓名" in page
        assert f"{number} / {len(found)}" in page
    assert "".join(found).count("王") == 60 * 60


def test_lines_break_between_words_and_chinese_characters_but_not_before_a_full_stop() -> None:
    assert wrapped("household number", 12, len) == ("household", "number")
    assert wrapped("一二三四五。六", 5, len) == ("一二三四", "五。六")
    assert wrapped("一二（三四）", 3, len) == ("一二", "（三", "四）")
    assert wrapped("a\n\nb", 5, len) == ("a", "", "b")
    assert wrapped("aaaaaaa", 3, len) == ("aaa", "aaa", "a")


@given(st.text(max_size=80), st.integers(1, 12))
def test_no_character_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = wrapped(text, width, len)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= width for line in lines)
