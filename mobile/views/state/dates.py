"""Times in words that need no thinking: "today 17:42", "3 days ago"."""

from datetime import date, datetime, tzinfo

from mobile.views.words import Texts


def at_ms(ms: int, zone: tzinfo | None) -> datetime:
    """A time in ms since the epoch, on the clock of that time zone."""
    return datetime.fromtimestamp(ms / 1000, zone)


def parse(text: str, zone: tzinfo | None) -> datetime | None:
    """An RFC 3339 time on the clock of that time zone; None when it is none."""
    try:
        return datetime.fromisoformat(text).astimezone(zone)
    except ValueError:
        return None


def parse_day(text: str) -> date | None:
    """An ISO date; None when it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def time_words(at: datetime, now: datetime, texts: Texts) -> str:
    """When it was, to the minute."""
    clock = f"{at:%H:%M}"
    days = (now.date() - at.date()).days
    if days in (0, 1):
        return texts("when.today" if days == 0 else "when.yesterday", time=clock)
    return texts("when.day_time", day=day_words(at.date(), now.date(), texts), time=clock)


def day_words(day: date, today: date, texts: Texts) -> str:
    """A calendar day; the year only where it is another."""
    key = "when.day" if day.year == today.year else "when.day_of_year"
    month = texts(f"when.month_{day.month}")
    return texts(key, year=day.year, month=month, day=day.day)


def ago_words(day: date, today: date, texts: Texts) -> str:
    """How long ago (or in how long) a day is."""
    days = (today - day).days
    if days == 0:
        return texts("when.is_today")
    if days < 0:
        return texts("when.tomorrow") if days == -1 else texts("when.in_days", n=-days)
    if days == 1:
        return texts("when.was_yesterday")
    return texts("when.days_ago", n=days) if days < 60 else texts("when.months_ago", n=days // 30)
