"""What comes with a form: workbooks of old, and pictures of its questions and choices."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from server.forms.comparison import difference
from server.forms.compiler import CompiledForm, compile_form
from server.forms.linter import publishing_problems
from server.forms.pictures import EDGE_MAX, READ_MAX
from server.forms.problems import FormRefusedError
from tests.media import photo
from tests.server.forms.bench_of_forms import form_of

SHEET = """
| survey |
| | type | name | label | media::image |
| | select_one roof | roof | 屋顶 | house.jpg |
| choices |
| | list_name | name | label | media::image | media::audio |
| | roof | flat | 平顶 | flat.png | flat.mp3 |
| | roof | tiled | 瓦顶 | tiled.png | |
"""


def compiled(files: dict[str, bytes], sheet: str = SHEET) -> CompiledForm:
    return compile_form(sheet.encode(), ".md", "record", files)


def drawn(colour: str, size: tuple[int, int] = (900, 300)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, "PNG")
    return written.getvalue()


def noise(edge: int) -> bytes:
    written = BytesIO()
    Image.effect_noise((edge, edge), 200).save(written, "PNG")
    return written.getvalue()


def test_a_workbook_of_excel_97_is_a_form_like_any_other() -> None:
    old = Path(__file__).with_name("plain.xls").read_bytes()

    form = compile_form(old, ".xls").form

    assert (form.kind, form.version, form.languages) == ("old_excel", "7", ("en", "zh"))
    assert form.by_name["age"].constraint == ". < 120"
    assert [choice.label["zh"] for choice in form.choices["yn"]] == ["是", "否"]


def test_pictures_travel_in_the_form_small_and_with_nothing_but_their_pixels() -> None:
    house = photo(located=True)
    made = compiled({"house.jpg": house, "flat.png": drawn("teal"), "tiled.png": drawn("brown")})

    form = made.form
    question, (flat, tiled) = form.by_name["roof"], form.choices["roof"]
    shown = [form.picture(one.picture, "zh") for one in (question, flat, tiled)]
    assert b"Exif" in house
    for content in shown:
        assert content is not None
        assert b"Exif" not in content
        with Image.open(BytesIO(content)) as opened:
            assert (opened.format, max(opened.size)) == ("WEBP", min(EDGE_MAX, max(opened.size)))
    assert len({*shown}) == 3
    assert [(one.key, one.sheet, one.row) for one in made.warnings] == [
        ("media_ignored", "choices", 2)
    ], "sound is not played"


def test_a_picture_that_did_not_come_or_does_not_open_is_said_and_the_form_works() -> None:
    made = compiled({"flat.png": b"no picture", "tiled.png": bytes(READ_MAX + 1)})

    said = {(one.key, one.sheet, one.row) for one in made.warnings}
    assert said >= {
        ("missing_picture", "survey", 2),
        ("bad_picture", "choices", 2),
        ("bad_picture", "choices", 3),
    }
    assert made.form.pictures == {}
    assert made.form.picture(made.form.choices["roof"][0].picture, "zh") is None


def test_pictures_that_are_too_much_for_a_phone_are_refused() -> None:
    rows = "".join(f"| | roof | r{n} | 顶{n} | {n}.png | |\n" for n in range(12))
    files = {f"{n}.png": noise(480 - n) for n in range(12)}

    with pytest.raises(FormRefusedError) as refused:
        compiled(files, SHEET + rows)

    assert [one.key for one in refused.value.problems if one.fatal] == ["pictures_too_big"]


def test_another_picture_under_the_same_name_is_a_difference() -> None:
    before, after = (compiled({"flat.png": drawn(colour)}).form for colour in ("teal", "red"))

    (changed,) = difference(before, after).changed

    assert (changed.name, changed.parts) == ("roof", ("choices",))


@pytest.mark.parametrize(
    ("label", "letters"), [("اسم العائلة", ""), ("שם המשפחה", ""), ("ชื่อ", "ชอ"), ("姓名 Имя", "")]
)
def test_letters_that_no_printed_form_can_show_are_said_at_publishing(
    label: str, letters: str
) -> None:
    made = compile_form(
        f"| survey |\n| | type | name | label |\n| | text | a | {label} |\n".encode(), ".md", "r"
    )

    found = [one for one in publishing_problems(made) if one.key == "not_printable"]

    assert bool(found) is bool(letters)
    assert all(letter in one.sentence("zh") for one in found for letter in letters)
    assert not any(one.fatal for one in found)


def test_an_older_form_has_no_pictures_and_is_written_as_it_was() -> None:
    form = form_of("| | type | name | label |\n| | text | a | A |")

    assert form.pictures == {}
    assert form.by_name["a"].picture == {}
