"""The value by which an answer names a file."""

import pytest

from shared.changes import Answer
from shared.files import FileRef, clean_name, file_ref, files_named

HASH = "a" * 64
REF = FileRef(HASH, 10, "image/jpeg", "hydrant.jpg")


def test_an_answer_and_its_file_say_the_same() -> None:
    assert file_ref(REF.answer) == REF
    assert file_ref(FileRef(HASH, 10, "audio/ogg").answer) == FileRef(HASH, 10, "audio/ogg")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "photo.jpg",
        HASH,
        {},
        {**REF.answer, "sha256": HASH.upper()},
        {**REF.answer, "sha256": "a" * 63},
        {**REF.answer, "sha256": "../../etc/passwd"},
        {**REF.answer, "size": 0},
        {**REF.answer, "size": -1},
        {**REF.answer, "size": True},
        {**REF.answer, "size": 1.5},
        {**REF.answer, "size": 2**53},
        {**REF.answer, "type": "image"},
        {**REF.answer, "type": "image/<b>"},
        {**REF.answer, "name": "../up.jpg"},
        {**REF.answer, "name": "a\nb"},
        {**REF.answer, "name": "x" * 101},
        {**REF.answer, "place": [30, 120]},
        {"missing": "declined"},
    ],
    ids=repr,
)
def test_what_is_not_exactly_such_a_value_names_no_file(value: Answer) -> None:
    assert file_ref(value) is None


def test_files_are_found_at_any_depth() -> None:
    other = FileRef("b" * 64, 3, "audio/ogg")
    units = {"photo": REF.answer, "rooms": [{"walls": {"north": other.answer}}, 3, None]}

    assert list(files_named(units)) == [REF, other]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Photos\\门牌.jpg", "门牌.jpg"),
        ("/sdcard/DCIM/IMG_1.jpg", "IMG_1.jpg"),
        ("..", ""),
        ("a\u202egpj.exe", "agpj.exe"),
        ('b<i>"c".pdf', "bic.pdf"),
    ],
)
def test_a_name_is_only_what_can_be_shown_and_saved(given: str, kept: str) -> None:
    assert clean_name(given) == kept
    assert clean_name(kept) == kept


def test_a_file_is_saved_under_its_true_type() -> None:
    assert FileRef(HASH, 1, "application/pdf", "notice.exe").file_name == "notice.pdf"
    assert FileRef(HASH, 1, "image/png").file_name == "aaaaaaaaaaaa.png"
