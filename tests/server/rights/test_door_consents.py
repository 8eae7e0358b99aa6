"""What a worker notes at the door of what a resident lets be kept: as any answer, with effect."""

import sqlite3
from contextlib import closing

import msgspec
import pytest

from server.clock import DAY_MS, new_id
from server.db.engine import reading
from server.db.errors import DatabaseBusy
from server.rights.stopping import Stopping
from shared.changes import Answer, Change, ChangeKind
from shared.wire import Pull, Result
from tests.server.console.world import Desk, FieldPhone
from tests.server.rights.test_consents import NOTICE, push_one, say, version, write
from tests.server.rights.test_erasing import NAME, NUMBER, Home


@pytest.fixture
def home(desk: Desk) -> Home:
    return Home(desk)


def note(
    home: Home,
    phone: FieldPhone,
    units: dict[str, Answer],
    *,
    base: int | None = None,
    visit: str | None = None,
) -> Result:
    """What a phone sends of the person, as the register has them, or had them."""
    phone.n += 1
    change = Change(
        n=phone.n, save=new_id(), kind=ChangeKind.SET, record=home.person,
        record_kind="resident", grid=home.grid, worker=phone.device.worker_id,
        at=home.desk.now, base=version(home) if base is None else base, units=units, form="1",
        visit=visit,
    )  # fmt: skip
    return push_one(home, phone, change)


def carried_out(home: Home) -> int:
    return Stopping(home.desk.town.services).go_on("east")


def register_lines(home: Home) -> list[tuple[str, str, str, str, int]]:
    with reading(home.desk.town.services.engine) as conn:
        rows = conn.exec_driver_sql(
            "SELECT word, how, noted_by, visit_id, notice_version FROM consent"
        ).all()
    return sorted(tuple(row) for row in rows)


def test_a_withdrawal_at_the_door_has_the_effect_of_one_at_the_desk(home: Home) -> None:
    desk, browser = home.desk, home.desk.signed_in("community")
    write(home, {"disability": "applying"})

    taken = note(
        home, home.phone,
        {"consent": "withdrawn", "consent_how": "spoken", "consent_notice": "3"},
        visit=home.visit,
    )  # fmt: skip
    late = note(home, home.phone, {"id_number": NUMBER, "relation": "1"})
    between = browser.get(f"/console/consents/{home.person}").text
    assert carried_out(home) == 1

    assert taken.problem is None
    assert late.problem is not None
    assert (late.problem.code, late.units) == ("consent_withdrawn", ("id_number",))
    assert "原有内容待清除" in between
    left = home.shown(home.person)
    assert not {"id_number", "disability"} & left.keys()
    assert left["consent"] == ["withdrawn"]
    history = msgspec.json.encode(desk.register.history("east", home.person, with_children=True))
    phone = desk.register.page(home.phone.device, Pull()).decode()
    for said in (NUMBER, "applying"):
        assert said.encode() not in history
        assert said not in phone
    worker = home.phone.device.worker_id
    assert register_lines(home) == [("withdrawn", "spoken", worker, home.visit, 3)]
    page = browser.get(f"/console/consents/{home.person}")
    assert "走访时在手机上登记" in page.text
    assert f"pk={home.visit}" in page.html
    assert "原有内容待清除" not in page.text
    assert carried_out(home) == 0  # again changes nothing
    assert desk.register.verify("east").well
    desk.register.rebuild("east")
    assert desk.register.verify("east").well


def test_one_save_may_consent_and_answer_or_decline_and_answer(home: Home) -> None:
    refusal = note(home, home.phone, {"consent": "declined", "disability": "applying"})
    allowed = note(home, home.phone, {"consent": "given", "disability": "certified"})

    assert refusal.problem is not None
    assert refusal.units == ("disability",)
    assert allowed.problem is None
    assert carried_out(home) == 0  # consented to before anything was emptied
    assert home.shown(home.person)["disability"] == ["certified"]
    assert home.shown(home.person)["id_number"] == [NUMBER]
    assert [line[0] for line in register_lines(home)] == ["declined", "given"]


def test_what_is_excepted_is_stopped_alone(home: Home) -> None:
    note(home, home.phone, {"consent": "given", "consent_except": ["id_number"]})

    assert carried_out(home) == 1

    assert "id_number" not in home.shown(home.person)
    assert note(home, home.phone, {"care": ["disabled"]}).problem is None
    assert note(home, home.phone, {"id_number": NUMBER}).problem is not None
    assert [line[0] for line in register_lines(home)] == ["declined", "given"]


