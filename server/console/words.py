"""The console's sentences in Chinese and English, and times and dates as people read them.

The sentences are in `locales/zh.toml` and `locales/zh/*.toml`, by page; English likewise.
`a | b` is a singular and a plural.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from babel.support import LazyProxy
from starlette_admin.i18n import get_locale

from server import clock
from shared.wire import Words

LANGUAGES = ("zh", "en")
FIRST_LANGUAGE = "zh"
TOWN_ZONE = clock.TOWN_ZONE
town_time = clock.town_time

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_PLURAL = " | "


def language() -> str:
    """The language of this request."""
    locale = str(get_locale())
    return locale if locale in LANGUAGES else FIRST_LANGUAGE


def say(key: str, **names: object) -> str:
    """The sentence of that key in the language of this request. Raises KeyError for no such."""
    return say_in(language(), key, **names)


def say_in(tongue: str, key: str, **names: object) -> str:
    """The sentence of that key in the language `tongue`."""
    text = catalogue(tongue)[key]
    if _PLURAL in text:
        one, many = text.split(_PLURAL, 1)
        text = one if names.get("n") == 1 else many
    return text.format(**names) if names else text


def lazily(key: str) -> LazyProxy:
    """The sentence of that key, chosen anew at each use: for what is made once, at the start."""
    return LazyProxy(say, key, enable_cache=False)


def pick(words: Words) -> str:
    """Words that come from elsewhere, in the language of this request."""
    return words.zh if language() == "zh" else words.en


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(tongue: str) -> Mapping[str, str]:
    """Every sentence of a language by its key."""
    here = files("server.console").joinpath("locales")
    parts = [here.joinpath(f"{tongue}.toml"), *here.joinpath(tongue).iterdir()]
    texts = (tomllib.loads(part.read_text(encoding="utf-8")) for part in parts)
    return MappingProxyType({key: said for text in texts for key, said in _flat(text, "")})


def millis(moment: datetime) -> int:
    """A time as it is kept."""
    return round(moment.astimezone(UTC).timestamp() * 1000)


def day_begins(text: str, days: int = 0) -> int | None:
    """When the day that an address names begins, or one so many days later; None for no day."""
    try:
        on = date.fromisoformat(text[: len("2025-03-04")]) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return millis(datetime.combine(on, time(), TOWN_ZONE))


def date_and_time(ms: int | None, *, seconds: bool = False) -> str:
    """2025年3月4日 15:04, or 4 Mar 2025, 15:04."""
    if ms is None:
        return ""
    moment = town_time(ms)
    clock = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    return f"{_day(moment)} {clock}" if language() == "zh" else f"{_day(moment)}, {clock}"


def day(ms: int | None) -> str:
    """2025年3月4日, or 4 Mar 2025."""
    return "" if ms is None else _day(town_time(ms))


def ago(ms: int | None, now: int) -> str:
    """How long ago, roughly: 刚刚, 5 分钟前, 3 天前."""
    if ms is None:
        return say("time.never")
    past = max(0, now - ms)
    for size, key in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if past >= size:
            return say(f"time.{key}_ago", n=past // size)
    return say("time.just_now")


def _day(moment: datetime) -> str:
    if language() == "zh":
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _flat(table: Mapping[str, object], above: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, str(value)
