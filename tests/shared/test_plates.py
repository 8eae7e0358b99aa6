"""The code on a door plate names a dwelling, and nothing else passes for one."""

import pytest

from shared.plates import plate_dwelling, plate_text

DWELLING = "01999999-0000-7000-8000-00000000d001"


def test_what_is_printed_is_read_again() -> None:
    assert plate_dwelling(plate_text(DWELLING)) == DWELLING


@pytest.mark.parametrize(
    "text", [f" {plate_text(DWELLING)}\n", plate_text(DWELLING).upper(), f"{plate_text(DWELLING)}/"]
)
def test_how_it_is_written_does_not_matter(text: str) -> None:
    assert plate_dwelling(text) == DWELLING


@pytest.mark.parametrize(
    "text",
    ["", DWELLING, "doorstep://d/", f"doorstep://enrol?code={DWELLING}", f"https://x/{DWELLING}"],
)
def test_other_texts_are_no_plate(text: str) -> None:
    assert plate_dwelling(text) is None
