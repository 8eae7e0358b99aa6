"""A sealed row opens whole, in its place, under its key, or not at all."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile.errors import DamagedRow
from mobile.vault.sealing import NONCE_BYTES, PAD, Keys

KEYS = Keys("a1", b"k" * 32)
SEAL = KEYS.seal("shadow")
MILLION = 1_000_000


@given(st.binary(max_size=2000), st.integers(0, 1 << 60))
def test_a_row_opens_as_it_was_closed(content: bytes, version: int) -> None:
    assert SEAL.open("r1", version, SEAL.close("r1", version, content)) == content


@given(st.binary(max_size=600), st.data())
def test_any_flipped_bit_is_found(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(SEAL.close("r1", 1, content))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(DamagedRow):
        SEAL.open("r1", 1, bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, NONCE_BYTES, NONCE_BYTES + 16, 100])
def test_a_cut_row_is_found(length: int) -> None:
    with pytest.raises(DamagedRow):
        SEAL.open("r1", 1, SEAL.close("r1", 1, b"x" * 300)[:length])


def test_a_row_in_another_place_does_not_open() -> None:
    sealed = SEAL.close("r1", 1, b"x")

    for seal, row, version in [
        (SEAL, "r2", 1),
        (SEAL, "r1", 2),
        (KEYS.seal("drafts"), "r1", 1),
        (Keys("a2", b"k" * 32).seal("shadow"), "r1", 1),
        (Keys("a1", b"j" * 32).seal("shadow"), "r1", 1),
    ]:
        with pytest.raises(DamagedRow) as damaged:
            seal.open(row, version, sealed)
        assert damaged.value.row == row


def test_lengths_say_little_about_what_is_inside() -> None:
    sizes = {len(SEAL.close("r1", 1, b"x" * length)) for length in range(PAD * 2 - 8)}

    assert sizes == {NONCE_BYTES + PAD + 16, NONCE_BYTES + 2 * PAD + 16}


def test_no_nonce_comes_twice_in_a_million_seals() -> None:
    nonces = {SEAL.close("r1", 1, b"")[:NONCE_BYTES] for _ in range(MILLION)}

    assert len(nonces) == MILLION
    # Half as many random bits would show: so many seals meet by chance below some forty bits.
    assert len({nonce[:4] for nonce in nonces}) < MILLION


def test_a_row_of_noise_is_damaged_not_a_crash() -> None:
    for _ in range(50):
        with pytest.raises(DamagedRow):
            SEAL.open("r1", 1, os.urandom(300))
