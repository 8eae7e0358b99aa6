"""The device's clocks: what they measure while it sleeps."""

import time

import pytest

from mobile.clock import Clock, passed
from shared.clock import effective

HOUR_MS = 3_600_000
sleeps = pytest.mark.skipif(
    not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux has two clocks, of which one sleeps"
)


@sleeps
def test_a_change_is_as_old_as_it_is_also_when_the_phone_slept_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    made = clock.reading()
    _sleep_for_an_hour(monkeypatch)
    sent = clock.reading()

    assert HOUR_MS <= passed(made, sent) < 2 * HOUR_MS
    assert effective(made, sent, 10 * HOUR_MS, {}) <= 9 * HOUR_MS


def _sleep_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says after it: the clock that sleeps has not moved."""
    awake = time.clock_gettime
    monkeypatch.setattr(
        time,
        "clock_gettime",
        lambda which: awake(which) + (3600 if which == time.CLOCK_BOOTTIME else 0),
    )
