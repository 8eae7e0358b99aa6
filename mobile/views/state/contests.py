"""Questions with more than one answer: who said what, when, and by which clock."""

from datetime import datetime, timedelta

from msgspec import Struct

from mobile.store.values import Provenance, RecordView
from mobile.views.state.answers import Reader
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.tab import TabState

CLOCK_OFF = timedelta(minutes=2)
"""From here on a device's time and the corrected time are both shown."""


class Claim(Struct, frozen=True):
    """One of the values between which the office must decide."""

    value: str
    who: str
    device_time: str
    corrected_time: str
    """"" where it is the same."""
    in_visit: bool
    pending: bool
    shown: bool


class Contest(Struct, frozen=True):
    """One question with more than one answer."""

    name: str
    claims: tuple[Claim, ...]


def contests(record: RecordView, reader: Reader, tab: TabState) -> dict[str, Contest]:
    """The record's contested units, with every value that still stands."""
    return {
        unit: Contest(
            reader.name(unit),
            tuple(_claim(value, reader.unit(unit, value.value), tab) for value in view.values),
        )
        for unit, view in record.units.items()
        if unit in record.contested
    }


def _claim(value: Provenance, words: str, tab: TabState) -> Claim:
    texts, now = tab.texts, tab.now()
    claimed = at_ms(value.claimed, now.tzinfo)
    effective = at_ms(value.effective, now.tzinfo)
    return Claim(
        value=words or texts("answers.none"),
        who=texts("household.me") if value.mine else value.worker_name or texts("answers.somebody"),
        device_time=time_words(claimed, now, texts),
        corrected_time=_corrected(claimed, effective, tab),
        in_visit=value.visit is not None,
        pending=value.pending,
        shown=value.shown,
    )


def _corrected(claimed: datetime, effective: datetime, tab: TabState) -> str:
    if abs(effective - claimed) < CLOCK_OFF:
        return ""
    return time_words(effective, tab.now(), tab.texts)
