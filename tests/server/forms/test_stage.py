"""A form is shown by the app in a process of its own, to the server only, and ends with it."""

import time
from collections.abc import Iterator
from http.client import HTTPConnection

import msgspec
import pytest

from server.forms.stage import LIFE_MS, LOOPBACK, Stage, Stages
from server.keys import Keys
from server.office.people import AccountIdentity
from server.office.roles import Role
from shared.staging import LOOK_PATH, STAGE_HEADER, Look
from tests.server.forms.bench_of_forms import form_of

NOW = 1_800_000_000_000
WHO = AccountIdentity(
    town="t", id="a", login="town", name="镇", role=Role.TOWN_ADMIN, area_id="t", grids=frozenset()
)
FORM = form_of("| | type | name | label |\n| | text | a | 问 |")
GONE_SECONDS = 30


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    made = Stages(Keys.new(), most=1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def stage(stages: Stages) -> Stage:
    return stages.open(WHO, FORM, Look("zh"), NOW)


def asked(stage: Stage, word: str, path: str = "/", method: str = "GET", body: bytes = b"") -> int:
    line = HTTPConnection(LOOPBACK, stage.port, timeout=10)
    line.request(method, path, body, {STAGE_HEADER: word} if word else {})
    status = line.getresponse().status
    line.close()
    return status


def test_only_the_server_that_began_it_is_answered(stages: Stages, stage: Stage) -> None:
    word = stages.word(stage)

    assert asked(stage, word) == 200
    assert [asked(stage, wrong) for wrong in ("", "x", Stages(Keys.new()).word(stage))] == [403] * 3
    assert asked(stage, "", LOOK_PATH, "POST", msgspec.json.encode(Look("en"))) == 403
    assert asked(stage, word, LOOK_PATH, "POST", b"{}") == 400
    assert stages.look(stage, Look("en", dark=True))


def test_its_two_names_are_no_use_for_each_other_nor_after_their_time(
    stages: Stages, stage: Stage
) -> None:
    page, frame = stages.page_name(stage), stages.frame_name(stage)

    assert stages.of_page(page, NOW) == stages.of_frame(frame, NOW) == stage
    assert stages.of_page(frame, NOW) is stages.of_frame(page, NOW) is None
    assert stages.of_page(page[:-1], NOW) is stages.of_page("", NOW) is None
    assert stages.of_page(page, NOW + LIFE_MS) is None
    assert Stages(Keys.new()).of_page(page, NOW) is None


def test_one_too_many_ends_the_oldest_and_all_end_with_the_server() -> None:
    stages = Stages(Keys.new(), most=1)
    first = stages.open(WHO, FORM, Look("zh"), NOW)

    second = stages.open(WHO, FORM, Look("zh"), NOW)

    assert until_gone(stages, first)
    assert stages.plays(second)
    stages.close()
    assert until_gone(stages, second)


def until_gone(stages: Stages, stage: Stage) -> bool:
    deadline = time.monotonic() + GONE_SECONDS
    while stages.plays(stage) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not stages.plays(stage)
