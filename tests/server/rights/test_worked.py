"""Grid work about a person: what their copy has of it, and what is left when they are erased."""

from pathlib import Path

import pytest

from server.db.engine import reading
from server.office.act import Act
from server.office.errors import OfficeRefused
from server.review.questions import Asking, Questions
from server.rights.certificate import Certificate
from server.rights.erasing import Erasing, overwrite_space
from server.rights.holds import put_hold
from server.rights.restricting import restrict
from server.rights.retention import Retention
from server.rights.rules import Rule, Since, set_rule
from server.work.reading import Sought, WorkBook
from shared.changes import ChangeKind
from shared.wire import Pull
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk
from tests.server.rights.at_work import NEIGHBOUR, WISH, Worked
from tests.server.rights.test_erasing import NAME, PHONE
from tests.server.rights.test_requests import pulled


@pytest.fixture
def home(desk: Desk) -> Worked:
    return Worked(desk)


@pytest.fixture
def erasing(desk: Desk) -> Erasing:
    return Erasing(desk.town.services)


def erase(erasing: Erasing, home: Worked) -> Certificate:
    return erasing.erase(home.desk.accounts["town"], home.person, "request 1")


def test_a_copy_has_the_work_about_the_person_and_none_of_anybody_elses(home: Worked) -> None:
    work, text = home.copy()

    mine = {home.wish, home.handled, home.told_of_other, home.diary, home.finding, home.must}
    assert work.keys() == mine | {home.office}
    assert work[home.wish].answers["text"] == WISH
    assert work[home.office].answers["text"] == "代办老年卡"
    assert work[home.diary].answers["text"] == "家里老人独居"
    assert work[home.must].answers["must_report"] == "hazard"
    for others in ("气瓶", "路灯", "想学电脑", "产检", "钱楼长", "我漏填了", NEIGHBOUR):
        assert others not in text
    for record in (home.theirs, home.kept, home.others_wish, home.maternal):
        assert record not in text
    assert WISH in text.split("</title>")[1]  # on the page to read, too


def test_of_a_dispute_a_party_is_told_no_word_of_the_other(home: Worked) -> None:
    case, step = home.dispute()
    own = home.case(
        home.household, "楼上半夜拖椅子", case_kind="dispute", asked_by=NAME, parties="孙楼上"
    )
    said = home.step(own, "handle", text="对方说是孩子在跑")

    work, text = home.copy()

    assert work[own].answers["text"] == "楼上半夜拖椅子"
    assert work[said].answers["action"] == "handle"
    assert "孙楼上" not in text
    assert "孩子在跑" not in text

    assert work[case].answers == {"case_kind": "dispute", "urgency": "normal"}
    assert work[step].answers["outcome"] == "agreed"
    assert not {"agreement", "participants"} & work[step].answers.keys()
    assert all(entry.by != "工W1" for entry in work[case].history)
    assert NEIGHBOUR not in text
    assert home.their_home not in text


def test_a_report_of_harm_leaves_no_trace_in_copy_or_certificate(
    home: Worked, erasing: Erasing
) -> None:
    _, before = home.copy()
    report, step = home.harm()

    _, after = home.copy()

    for trace in (report, step, "打人", "居委会", "告诫", "protection"):
        assert trace not in after
    sorts = [data.split('"work"')[1].count('"kind"') for data in (before, after)]
    assert sorts[0] == sorts[1]
    home.settle(report)
    certificate = erase(erasing, home)
    assert not {report, step} & {*certificate.within, *certificate.own}
    assert home.shown(report)["text"] == [None]
    assert home.shown(step)["text"] == [None]
    assert home.shown(report)["safe_contact"] == ["周一到居委会"]
    assert erasing.check(certificate) == []


def test_the_check_finds_what_was_left_in_a_report_of_harm(home: Worked, erasing: Erasing) -> None:
    certificate = erase(erasing, home)
    report, _ = home.harm()

    assert {place.key for place in erasing.check(certificate)} >= {report}


def test_nothing_of_an_erased_person_is_left_in_grid_work(
    home: Worked, erasing: Erasing, tmp_path: Path
) -> None:
    case, step = home.dispute()
    services, town = home.desk.town.services, home.desk.town.who.town
    assert words_in(home, tmp_path) == {NAME, PHONE, WISH}

    certificate = erase(erasing, home)
    overwrite_space(services.engine, town, home.desk.now)

    assert words_in(home, tmp_path) == set()
    assert erasing.check(certificate) == []
    assert not {"text", "asked_by", "asked_phone"} & home.shown(home.wish).keys()
    assert home.shown(home.wish)["case_kind"] == ["livelihood"]  # still counted
    assert home.shown(case)["parties"] == [None]
    assert home.shown(case)["asked_by"] == [NEIGHBOUR]
    assert home.shown(step)["outcome"] == ["agreed"]
    assert home.shown(home.theirs)["text"] == ["路灯不亮"]
    assert home.shown(home.kept)["text"] == ["已报修"]
    assert home.shown(home.others_wish)["text"] == ["想学电脑"]
    assert home.desk.register.verify(town).well


