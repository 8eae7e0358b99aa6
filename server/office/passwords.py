"""Passwords of the console: Argon2id, and what makes one good enough."""

import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from zxcvbn import zxcvbn

from server.office.errors import refused

PASSWORD_MIN = 10
PASSWORD_MAX = 128
"""Longer ones are only work for the server."""
DISTINCT_MIN = 5
SCORE_MIN = 3
"""Of 4: safe against guessing offline for some while, says zxcvbn."""
JUDGED_MAX = 72
"""Characters that are judged: more take long, and make no password worse."""
HAN_MIN = 6
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_COMMON = frozenset(
    {
        "1234567890",
        "0123456789",
        "9876543210",
        "administrator",
        "password123",
        "password1234",
        "qwertyuiop",
        "qwerty12345",
        "1qaz2wsx3edc",
        "woaini1314520",
        "iloveyou123",
        "abcdefghij",
        "abcd123456",
        "admin123456",
    }
)


def hashed(password: str) -> str:
    """The password as it is kept."""
    return _hasher().hash(_bytes(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password; takes as long when there is none to compare with."""
    right = kept is not None and len(password) <= PASSWORD_MAX
    try:
        _hasher().verify(kept if kept is not None and right else _nobodys(), _bytes(password))
    except VerificationError:
        return False
    return right


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    return _hasher().check_needs_rehash(kept)


def check_password(password: str, login: str) -> None:
    """Raises OfficeRefused when the password is too easy to guess."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise refused(
            "password_length",
            f"密码长度须为 {PASSWORD_MIN} 到 {PASSWORD_MAX} 个字符。",
            f"A password has {PASSWORD_MIN} to {PASSWORD_MAX} characters.",
        )
    plain = password.casefold()
    easy = len(set(plain)) < DISTINCT_MIN or plain in _COMMON or login.casefold() in plain
    if easy or not _is_hard_to_guess(plain, login):
        raise refused(
            "password_weak",
            "密码太容易被猜到：不要用常见密码、日期、重复字符或登录名，可用几个不相干的词。",
            "This password is easy to guess: avoid common ones, dates, repetitions and your login "
            "name. Several unrelated words are good.",
        )


def _is_hard_to_guess(password: str, login: str) -> bool:
    """As zxcvbn judges it, which knows dictionaries, dates, keyboards and repetitions.

    It has no Chinese words and takes a character for a letter: enough different ones are hard too.
    """
    if len(set(_HAN.findall(password))) >= HAN_MIN:
        return True
    judged = zxcvbn(password[:JUDGED_MAX], user_inputs=[login, "doorstep"])
    return int(judged["score"]) >= SCORE_MIN


def _bytes(password: str) -> bytes:
    return password.encode(errors="replace")


@cache
def _hasher() -> PasswordHasher:
    # 19 MiB, two passes, one lane: what OWASP asks of Argon2id, and what a small server bears.
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe())
