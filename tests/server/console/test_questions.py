"""Asking a worker: the question is an ordinary record in her grid, and so is her answer."""

from server.db.engine import reading
from server.office.audit import trail
from server.office.people import AccountIdentity
from server.register.edits import Edit
from server.review.questions import KIND, SHOWN_MAX, Asking, Questions
from shared.changes import GRID, Answer, ChangeKind
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone, Page


def ask(browser: Browser, desk: Desk, about: str, worker: str, **more: str) -> Page:
    sent = {
        "about": about,
        "kind": "household",
        "worker": worker,
        "comment:phone": "请当面核实电话",
    }
    return browser.post("/console/questions/ask", sent | more)


def the_question(desk: Desk) -> tuple[str, dict[str, object]]:
    with reading(desk.town.services.engine) as conn:
        asked = [e for e in trail(conn, desk.town.who.town) if e.action == "asked"]
    assert asked
    grids = desk.accounts["town"]
    questions = Questions(desk.register, desk.town.services.engine, desk.town.clock)
    question = questions.about(grids, [asked[0].object.split()[0]])[0]
    record = desk.register.record(desk.town.who.town, question.id)
    assert record is not None
    return question.id, dict(shown(record, desk.register.rules(desk.town.who.town, KIND)))


def answer(desk: Desk, phone: FieldPhone, question: str, words: str) -> None:
    record = desk.register.record(desk.town.who.town, question)
    assert record is not None
    where = (question, KIND, record.grid)
    phone.push(ChangeKind.SET, where, {"answer": words}, desk.now, base=record.version)


def test_a_question_goes_to_the_workers_grid_as_a_record_of_its_own(desk: Desk) -> None:
    household, _, phone = desk.contested()

    page = ask(desk.signed_in("leader"), desk, household, phone.device.worker_id)

    assert "已发出 1 条询问" in page.text
    _, told = the_question(desk)
    assert told["worker"] == phone.device.worker_id
    assert (told["about"], told["item"], told["item_label"]) == (household, "phone", "联系电话")
    assert told["comment"] == "请当面核实电话"


def test_what_is_sent_twice_is_asked_once_until_it_is_answered(desk: Desk) -> None:
    household, _, phone = desk.contested()
    browser, worker = desk.signed_in("leader"), phone.device.worker_id
    questions = Questions(desk.register, desk.town.services.engine, desk.town.clock)

    def asked() -> int:
        ask(browser, desk, household, worker)
        return len(questions.about(desk.accounts["town"], [household]))

    assert [asked(), asked()] == [1, 1]
    question, _ = the_question(desk)
    answer(desk, phone, question, "户主换号了，以2222为准")
    assert asked() == 2


def test_the_answer_stands_beside_the_conflict_and_asks_to_be_read(desk: Desk) -> None:
    household, conflict, phone = desk.contested()
    browser = desk.signed_in("leader")
    ask(browser, desk, household, phone.device.worker_id)
    question, _ = the_question(desk)
    assert "等待网格员答复" in browser.get(f"/console/conflicts/{conflict}").text

    answer(desk, phone, question, "户主换号了，以2222为准")

    assert "户主换号了，以2222为准" in browser.get(f"/console/conflicts/{conflict}").text
    assert f"/console/questions/{question}" in browser.get("/console/review").html
    browser.post(f"/console/questions/{question}/close")
    assert f"/console/questions/{question}" not in browser.get("/console/review").html


def test_deciding_the_conflict_closes_what_was_asked_about_it(desk: Desk) -> None:
    household, conflict, phone = desk.contested()
    browser = desk.signed_in("leader")
    ask(browser, desk, household, phone.device.worker_id)
    page = browser.get(f"/console/conflicts/{conflict}")
    base = page.html.split('name="base" value="')[1].split('"')[0]

    browser.post(f"/console/conflicts/{conflict}", base=base, choose='"13900002222"')

    assert the_question(desk)[1]["closed"] == "yes"


def test_only_a_worker_of_that_grid_can_be_asked(desk: Desk) -> None:
    household, _, _ = desk.contested()
    stranger = desk.phone("W3", "g3").device.worker_id

    page = ask(desk.signed_in("leader"), desk, household, stranger)

    assert "现在不负责该网格" in page.text
    assert KIND not in desk.register.forms(desk.town.who.town)


def test_a_record_of_another_area_is_not_there(desk: Desk) -> None:
    phone = desk.phone("W9", "g3")
    foreign = desk.household(phone, "g3")
    browser = desk.signed_in("leader")

    assert ask(browser, desk, foreign, phone.device.worker_id).status == 404
    assert browser.get(f"/console/questions/new/household/{foreign}").status == 404


def test_a_household_is_sent_back_with_a_comment_for_each_answer(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/questions/new/household/{household}")
    assert "常住人数" in page.text

    more = {"comment:people_count": "是否含租客？", "comment:": "请补照片"}
    back = f"/households/detail?pk={household}"
    said = ask(browser, desk, household, phone.device.worker_id, back=back, **more)

    assert "已发出 3 条询问" in said.text
    for words in ("请当面核实电话", "是否含租客？", "请补照片"):
        assert words in said.text


def test_a_question_without_words_is_not_sent(desk: Desk) -> None:
    household, _, phone = desk.contested()

    page = ask(
        desk.signed_in("leader"), desk, household, phone.device.worker_id, **{"comment:phone": " "}
    )

    assert "请先写明要核实什么" in page.text


def test_who_may_not_see_names_reads_no_words_of_a_question(desk: Desk) -> None:
    household, _, phone = desk.contested()
    ask(desk.signed_in("leader"), desk, household, phone.device.worker_id)
    question, _ = the_question(desk)
    answer(desk, phone, question, "张伟说的")

    for path in (f"/questions/{question}", f"/households/detail?pk={household}"):
        html = desk.signed_in("auditor").get(f"/console{path}").html
        assert "请当面核实电话" not in html
        assert "张伟说的" not in html


def test_the_register_is_still_the_replay_of_its_journal(desk: Desk) -> None:
    household, _, phone = desk.contested()
    ask(desk.signed_in("leader"), desk, household, phone.device.worker_id)
    question, _ = the_question(desk)
    desk.town.clock.at += MINUTE
    answer(desk, phone, question, "已核实")

    assert desk.register.verify(desk.town.who.town).well


def test_many_questions_of_another_area_hide_none_of_ones_own(desk: Desk) -> None:
    phone, stranger = desk.phone("W1", "g1"), desk.phone("W3", "g3")
    household = desk.household(phone)
    questions = Questions(desk.register, desk.town.services.engine, desk.town.clock)
    leader, town = desk.accounts["leader"], desk.accounts["town"]

    def asked(who: AccountIdentity, whom: FieldPhone, comment: str) -> str:
        asking = Asking(about=household, worker=whom.device.worker_id, comment=comment)
        return questions.ask(who, asking)

    mine = asked(leader, phone, "请当面核实")
    record = desk.register.record(town.town, household)
    assert record is not None
    moved: dict[str, Answer] = {GRID: [record.grid, desk.town.areas["g3"]]}
    move = Edit(
        kind=ChangeKind.MOVE, record=household, record_kind="household", grid=record.grid,
        base=record.version, units=moved,
    )  # fmt: skip
    desk.register.commit(town, [move])
    desk.town.clock.at += MINUTE
    for number in range(SHOWN_MAX):
        asked(town, stranger, f"第 {number} 问")

    assert [each.id for each in questions.about(leader, [household])] == [mine]
