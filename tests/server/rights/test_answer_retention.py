"""A question's own time: its answer goes on that day, the record stays, in both databases."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from server.db.engine import reading
from server.forms.builtin import builtin_forms
from server.housekeeping import keep_house
from server.office.audit import trail
from server.rights.retention import Retention
from server.rights.rules import Rule, Since, answer_rules, set_rule
from shared.forms.model import Group, Question
from shared.wire import Pull
from tests.server.console.world import Desk, a_desk
from tests.server.rights.test_consents import version, write
from tests.server.rights.test_erasing import NAME, NUMBER, Home

DAY = 24 * 3600 * 1000
NEW_NUMBER = "110105194912310046"


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    with a_desk(tmp_path, more={"database_url": url}) as desk:
        yield Home(desk)


def put_in_force(home: Home) -> Rule:
    rule = answer_rules(builtin_forms()["resident"])["id_number"]
    with home.desk.town.act(home.desk.accounts["town"]) as act:
        set_rule(act, rule)
    return rule


def nights(home: Home) -> list[tuple[int, int]]:
    done = Retention(home.desk.town.services).run("east")
    return [(each.records, each.held) for each in done]


def test_the_answer_goes_on_its_day_with_all_that_it_ever_was(home: Home) -> None:
    desk, clock, retention = home.desk, home.desk.town.clock, Retention(home.desk.town.services)
    rule = put_in_force(home)
    clock.at += 365 * DAY - 1
    early = retention.dry_run("east")[0].records, nights(home)
    clock.at += 1

    due = retention.dry_run("east")[0]
    kept = keep_house(desk.town.services, "east", at_once=True)

    assert rule == Rule("resident", Since.ANSWERED, 365, "id_number")
    assert early == (0, [(0, 0)])
    assert (due.records, kept.expired) == (1, 1)
    left = home.shown(home.person)
    assert "id_number" not in left
    assert left["name"] == [NAME]
    history = msgspec.json.encode(desk.register.history("east", home.person, with_children=True))
    assert NUMBER.encode() not in history
    assert NUMBER not in desk.register.page(home.phone.device, Pull()).decode()
    with reading(desk.town.services.engine) as conn:
        assert conn.exec_driver_sql("SELECT count(id_hash) FROM resident").scalar_one() == 0
        swept = "SELECT overwritten_at FROM retention_run WHERE records > 0"
        assert conn.exec_driver_sql(swept).scalars().all() == [clock.at]
        newest = trail(conn, "east", limit=1)[0]
    deed = (newest.action, newest.object, newest.reason)
    assert deed == ("erased", "resident.id_number 1", "retention 365")
    assert desk.register.verify("east").well
    desk.register.rebuild("east")
    assert desk.register.verify("east").well
    assert nights(home) == [(0, 0)]


def test_who_answers_anew_begins_the_time_anew(home: Home) -> None:
    put_in_force(home)
    home.desk.town.clock.at += 300 * DAY
    write(home, {"id_number": NEW_NUMBER, "relation": "1"}, base=version(home))
    home.desk.town.clock.at += 100 * DAY

    assert nights(home) == [(0, 0)]
    write(home, {"relation": "2"}, base=version(home))  # another answer does not count
    home.desk.town.clock.at += 265 * DAY
    assert nights(home) == [(1, 0)]
    assert home.shown(home.person)["relation"] == ["2"]


def test_what_is_on_hold_keeps_the_answer_until_it_ends(home: Home) -> None:
    put_in_force(home)
    admin = home.desk.signed_in("community")
    admin.post(f"/console/retention/hold/{home.household}", reason="法院要求保留", days="1095")
    home.desk.town.clock.at += 400 * DAY

    assert nights(home) == [(0, 1)]
    assert home.shown(home.person)["id_number"] == [NUMBER]
    home.desk.town.clock.at += 700 * DAY
    assert nights(home) == [(1, 0)]


def test_the_page_shows_what_would_go_and_puts_it_in_force(desk: Desk) -> None:
    home = Home(desk)
    desk.town.clock.at += 400 * DAY
    admin, there = desk.signed_in("town"), "/console/retention/resident"

    listed = admin.get("/console/retention").text
    tried = admin.get(there, unit="id_number")
    forged = admin.post(there, unit="id_number", days="30").text
    between = Retention(desk.town.services).rules("east")
    admin.post(there, unit="id_number", days="365")
    night = nights(home)
    after = admin.get("/console/retention").text
    admin.post(there, unit="id_number", days="0")

    assert "公民身份号码 1 年 尚未设置，不会删除" in listed
    assert "现在会清除 1 份资料中的这一项" in tried.text
    assert home.person in tried.html  # its link to a hold
    assert "已取消期限" in forged
    assert between == []
    assert night == [(1, 0)]
    assert "居民：公民身份号码 填写后 365 天 1 0" in after
    assert Retention(desk.town.services).rules("east") == []
    assert admin.get(there, unit="name").status == 404
    refused = desk.signed_in("community").post(there, unit="id_number", days="365")
    assert refused.status == 403


def test_what_ties_records_together_and_what_states_no_length_has_no_time_of_its_own() -> None:
    form, page = builtin_forms()["resident"], builtin_forms()["resident"].children[0]
    stated = {"household": "P1Y", "phone": "P2Y", "name": "P1D", "sex": "while_needed"}
    assert isinstance(page, Group)
    asked = tuple(
        structs.replace(one, retention=stated.get(one.name, one.retention))
        for one in page.children
        if isinstance(one, Question)
    )
    changed = structs.replace(page, children=asked)

    rules = answer_rules(structs.replace(form, children=(changed, *form.children[1:])))

    assert {unit: rule.days for unit, rule in rules.items()} == {"id_number": 365, "phone": 730}
