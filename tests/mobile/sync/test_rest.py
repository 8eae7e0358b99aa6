"""A server that is busy is left alone for as long as it asks, and then asked again."""

import pytest

from mobile.sync.report import SyncState
from mobile.sync.rest import SPREAD, Rest
from mobile.views.state.house import Line
from tests.mobile.field import Fault, Field, Phone

ASKED_MS = 7000
"""`Retry-After` of Fault.BUSY."""


@pytest.fixture
def phone(field: Field) -> Phone:
    """A phone whose server has just said that it is busy."""
    made = field.phone()
    made.line.plan.append(Fault.BUSY)
    return made


def line_of(phone: Phone, *, chance: float) -> Line:
    line = Line(phone.device, Rest(phone.clock, lambda: chance))
    report = line.sync(quietly=True)
    assert report is not None
    assert report.state is SyncState.SERVER_BUSY
    return line


def test_no_sync_starts_by_itself_before_the_server_wants_it(phone: Phone) -> None:
    line = line_of(phone, chance=0)
    phone.clock.tick(ASKED_MS - 1)
    phone.line.asked.clear()

    report = line.sync(quietly=True)

    assert report is None
    assert phone.line.asked == []
    assert not line.rest.is_over


def test_it_is_asked_again_as_soon_as_it_wants_to_be(phone: Phone) -> None:
    line = line_of(phone, chance=0)
    phone.clock.tick(ASKED_MS)
    assert line.rest.is_over

    report = line.sync(quietly=True)

    assert report is not None
    assert report.state is SyncState.DONE
    assert not line.rest.is_over


def test_phones_that_were_sent_away_together_come_back_one_after_the_other(phone: Phone) -> None:
    line = line_of(phone, chance=1)
    phone.clock.tick(ASKED_MS)
    before = line.rest.lasts
    phone.clock.tick(int(ASKED_MS * SPREAD))

    assert before
    assert line.rest.is_over


def test_a_worker_may_always_try(phone: Phone) -> None:
    line = line_of(phone, chance=0)

    report = line.sync(quietly=False)

    assert report is not None
    assert report.state is SyncState.DONE


def test_a_clock_that_is_set_meanwhile_changes_nothing(phone: Phone) -> None:
    line = line_of(phone, chance=0)

    phone.clock.wall += 365 * 24 * 3_600_000

    assert line.rest.lasts
