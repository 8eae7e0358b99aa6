"""Every page in Chinese and in English: nothing left out, nothing of the one on the other."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from server.clock import new_id
from server.console.words import LANGUAGES, catalogue
from server.imports.words import SENTENCES
from tests.server.console.world import Browser, Desk

CONSOLE = Path(__file__).parents[3] / "server" / "console"
HAN = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]+")
_SAID = re.compile(r"""say\(\s*['"]([\w.]+)['"]\s*[,)]""")
_BUILT = re.compile(r"""say\(\s*f?['"]([\w.]+)\.(?:\w+_)?(?:['"]\s*~|\{)""")


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(CONSOLE.rglob("*")):
        if path.suffix in {".py", ".html"}:
            yield str(path.relative_to(CONSOLE)), path.read_text(encoding="utf-8")


def test_both_languages_say_the_same_things() -> None:
    zh, en = (catalogue(language) for language in LANGUAGES)

    assert zh.keys() == en.keys()
    for key, text in zh.items():
        assert text.strip(), key
        assert en[key].strip(), key
        assert _names(text) == _names(en[key]), key


def test_english_has_no_chinese_and_chinese_is_chinese() -> None:
    allowed = {"app.other_language"}
    same = {"app.comma", "device.clock_unknown", "app.other_language"}

    for key, text in catalogue("en").items():
        assert key in allowed or not HAN.search(text), key
    for key, text in catalogue("zh").items():
        assert key in same or HAN.search(text), key
    for code, words in SENTENCES.items():
        assert HAN.search(words.zh), code
        assert not HAN.search(words.en), code


def test_every_sentence_that_a_page_says_is_there() -> None:
    keys = catalogue("zh").keys()
    sections = {key.rpartition(".")[0] for key in keys}

    for name, text in sources():
        said = {key for key in _SAID.findall(text) if "." in key}
        assert said <= keys, (name, said - keys)
        assert set(_BUILT.findall(text)) <= sections | {"menu"}, name


def test_no_sentence_is_left_over() -> None:
    everything = "\n".join(text for _, text in sources())
    built = set(_BUILT.findall(everything)) | {"list", "time", "edit"}

    unused = [
        key
        for key in catalogue("zh")
        if key not in everything and key.rpartition(".")[0] not in built
    ]

    assert unused == []


@pytest.fixture
def latin(desk: Desk) -> dict[str, str]:
    """A town whose own words are Latin, with something on every page."""
    phone = desk.phone("W1", "g1")
    household = desk.household(phone, head_name="Li Fang", plate="3-1-201")
    visit = phone.create(
        "visit",
        desk.town.areas["g1"],
        {"household": household, "mode": "door", "outcome": "done", "note": "fine"},
        desk.now,
    )
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    for other, count in ((phone, 4), (desk.phone("W2", "g1"), 5)):
        units = {"people_count": count, "tenure": "rented" if count == 4 else "own"}
        grid, at = desk.town.areas["g1"], desk.now
        other.set(household, grid, units, at, base=record.version)
    (conflict, *_) = desk.register.open_conflicts(desk.town.who.town, desk.accounts["leader"].grids)
    return {
        "household": household,
        "resident": next(
            entry.record
            for entry in desk.register.history(desk.town.who.town, household, with_children=True)
            if entry.record_kind == "resident"
        ),
        "visit": visit,
        "conflict": conflict.id,
        "worker": phone.device.worker_id,
        "nobody": new_id(),
    }


PAGES = (
    "/",
    "/board",
    "/board/wall",
    "/review",
    "/review?later=1&whose=mine",
    "/duplicates",
    "/me",
    "/me/factor",
    "/look-closer/household/{household}/as-of",
    "/look-closer/household/{household}/as-of?day=2001-01-01",
    "/visit-rules",
    "/retention",
    "/retention/visit?since=updated&days=30",
    "/retention/hold/{household}",
    "/consents",
    "/consents/{resident}",
    "/health",
    "/bulk",
    "/bulk?subject=household.tenure&rule=newest",
    "/questions/new/household/{household}",
    "/conflicts/{conflict}",
    "/households/list",
    "/households/list?q=nobody",
    "/households/list?filter=tenure__in%3Down",
    "/households/detail?pk={household}",
    "/records/household/{household}/edit",
    "/residents/list",
    "/dwellings/list",
    "/visits/list",
    "/visits/detail?pk={visit}",
    "/imports",
    "/exports",
    "/audit",
    "/audit?q=nothing-at-all",
    "/rights",
    "/rights/new/{resident}",
    "/exports/new?list=households",
    "/workers",
    "/workers/new",
    "/workers/{worker}",
    "/devices",
    "/areas",
    "/accounts",
    "/accounts/new",
    "/inspections",
    "/grid-papers",
    "/feedback",
    "/policy-cards",
    "/policy-cards?card=new",
    "/trainings",
    "/workers/{nobody}",
)


def test_no_english_page_has_chinese_but_the_towns_own_words(
    desk: Desk, latin: dict[str, str]
) -> None:
    browser = desk.signed_in("town", language="en")
    own = re.compile("东镇|区域[gc]\\d|工W\\d|中文")

    for path in PAGES:
        text = own.sub("", _all_of(browser, path.format(**latin)))
        assert HAN.findall(text) == [], path


def test_no_chinese_page_has_english_sentences(desk: Desk, latin: dict[str, str]) -> None:
    browser = desk.signed_in("town")
    own = (
        "Doorstep",
        "English",
        "Li",
        "Fang",
        "Android",
        "test",
        "Excel",
        "CSV",
        "xlsx",
        "fine",
        "GeoJSON",
        "JSON",
        "metrics",
        "Ctrl",
    )

    for path in PAGES:
        page = browser.get(f"/console{path.format(**latin)}").text
        # The end of an id tells devices apart, and by chance has letters only; so has a secret.
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"\b[0-9a-f]{6,}\b|\b[A-Z2-7]{32}\b", "", page))
        strange = {word for word in words if word not in own} - {
            "town",
            "leader",
            "auditor",
            "community",
            "police",
        }
        assert strange == set(), path


def test_refusals_are_in_the_language_of_who_asks(desk: Desk) -> None:
    for language, words in (("zh", "登录名 town 已被使用"), ("en", "town is already in use")):
        browser = desk.signed_in("town", language=language)
        page = browser.post(
            "/console/accounts/new",
            login="town",
            name="x",
            role="auditor",
            area=desk.town.areas["town"],
            password="gate-lamp-rice-4",
        )
        assert page.status == 400
        assert words in page.text or "login name town" in page.text


def _all_of(browser: Browser, path: str) -> str:
    """Everything in the page, also what is in attributes and scripts."""
    html = browser.get(f"/console{path}").html
    return re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
