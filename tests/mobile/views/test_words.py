"""Everything the app says, it says in Chinese and in English."""

import ast
import re
from collections.abc import Iterator
from string import Formatter
from typing import TypeGuard

import pytest

from mobile.settings import Theme
from mobile.store.values import OutboxState
from mobile.sync.report import SyncStep
from mobile.views.asked import QUICK
from mobile.views.parts.flags import Flag
from mobile.views.parts.frame import PLACES
from mobile.views.shortcuts import KEYS
from mobile.views.state.drafts import BegunKind
from mobile.views.state.life import CHOICES, Step
from mobile.views.state.search import Narrow
from mobile.views.state.work.cases import LISTS
from mobile.views.words import LANGUAGES, NAMES, Texts, load, nearest
from mobile.views.work.entries import KINDS as ENTRIES
from mobile.views.work.entries import LEADING
from shared.changes import ChangeKind
from shared.coverage import DoorState
from shared.forms.values import Missing
from shared.rescue import RescueState
from shared.visiting.rules import Rule
from shared.visiting.schedule import INTERVALS
from tests.mobile.views.source import calls, last_name, strings

HAN = re.compile(r"[\u3400-\u9fff]")
KINDS = ("household", "resident", "dwelling", "visit")
LETTERS = re.compile(r"[A-Za-z]{2}")
SHOW_WORDS = {
    **dict.fromkeys(("Text", "title", "body", "muted", "label", "headline", "display"), 0),
    **dict.fromkeys(("banner", "section", "spinner", "fact", "say"), 0),
    **dict.fromkeys(("button", "icon_button", "line", "empty"), 1),
}
"""What shows words, and the place of the words among its arguments."""
SHOWN_AS = {"title", "label", "helper", "error", "tooltip", "semantics_label", "under"}
NOT_WORDS = re.compile(r"^[\W\d_]*$")


def made_keys() -> set[str]:
    """The keys that are put together while the app runs."""
    return {
        *(f"places.{key}" for key, *_ in PLACES),
        *(f"search.{narrow}" for narrow in Narrow),
        *(f"flags.{flag}.{part}" for flag in Flag for part in ("letter", "name")),
        *(f"begun.{kind.name.lower()}" for kind in BegunKind),
        *(f"answers.{why}" for why in Missing),
        *(f"settings.theme_{theme}" for theme in Theme),
        *(f"rescue.{state}" for state in RescueState),
        *(f"sync.step_{step}" for step in SyncStep),
        *(f"asked.{answer}" for answer in QUICK),
        *(f"keys.{deed}" for _, deed in KEYS),
        *(f"sync.did_{kind}" for kind in ChangeKind),
        *(f"sync.number_{name}" for name in SYNC_NUMBERS),
        *(f"kinds.{kind}" for kind in KINDS),
        *(f"form.{state}_{kind}" for state in ("new", "edit") for kind in KINDS[:3]),
        *(f"when.month_{month}" for month in range(1, 13)),
        *(f"when.weekday_{day}" for day in range(1, 8)),
        *(f"units.{unit}" for unit in ("grid", "deleted", "alias")),
        *(f"household.policy_{policy}" for policy in ("appointment", "phone_only", "no_visits")),
        *(
            f"enrol.{kind}{step}"
            for kind in ("pin", "passphrase")
            for step in ("", "_again", "_hint")
        ),
        *(f"against.{rule}" for rule in Rule),
        *(f"against.reason_{reason}" for reason in ("emergency", "resident_asked", "other")),
        *(f"due.{category}" for category in INTERVALS),
        *(f"due.{stage}" for stage in ("due", "overdue", "at_once")),
        *(f"story.{end}" for end in ("moved", "died", "back")),
        *(f"picture.{state}.{part}" for state in DoorState for part in ("letter", "name")),
        *(f"life.{step}.{part}" for step in Step for part in ("name", "hint")),
        *(f"life.choice_{code}" for codes in CHOICES.values() for code in codes),
        *(f"life.field_{name}" for name in ("name", "day", "note", "code", "plate")),
        *(f"life.owed_{what}" for what in OWED),
        *(f"form.place_not_{why}" for why in ("allowed", "found")),
        *(f"form.new_{kind}" for kind in NEW_WORK),
        *(f"form.edit_{kind}" for kind in ("diary", "facility", "feedback", "finding")),
        *(f"entries.{kind}" for kind in ENTRIES),
        *(f"entries.{kind}_hint" for kind in LEADING),
        *(f"work.{key}" for key in ("mine", "visits", "above", "ended", *LISTS)),
        "form.edit_question",
        "against.resting_until",
        "answers.declined",
        "unlock.pin",
        "unlock.passphrase_hint",
    }


