"""The office asks one worker: it is under her Today after a pull, and her answer goes back."""

from mobile.store.asked import SHOWN_MAX, asked
from server.review.questions import Asking, Questions
from shared.merge import shown as shown_of
from tests.mobile.field import Field, Phone, synced
from tests.mobile.kit import change_of


def ask(field: Field, phone: Phone, household: str, comment: str) -> str:
    services = field.town.services
    questions = Questions(services.register, services.engine, field.town.clock)
    worker = phone.store.shelf.account.identity.worker
    asking = Asking(about=household, item="phone", label="联系电话", worker=worker, comment=comment)
    return questions.ask(field.admin, asking)


def test_a_question_comes_to_the_one_who_is_asked_and_to_nobody_else(field: Field) -> None:
    hers, other = field.phone("W1"), field.phone("W2")
    household = hers.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")

    question = ask(field, hers, household, "请当面核实电话")
    synced(hers)
    synced(other)

    [told] = asked(hers.store.shelf)
    assert (told.id, told.household) == (question, household)
    assert (told.about, told.comment) == ("联系电话", "请当面核实电话")
    assert asked(other.store.shelf) == ()


def test_her_answer_is_saved_without_a_network_and_comes_to_the_office(field: Field) -> None:
    phone = field.phone("W1")
    household = phone.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    question = ask(field, phone, household, "请当面核实电话")
    synced(phone)

    draft = phone.store.begin("question", question).answered("answer", "已核实，号码没错")
    phone.store.save_drafts(draft)

    assert asked(phone.store.shelf) == ()
    synced(phone)
    record = field.record(question)
    assert record is not None
    rules = field.town.services.register.rules(field.town.who.town, "question")
    assert shown_of(record, rules)["answer"] == "已核实，号码没错"
    assert shown_of(record, rules)["comment"] == "请当面核实电话"


def test_what_the_office_withdraws_asks_no_more(field: Field) -> None:
    phone = field.phone("W1")
    household = phone.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    question = ask(field, phone, household, "请当面核实电话")
    synced(phone)
    services = field.town.services

    Questions(services.register, services.engine, field.town.clock).close(field.admin, question)
    synced(phone)

    assert asked(phone.store.shelf) == ()


def test_a_form_that_is_saved_unanswered_is_not_an_answer(field: Field) -> None:
    phone = field.phone("W1")
    household = phone.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    question = ask(field, phone, household, "请当面核实电话")
    synced(phone)

    phone.store.save([change_of(phone.store, "question", question, answer="")])

    assert [one.id for one in asked(phone.store.shelf)] == [question]


def test_many_that_were_answered_hide_none_that_waits(field: Field) -> None:
    phone = field.phone("W1")
    household = phone.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    ask(field, phone, household, "第一问")
    worker = phone.store.shelf.account.identity.worker
    old = {"household": household, "worker": worker, "comment": "旧问题", "answer": "已核实"}
    for _ in range(SHOWN_MAX + 1):
        field.write(phone.clock.new_id(), "question", **old)
    synced(phone)
    assert [one.comment for one in asked(phone.store.shelf)] == ["第一问"]

    later = ask(field, phone, household, "又有一问")
    synced(phone)

    assert {one.comment for one in asked(phone.store.shelf)} == {"第一问", "又有一问"}
    field.write(later, "question", closed="yes")
    synced(phone)
    assert [one.comment for one in asked(phone.store.shelf)] == ["第一问"]
