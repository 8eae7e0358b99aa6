"""Which PINs and passphrases are good enough."""

import unicodedata

from shared.wire import Words

PIN_MIN = 6
PASSPHRASE_MIN = 12
SECRET_MAX = 128
_DIFFERENT_MIN = 5
"""Different characters in a passphrase."""

_RUNS = ("01234567890123456789", "98765432109876543210", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_POPULAR_PINS = (
    "112233 121212 123123 123321 131313 131420 1314520 147258 147258369 159357 159753 168168 "
    "201314 258258 258369 321321 520131 5201314 520520 521521 518518 654321 666888 686868 696969 "
    "741852 741852963 789456 789456123 852456 888666 963852 101010 102030 112211 123654 147852 "
    "abc123 a12345 a123456 woaini woaini520 admin123 password passw0rd iloveyou qwerty qazwsx "
    "1qaz2wsx passwordpassword woainiwoaini"
)
_POPULAR = frozenset(_POPULAR_PINS.split())


def plain(secret: str) -> str:
    """One spelling of what a person typed: a Chinese keyboard may give full-width digits."""
    return unicodedata.normalize("NFKC", secret).strip()


def pin_weakness(pin: str) -> Words | None:
    """Why the PIN would not be taken, or None when it is good."""
    pin = plain(pin)
    if len(pin) < PIN_MIN:
        return Words(f"密码至少 {PIN_MIN} 位。", f"The PIN needs at least {PIN_MIN} digits.")
    if len(pin) > SECRET_MAX:
        return _TOO_LONG
    if _guessable(pin.lower()):
        return Words(
            "这个密码太容易被猜到，请换一个（不要连号、重号或常用数字）。",
            "This PIN is too easy to guess. Avoid runs, repeats and popular numbers.",
        )
    return None


def passphrase_weakness(passphrase: str) -> Words | None:
    """Why the passphrase would not be taken, or None when it is good."""
    passphrase = plain(passphrase)
    if len(passphrase) < PASSPHRASE_MIN:
        return Words(
            f"口令至少 {PASSPHRASE_MIN} 个字符。",
            f"The passphrase needs at least {PASSPHRASE_MIN} characters.",
        )
    if len(passphrase) > SECRET_MAX:
        return _TOO_LONG
    if len(set(passphrase)) < _DIFFERENT_MIN or _guessable(passphrase.lower()):
        return Words(
            "这个口令太容易被猜到，请换一句不常见的话。",
            "This passphrase is too easy to guess. Take an uncommon sentence.",
        )
    return None


_TOO_LONG = Words(f"最多 {SECRET_MAX} 个字符。", f"At most {SECRET_MAX} characters.")


def _guessable(secret: str) -> bool:
    return secret in _POPULAR or _repeats(secret) or any(secret in run for run in _RUNS)


def _repeats(secret: str) -> bool:
    """Whether it is one short piece again and again: 111111, 121212, 123123."""
    pieces = range(1, len(secret) // 2 + 1)
    return any(
        secret == (secret[:size] * len(secret))[: len(secret)] for size in pieces if size < 4
    )
