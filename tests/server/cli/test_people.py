"""`add-admin`, `add-area`, `add-worker`, `enrolment-code`."""

import json
import re
from pathlib import Path

import pytest

from server.clock import now_ms
from server.db.engine import open_engine
from server.keys import Keys
from server.office.enrolment import enrol
from server.office.second_factor import STEP_MS, code_at, new_secret
from server.office.sessions import Origin
from server.office.sign_in import Attempt, sign_in, sign_in_by_setting_up
from server.office.sign_in_errors import SetUpNeeded
from server.settings import Settings
from shared.wire import Enrol
from tests.server.a_town import PASSWORD, Phone
from tests.server.cli.conftest import TOWN, Run


def test_the_first_admin_makes_the_town_and_can_sign_in(run: Run, home: Path) -> None:
    told = run("add-admin", "chen", "--name", "陈敏", "--password", PASSWORD, *TOWN, "--json")

    answer = json.loads(told.out)
    assert (told.code, answer["login"], answer["role"]) == (0, "chen", "town_admin")
    settings = Settings(home=home)
    engine, keys = open_engine(settings.database), Keys.load_or_create(home)
    with pytest.raises(SetUpNeeded) as needed:  # an admin's first sign-in sets a second factor up
        sign_in(engine, keys, Attempt("chen", PASSWORD))
    assert needed.value.account == (answer["town"], answer["id"])


def test_who_must_have_a_second_factor_is_set_and_one_is_reset_at_the_machine(
    peopled: Run, home: Path
) -> None:
    peopled("second-factor", "--set", "admins")
    engine, keys = open_engine(Settings(home=home).database), Keys.load_or_create(home)
    with pytest.raises(SetUpNeeded) as needed:
        sign_in(engine, keys, Attempt("chen", PASSWORD))
    secret = new_secret()
    code = code_at(secret, now_ms() // STEP_MS)
    sign_in_by_setting_up(engine, keys, needed.value.half, factor=(secret, code), origin=Origin())

    mute = peopled("second-factor", "--reset", "chen")
    told = peopled("second-factor", "--set", "nobody", "--reset", "chen", "--reason", "换了手机")

    assert (mute.code, told.code) == (1, 0)
    assert "Say why" in mute.err
    assert "nobody" in told.out
    assert sign_in(engine, keys, Attempt("chen", PASSWORD)).who.login == "chen"


def test_a_password_is_asked_for_nowhere_but_at_a_terminal(run: Run) -> None:
    told = run("add-admin", "chen", *TOWN)

    assert told.code == 1
    assert "DOORSTEP_PASSWORD" in told.err


def test_the_same_command_again_says_that_the_name_is_in_use(peopled: Run) -> None:
    told = peopled("add-admin", "chen", "--password", PASSWORD, *TOWN, language="zh")

    assert (told.code, told.err) == (1, "登录名 chen 已被使用。\n")


def test_an_admin_of_a_community_is_in_charge_of_it_only(peopled: Run) -> None:
    told = peopled(
        "add-admin", "li", "--password", PASSWORD, "--role", "community_admin",
        "--area", "329901100001", "--json",
    )  # fmt: skip

    assert json.loads(told.out)["role"] == "community_admin"


def test_a_worker_is_added_with_a_grid(peopled: Run) -> None:
    told = peopled("add-worker", "W2", "李强", "--grid", "329901100001001", "--json")

    answer = json.loads(told.out)
    assert (answer["staff_no"], answer["grids"]) == ("W2", ["329901100001001"])


def test_an_enrolment_code_is_shown_as_text_link_and_picture(peopled: Run, home: Path) -> None:
    shown = peopled("enrolment-code", "W1")
    answer = json.loads(peopled("enrolment-code", "W1", "--json").out)

    assert re.match(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}\n", shown.out)
    assert "█" in shown.out
    assert answer["code"] in answer["link"]
    assert answer["link"].startswith("doorstep://enrol?server=http%3A%2F%2F127.0.0.1%3A8180&code=")
    wanted = Enrol(answer["code"], Phone().public_key)
    engine = open_engine(Settings(home=home).database)
    assert enrol(engine, Keys.load_or_create(home), wanted).worker == answer["worker"]


def test_what_does_not_exist_is_told_by_name(peopled: Run) -> None:
    told = {
        words: peopled(*arguments, language=language)
        for words, language, arguments in (
            ("没有工号为 W9 的网格员。", "zh", ("enrolment-code", "W9")),
            ("No worker has the number W9.", "en", ("enrolment-code", "W9")),
            (
                "没有编码为 329901100001009 的区域。",
                "zh",
                ("add-worker", "W3", "某", "--grid", "329901100001009"),
            ),
        )
    }

    for words, answer in told.items():
        assert (answer.code, answer.err) == (1, f"{words}\n")


def test_without_a_town_each_command_says_how_to_make_one(run: Run) -> None:
    told = run("enrolment-code", "W1")

    assert told.code == 1
    assert "--town-name" in told.err
