"""What libraries log of our errors names their kind, and nobody's name."""

import logging

import pytest

from mobile.views.keeper import LIBRARIES, WithoutTraces, keep_quiet


@pytest.fixture
def quiet() -> None:
    keep_quiet()


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_errors_words_stay_out_of_the_log(
    quiet: None, library: str, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise ValueError("李建国 13900000000")
    except ValueError:
        logging.getLogger(library).exception("a handler of %s failed", library)

    assert f"a handler of {library} failed (ValueError)" in caplog.text
    assert "李建国" not in caplog.text
    assert "Traceback" not in caplog.text


def test_an_ordinary_line_stays_as_it_is() -> None:
    record = logging.LogRecord("flet", logging.INFO, "", 1, "started %s", ("well",), None)

    assert WithoutTraces().filter(record)
    assert record.getMessage() == "started well"