def words_in(home: Worked, folder: Path) -> set[str]:
    """In the files of the database, in every work record opened, and in what phones pull."""
    files = b"".join(file.read_bytes() for file in folder.glob("doorstep.db*"))
    files = files.replace("欧阳爱国强".encode(), b"")  # who lives there, too
    town = home.desk.town.who.town
    with reading(home.desk.town.services.engine) as conn:
        ids = list(conn.exec_driver_sql("SELECT id FROM work").scalars())
    opened = [home.shown(each) for each in ids]
    history = [home.desk.register.history(town, each, with_children=False) for each in ids]
    sent = home.desk.register.page(home.phone.device, Pull()).decode()
    said = f"{opened}{history}{sent}".replace("欧阳爱国强", "")
    return {w for w in (NAME, PHONE, WISH) if w in said or w.encode() in files}


def test_what_is_still_settled_between_people_or_held_puts_an_erasure_off(
    home: Worked, erasing: Erasing
) -> None:
    report, _ = home.harm()
    with pytest.raises(OfficeRefused, match="being handled"):
        erase(erasing, home)
    home.settle(report)
    with home.desk.town.act() as act:
        held = Act(act.conn, home.desk.accounts["town"], act.keys, act.now)
        put_hold(held, home.wish, "信访复查，需要保留", 90)

    with pytest.raises(OfficeRefused, match="under a hold"):
        erase(erasing, home)

    assert home.shown(home.person)["name"] == [NAME]
    assert home.shown(home.wish)["text"] == [WISH]


def test_what_a_restricted_person_asked_for_is_shown_nowhere_until_it_is_lifted(
    home: Worked,
) -> None:
    admin, services = home.desk.accounts["town"], home.desk.town.services
    case, _ = home.dispute()

    restrict(services, admin, home.person, lift=False)
    hidden, sent = listed(home), {each["id"]: each["deleted"] for each in pulled(home)}
    restrict(services, admin, home.person, lift=True)

    assert not {home.wish, home.office} & hidden
    assert {case, home.theirs, home.others_wish} <= hidden
    assert all(sent[each] for each in (home.wish, home.handled, home.office))
    assert not any(sent[each] for each in (case, home.theirs, home.others_wish))
    assert {home.wish, home.office} <= listed(home)
    assert home.shown(home.handled)["text"] == [f"已联系{NAME}送轮椅"]


def listed(home: Worked) -> set[str]:
    with reading(home.desk.town.services.engine) as conn:
        book = WorkBook(conn, home.desk.accounts["town"], home.desk.now)
        return {seen.id for seen in book.cases(Sought())}


def test_what_is_asked_about_a_case_goes_too_and_late_changes_of_it_are_refused(
    home: Worked, erasing: Erasing
) -> None:
    services = home.desk.town.services
    asked = Questions(services.register, services.engine, services.clock).ask(
        home.desk.accounts["community"],
        Asking(about=home.wish, worker=home.phone.device.worker_id, comment=f"{NAME}还在住吗"),
    )
    certificate = erase(erasing, home)

    where = (home.wish, "case", home.grid)
    with pytest.raises(AssertionError, match="consent_withdrawn"):
        home.phone.push(ChangeKind.SET, where, {"text": "又说膝盖疼"}, home.desk.now, base=1)

    assert home.shown(asked)["comment"] == [None]
    assert asked in certificate.within
    assert "text" not in home.shown(home.wish)


def test_a_case_goes_whole_when_its_time_is_over_and_anothers_stays(home: Worked) -> None:
    retention, clock = Retention(home.desk.town.services), home.desk.town.clock
    with home.desk.town.act(home.desk.accounts["town"]) as act:
        set_rule(act, Rule("case", Since.UPDATED, 90))
    clock.at += 90 * 24 * 60 * MINUTE - 1
    before = retention.run("east")[0].records
    later = home._create("case", clock.at, household=home.household, text="水管漏水")
    clock.at += 1

    assert before == 0
    assert retention.run("east")[0].records > 1
    assert "text" not in home.shown(home.wish)
    assert home.shown(later)["text"] == ["水管漏水"]


def test_a_neighbour_of_a_like_name_keeps_what_they_asked_for(
    home: Worked, erasing: Erasing
) -> None:
    namesake = home.case("", "想修门", asked_by=NAME)  # 欧阳爱国强 lives there, too: who is it?

    erase(erasing, home)

    assert home.shown(namesake)["text"] == ["想修门"]
