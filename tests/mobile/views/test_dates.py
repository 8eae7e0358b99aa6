"""Times and days as a worker says them."""

from datetime import date, datetime, timedelta, timezone

import pytest

from mobile.views.state.dates import ago_words, at_ms, day_words, parse, parse_day, time_words
from mobile.views.words import Texts

ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 17, 42, tzinfo=ZONE)
ZH, EN = Texts("zh"), Texts("en")


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        (NOW, "今天 17:42", "today 17:42"),
        (NOW - timedelta(days=1), "昨天 17:42", "yesterday 17:42"),
        (NOW - timedelta(days=9), "11月13日 17:42", "13 Nov, 17:42"),
        (NOW - timedelta(days=400), "2025年10月18日 17:42", "18 Oct 2025, 17:42"),
    ],
)
def test_a_time_is_as_exact_as_it_is_near(at: datetime, chinese: str, english: str) -> None:
    assert time_words(at, NOW, ZH) == chinese
    assert time_words(at, NOW, EN) == english


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        (0, "今天", "today"),
        (1, "昨天", "yesterday"),
        (3, "3 天前", "3 days ago"),
        (75, "2 个月前", "2 months ago"),
        (-1, "明天", "tomorrow"),
        (-5, "5 天后", "in 5 days"),
    ],
)
def test_how_long_ago_is_said_in_words(days: int, chinese: str, english: str) -> None:
    day, today = date(2026, 11, 22) - timedelta(days=days), date(2026, 11, 22)

    assert ago_words(day, today, ZH) == chinese
    assert ago_words(day, today, EN) == english


def test_yesterday_is_a_calendar_day_and_not_a_day_of_hours() -> None:
    late = datetime(2026, 11, 21, 23, 59, tzinfo=ZONE)
    early = datetime(2026, 11, 22, 0, 1, tzinfo=ZONE)

    assert time_words(late, early, ZH) == "昨天 23:59"


def test_a_day_of_this_year_needs_no_year() -> None:
    assert day_words(date(2026, 1, 2), NOW.date(), ZH) == "1月2日"
    assert day_words(date(2025, 1, 2), NOW.date(), EN) == "2 Jan 2025"


def test_what_is_no_time_is_none() -> None:
    assert parse("soon", ZONE) is None
    assert parse_day("13") is None
    assert parse_day("") is None
    assert parse("2026-11-22T09:42:00Z", ZONE) == NOW
    assert at_ms(int(NOW.timestamp() * 1000), ZONE) == NOW
