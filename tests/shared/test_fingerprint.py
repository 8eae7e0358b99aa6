"""Six words for a key."""

from base64 import b64encode

import pytest

from shared.fingerprint import fingerprint


def test_a_key_always_gives_the_same_words() -> None:
    key = b64encode(bytes(range(32))).decode()

    assert fingerprint(key, "en") == "shirt lotus meadow tea skirt mountain"
    assert fingerprint(key) == "衬衫 莲藕 草原 绿茶 裙子 高山"


def test_both_languages_say_the_same() -> None:
    pairs: dict[str, set[str]] = {}
    for number in range(500):
        key = b64encode(number.to_bytes(32, "big")).decode()
        for zh, en in zip(fingerprint(key).split(), fingerprint(key, "en").split(), strict=True):
            pairs.setdefault(zh, set()).add(en)

    assert len(pairs) == 256
    assert all(len(words) == 1 for words in pairs.values())


def test_keys_that_differ_in_one_bit_have_other_words() -> None:
    one, other = bytes(32), bytes(31) + b"\1"

    assert fingerprint(b64encode(one).decode()) != fingerprint(b64encode(other).decode())


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!"])
def test_what_is_no_key_has_no_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"32 bytes|base64|padding|[Oo]nly"):
        fingerprint(text)