NEW_WORK = ("protection", "diary", "patrol", "facility", "facility_check", "feedback")
OWED = ("person", "all_leave", "household", "dwelling", "name", "number", "day")
SYNC_NUMBERS = ("sent", "received", "conflicts", "refused", "held", "left")


def test_both_languages_have_the_same_texts() -> None:
    chinese, english = (_without_ones(load(language)) for language in LANGUAGES)

    assert chinese == english


def test_a_text_has_the_same_gaps_in_both_languages() -> None:
    chinese, english = load("zh"), load("en")

    differing = {key for key in chinese if _gaps(chinese[key]) != _gaps(english[key])}

    assert differing == set()


def test_every_text_that_is_asked_for_is_there_and_none_is_left_over() -> None:
    asked = set(_literal_keys()) | made_keys()
    there = _without_ones(load("zh"))

    assert asked - there == set()
    assert there - asked == set()


def test_chinese_is_chinese_and_english_is_english() -> None:
    own_names = {"app", "settings.language"}

    assert [k for k, text in load("en").items() if HAN.search(text) and k not in own_names] == []
    plain = {key for key, text in load("zh").items() if not HAN.search(text)}
    assert {key for key in plain if not NOT_WORDS.match(_without_gaps(load("zh")[key]))} == {"app"}


def test_no_view_has_words_of_its_own() -> None:
    chinese = [
        f"{name}:{node.lineno}"
        for name, node in strings()
        if HAN.search(str(node.value)) and name != "words.py"
    ]
    english = [f"{name}:{node.lineno}" for name, node in _shown_as_they_are()]

    assert chinese == []
    assert english == []


def test_one_is_counted_as_one() -> None:
    texts = Texts("en")

    assert texts("card.people", n=1) == "1 person"
    assert texts("card.people", n=2) == "2 people"
    assert Texts("zh")("card.people", n=1) == "1 人"


@pytest.mark.parametrize(
    ("told", "spoken"),
    [
        ("zh-Hans-CN", "zh"),
        ("zh_TW", "zh"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("fr", "zh"),
        ("", "zh"),
    ],
)
def test_the_nearest_language_is_spoken(told: str, spoken: str) -> None:
    assert nearest(told) == spoken


def test_each_language_is_named_in_itself() -> None:
    assert set(NAMES) == set(LANGUAGES)


def test_every_state_of_a_change_is_told_apart() -> None:
    assert set(OutboxState) == {"pending", "acked", "held", "refused"}


def _without_ones(texts: object) -> set[str]:
    assert isinstance(texts, dict)
    return {key for key in texts if not (key.endswith("_one") and key[:-4] in texts)}


def _without_gaps(text: str) -> str:
    return "".join(said for said, *_ in Formatter().parse(text))


def _gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _literal_keys() -> Iterator[str]:
    """The keys that stand in the source as they are."""
    known = load("zh")
    yield from (str(node.value) for _, node in strings() if str(node.value) in known)
    for _, call in calls():
        if last_name(call) in {"texts", "_texts"} and call.args:
            yield from _whole_keys(call.args[0])


def _whole_keys(asked: ast.expr) -> Iterator[str]:
    """Keys put together from parts are counted by hand, in `made_keys`."""
    parts = list(ast.walk(asked))
    if not any(isinstance(part, ast.JoinedStr) for part in parts):
        constants = (part.value for part in parts if isinstance(part, ast.Constant))
        yield from (str(value) for value in constants if "." in str(value))


def _shown_as_they_are() -> Iterator[tuple[str, ast.Constant]]:
    """Words that are given straight to what shows them."""
    for name, call in calls():
        place = SHOW_WORDS.get(last_name(call))
        given = [] if place is None else call.args[place : place + 1]
        given += [one.value for one in call.keywords if one.arg in SHOWN_AS]
        yield from ((name, one) for one in given if _has_letters(one))


def _has_letters(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and LETTERS.search(str(node.value)) is not None
