"""What is written from the right is joined, in order and at the right edge of the paper."""

from collections.abc import Iterator

from PIL import Image
from pypdfium2 import PdfDocument

from server.forms.paper import Head, form_paper
from server.paper.blocks import Paper, Paragraph
from server.paper.sheet import render
from tests.server.forms.bench_of_forms import form_of
from tests.server.paper.reading import pages

NAME = "محمد"
"""Four letters without dots: written by hand, one stroke."""
SCALE = 6
DARK = 128

Spot = tuple[int, int]


def ink(document: bytes, words: str) -> Image.Image:
    """The picture of the first place on the first page where these letters stand."""
    page = PdfDocument(document)[0]
    text = page.get_textpage()
    said = text.get_text_range()
    places = [place for place, char in enumerate(said) if char in words]
    boxes = [text.get_charbox(place) for place in places]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    low, high = min(box[1] for box in boxes), max(box[3] for box in boxes)
    whole = page.render(scale=SCALE).to_pil().convert("L")
    height = page.get_height()
    left, top, right, bottom = (
        round(edge * SCALE) for edge in (left - 2, height - high - 2, right + 2, height - low + 2)
    )
    shown: Image.Image = whole.crop((left, top, right, bottom))
    return shown


def strokes(picture: Image.Image) -> int:
    """How many pieces the ink is in."""
    width, height = picture.size
    shades = picture.tobytes()
    dark = {(n % width, n // width) for n in range(width * height) if shades[n] < DARK}
    pieces = 0
    while dark:
        pieces += 1
        reached = {dark.pop()}
        while reached:
            dark -= reached
            reached = {near for spot in reached for near in around(spot)} & dark
    return pieces


def around(spot: Spot) -> Iterator[Spot]:
    x, y = spot
    return ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def test_letters_are_joined_and_stand_at_the_right_edge() -> None:
    document = render(Paper(title="A", blocks=(Paragraph(NAME),)))

    assert strokes(ink(document, NAME)) == 1
    page = PdfDocument(document)[0]
    text = page.get_textpage()
    first = text.get_text_range().index(NAME[0])
    assert text.get_charbox(first)[0] > page.get_width() / 2


def test_letters_that_do_not_join_stay_apart() -> None:
    document = render(Paper(title="A", blocks=(Paragraph("د د د"),)))

    assert strokes(ink(document, "د")) == 3


def test_a_form_in_arabic_and_chinese_prints_both() -> None:
    form = form_of(
        "| | type | name | label | hint |\n"
        f"| | text | a | ما اسم {NAME}؟ | 姓名 |\n"
        "| | text | b | מה השם | |\n"
    )

    (page,) = pages(render(form_paper(form, "zh", Head())))

    assert "姓名" in page
    assert set(NAME) <= set(page)
    assert set("מהשם") <= set(page)