def test_words_that_contradict_each_other_wait_for_a_person(home: Home) -> None:
    desk, other = home.desk, home.desk.phone("W2", "g1")
    seen = version(home)
    note(home, home.phone, {"consent": "given"}, base=seen)

    second = note(home, other, {"consent": "withdrawn"}, base=seen)

    assert second.outcome == "conflict"
    assert carried_out(home) == 0
    assert home.shown(home.person)["id_number"] == [NUMBER]
    assert note(home, home.phone, {"disability": "applying"}).problem is not None
    browser = desk.signed_in("community")
    assert "两次登记不一致" in browser.get(f"/console/consents/{home.person}").text
    open_ = desk.register.open_conflicts("east", frozenset({home.grid}))
    assert [(line.record, line.unit) for line in open_] == [(home.person, "consent")]
    desk.register.decide(desk.accounts["community"], open_[0].id, "withdrawn", version(home))
    assert carried_out(home) == 1
    assert "id_number" not in home.shown(home.person)


def test_a_word_at_the_desk_reaches_the_phones(home: Home) -> None:
    browser = home.desk.signed_in("community")
    write(home, {"disability": "applying"})

    say(browser, home, "declined", unit="disability")
    excepted = home.shown(home.person)
    say(browser, home, "withdrawn", paper="A-17")
    withdrawn = home.shown(home.person)
    say(browser, home, "given")
    given = home.shown(home.person)

    assert excepted["consent_except"] == [["disability"]]
    assert "consent" not in excepted or excepted["consent"] == [None]
    assert withdrawn["consent"] == ["withdrawn"]
    assert withdrawn["consent_paper"] == ["A-17"]
    assert (given["consent"], given["consent_except"]) == (["given"], [None])
    assert [line[0] for line in register_lines(home)] == ["declined", "given", "withdrawn"]
    assert note(home, home.phone, {"id_number": NUMBER}).problem is None


def test_for_a_child_a_word_without_a_guardian_allows_nothing(home: Home) -> None:
    write(home, {"birth_date": "2020-05-01"})
    note(home, home.phone, {"consent": "withdrawn", "consent_guardian": "yes"})
    carried_out(home)

    note(home, home.phone, {"consent": "given", "consent_guardian": "no"})
    alone = note(home, home.phone, {"id_number": NUMBER})
    note(home, home.phone, {"consent_guardian": "yes", "consent": "given"})

    assert alone.problem is not None
    assert note(home, home.phone, {"id_number": NUMBER}).problem is None


def test_under_a_hold_what_was_answered_waits_for_its_end(home: Home) -> None:
    desk, browser = home.desk, home.desk.signed_in("town")
    browser.post(f"/console/retention/hold/{home.person}", reason="法院要求保留", days="90")
    note(home, home.phone, {"consent": "withdrawn"})

    assert carried_out(home) == 0
    assert home.shown(home.person)["id_number"] == [NUMBER]
    desk.town.clock.at += 91 * DAY_MS
    assert carried_out(home) == 1
    assert "id_number" not in home.shown(home.person)


def test_a_busy_database_keeps_nobody_from_saying_a_word(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, {"disability": "applying"})
    note(home, home.phone, {"consent": "withdrawn", "consent_how": "spoken"})
    services = home.desk.town.services
    stopping, file = Stopping(services), services.engine.url.database
    assert file is not None
    monkeypatch.setattr("server.db.engine.BUSY_TIMEOUT_MS", 50)
    services.engine.dispose()  # what is opened from now on waits no longer than that
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        stopping.begin("east")

        with pytest.raises(DatabaseBusy):
            stopping.go_on("east")
        other.execute("ROLLBACK")
    assert carried_out(home) == 1
    assert "disability" not in home.shown(home.person)


def test_the_published_notice_travels_to_the_phones(home: Home) -> None:
    town = home.desk.signed_in("town")
    for text in (NOTICE, NOTICE + "新"):
        town.post("/console/notices/privacy_notice", zh=text, en="What is kept of you, and why.")

    page = msgspec.json.decode(home.desk.register.page(home.phone.device, Pull()))
    form = home.desk.register.form("east", "notice_card", page["forms"]["notice_card"])

    assert form is not None
    card = msgspec.json.decode(form)["children"][0]["children"][0]
    assert card["label"] == {"zh": NOTICE + "新", "en": "What is kept of you, and why."}
    assert card["parameters"]["edition"] == "2"
    assert "resident.consent" in card["parameters"]["explains"]
    assert NAME not in form.decode()


def test_the_register_does_not_say_how_where_nobody_wrote_it_down(home: Home) -> None:
    note(home, home.phone, {"consent": "declined"})

    worker = home.phone.device.worker_id
    assert register_lines(home) == [("declined", "", worker, "", 0)]
    page = home.desk.signed_in("town").get(f"/console/consents/{home.person}").text
    assert "不同意" in page
    assert page.count("口头，有人见证") == 1  # a choice of the form below
