"""A code is read however it was typed, pasted or scanned; a wrong one says what is missing."""

import pytest

from mobile.errors import EnrolmentFailed
from mobile.sync.enrolment import EnrolmentText, parse_enrolment

CODE = "K7Q2-9FHM-3XWP"
READ = EnrolmentText("https://door.example.cn", CODE)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (f"doorstep://enrol?server=https%3A%2F%2Fdoor.example.cn&code={CODE}", ""),
        (f"doorstep://enrol?code={CODE}&server=https://door.example.cn/", ""),
        (f"请用这个登记：doorstep://enrol?server=https://door.example.cn&code={CODE}\n谢谢", ""),
        (f"doorstep://enrol?code={CODE}", "door.example.cn"),
        (CODE, "door.example.cn"),
        ("k7q2 9fhm 3xwp", " https://door.example.cn/ "),
        ("K7Q29FHM3XWP", "https://door.example.cn/some/page?x=1"),
        ("Ｋ７Ｑ２－９ＦＨＭ－３ＸＷＰ", "ＤＯＯＲ.example.cn"),
    ],
)
def test_these_are_the_same_enrolment(text: str, server: str) -> None:
    assert parse_enrolment(text, server) == READ


def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert parse_enrolment("OIL2-9FHM-3XWP", "localhost:8000").code == "0112-9FHM-3XWP"


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://10.1.2.3", "http://10.1.2.3"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("door.example.cn:8443", "https://door.example.cn:8443"),
    ],
)
def test_an_address_without_a_scheme_is_encrypted_outside_the_office(
    server: str, address: str
) -> None:
    assert parse_enrolment(CODE, server).server == address


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("", "door.example.cn"),
        ("K7Q2-9FHM", "door.example.cn"),
        ("K7Q2-9FHM-3XW!", "door.example.cn"),
        (CODE, ""),
        (CODE, "ftp://door.example.cn"),
        (CODE, "http://door.example.cn"),
        (CODE, "http://8.8.8.8:80"),
        (CODE, "https://user:secret@"),
        (CODE, "door.example.cn:notaport"),
        ("doorstep://enrol?server=https://door.example.cn", ""),
    ],
)
def test_a_text_that_cannot_be_used_says_what_is_missing(text: str, server: str) -> None:
    with pytest.raises(EnrolmentFailed) as failed:
        parse_enrolment(text, server)

    assert failed.value.words.zh
    assert failed.value.words.en
