"""What every template may call: words, addresses, dates, labels."""

from types import MappingProxyType

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from server.clock import now_ms
from server.console import labels, words
from server.console.codes import code_name
from server.console.desk import allowed
from server.console.look import OUTCOME_TONES
from server.console.menu import menu_for
from server.console.shield import nonce
from server.office.roles import ROLE_WORDS, Action, Role
from shared.privacy import mask_name, mask_phone

ASSET_VERSION = "4"
"""In the address of our own files, so that a browser takes the new ones."""
CLOCK_RIGHT_SECONDS = 60
PEOPLE = frozenset({"household", "resident"})
"""Kinds of records that are named after a person."""
LISTS = MappingProxyType(
    {
        "dwelling": "dwellings",
        "household": "households",
        "resident": "residents",
        "visit": "visits",
    }
)
"""Where the records of each kind are listed."""
STEP_ICONS = MappingProxyType(
    {
        "create": "plus",
        "move": "right-left",
        "delete": "trash",
        "restore": "rotate-left",
        "note": "comment",
    }
)
_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def prepare(env: Environment, base: str) -> None:
    """Gives the templates their functions."""
    env.globals.update(
        say=words.say,
        pick=words.pick,
        language=words.language,
        other_language=lambda: "en" if words.language() == "zh" else "zh",
        date_and_time=words.date_and_time,
        day=words.day,
        ago=words.ago,
        nonce=nonce,
        menu_for=menu_for,
        role_name=lambda role: words.pick(ROLE_WORDS[Role(role)]),
        here=lambda path: f"{base}{path}",
        asset=_asset,
        error_title=lambda status: words.say(f"error.{_known(status)}_title"),
        error_text=lambda status: words.say(f"error.{_known(status)}_text"),
        outcome_tone=lambda outcome: OUTCOME_TONES.get(outcome, "secondary"),
        can=_can,
        label=labels.label,
        kind_name=labels.kind_name,
        code_name=code_name,
        title_shown=_title_shown,
        masked_phone=lambda phone: mask_phone(phone) if phone else "",
        record_url=lambda kind, record: f"{base}/{LISTS[kind]}/detail?pk={record}",
        step_icon=lambda step: STEP_ICONS.get(str(step.kind), "pen"),
        short_day=lambda ms: f"{words.town_time(ms):%-m.%-d}",
        clock_error=_clock_error,
        now=now_ms,
    )


@pass_context
def _can(context: Context, action: str) -> bool:
    return allowed(context["request"], Action(action))


@pass_context
def _title_shown(context: Context, title: str, kind: str) -> str:
    """A record's title; a person's name only to those who see names."""
    masked = kind in PEOPLE and labels.sight_of(context["request"]) is labels.Sight.MASKED
    return mask_name(title) if masked else title


@pass_context
def _asset(context: Context, path: str) -> str:
    root = str(context["request"].scope.get("root_path", ""))
    return f"{root}/static/{path}?v={ASSET_VERSION}"


def _clock_error(offset: int | None) -> str:
    """How far a device's clock is off: its offset is what must be added to it."""
    if offset is None:
        return words.say("device.clock_unknown")
    off = abs(offset) // 1000
    if off < CLOCK_RIGHT_SECONDS:
        return words.say("device.clock_ok")
    unit, size = next((u, s) for u, s in _UNITS if off >= s)
    time = words.say(f"device.{unit}", n=off // size)
    return words.say("device.clock_slow" if offset > 0 else "device.clock_fast", time=time)


def _known(status: int) -> int:
    known = {413: 400}.get(status, status)
    return known if known in (400, 403, 404) else 500
