"""What the product must not have: no rankings, tracks, online time, photo quotas or check-ins."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.views.words import load
from server.console.words import catalogue
from server.db.tables import METADATA
from server.forms.builtin import every_form
from server.forms.forbidden import forbidden_word
from shared.codes import code_tables
from shared.forms.model import QuestionType

ROOT = Path(__file__).resolve().parents[2]
ABSENT = {
    "ranking": re.compile(
        r"排名|排行|名次|积分榜|(?i:\bleader ?board|\branking of (?:workers|grids))"
    ),
    "track": re.compile(r"轨迹回放|行动轨迹|轨迹记录|(?i:\bgps track|\btrack ?log|\btracklog)"),
    "online time": re.compile(r"在线时长|在岗时长|(?i:\bonline time\b|\btime online\b)"),
    "photo quota": re.compile(r"照片(?:数量)?(?:指标|任务)|(?i:\bphoto quota)"),
    "check-in": re.compile(r"打卡|签到|(?i:\bcheck-?in\b|\bclock(?:ing)?[- ]in\b)"),
}
DENIED = re.compile(
    r"不排名|不作排名|不记录轨迹|登录次数、在线时长、照片、轨迹|no ranking|No track is recorded"
    r"|Log-ins, time online, photos, tracks"
)
"""Where a text says that there is no such thing."""
COLUMNS = re.compile(r"rank|track|online|check_?in|steps_walked")
"""Parts of names that no table has: what is not kept is counted by nobody."""


def said() -> Iterator[tuple[str, str]]:
    """Everything that the app, the console, the forms and the code tables say."""
    for language in ("zh", "en"):
        yield from ((f"app {language} {key}", text) for key, text in load(language).items())
        yield from (
            (f"console {language} {key}", text) for key, text in catalogue(language).items()
        )
    for kind, form in every_form().items():
        for question in form.questions:
            words = (question.label, question.hint, question.purpose)
            yield from (
                (f"form {kind} {question.name}", text) for w in words for text in w.values()
            )
    for name, table in code_tables().items():
        for code in table.codes:
            yield from ((f"table {name} {code.code}", text) for text in (code.zh, code.en))


@pytest.mark.parametrize("what", ABSENT)
def test_nothing_says_it(what: str) -> None:
    found = [place for place, text in said() if ABSENT[what].search(DENIED.sub("", text))]

    assert found == []


def test_nothing_that_anybody_picks_is_a_label_that_a_form_may_not_have() -> None:
    found = [place for place, text in said() if place.startswith("table") and forbidden_word(text)]

    assert found == []


def test_no_table_has_room_for_it() -> None:
    found = [
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if COLUMNS.search(column.name)
    ]

    assert found == []


def test_no_form_asks_for_a_track_and_a_place_is_never_owed() -> None:
    for kind, form in every_form().items():
        for question in form.questions:
            assert question.type not in (QuestionType.GEOTRACE, QuestionType.GEOSHAPE), kind
            if question.type in (QuestionType.GEOPOINT, QuestionType.IMAGE):
                assert not question.required, f"{kind} {question.name}"


def test_the_app_asks_for_no_place_by_itself() -> None:
    """Where the phone is it is asked only while a form's question of a place is answered."""
    asking = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "mobile").rglob("*.py"))
        if "flet_geolocator" in path.read_text(encoding="utf-8")
    ]

    assert asking == ["mobile/views/state/locating.py"]
    users = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "mobile").rglob("*.py"))
        if "state.locating import" in path.read_text(encoding="utf-8")
    ]
    assert users == ["mobile/views/form/places.py"]
