"""A town's own table: from the spreadsheet to phone and register, and through a new version."""

import msgspec
from sqlalchemy import select
from sqlmodel import col

from mobile.store.values import Draft
from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.forms.compiler import compile_form
from server.forms.impact import Loss, Unfinished
from server.forms.publishing import Publishing
from server.register.published import Source
from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from shared.settle import shown
from tests.mobile.field import Field, Phone, synced
from tests.server.forms.bench_of_forms import NOW

KIND = "shop_check"
FIRST = """
| survey |
| | type | name | label | constraint | relevant | calculation |
| | text | shop | 店名 | | | |
| | select_multiple risk | risks | 隐患 | | | |
| | text | which | 哪一处 | | selected(${risks}, 'fire') | |
| | geopoint | spot | 位置 | | | |
| | begin repeat | staff | 员工 | | | |
| | text | name | 姓名 | | | |
| | integer | age | 年龄 | . >= 16 | | |
| | end repeat | | | | | |
| | calculate | people | | | | count(${staff}) |
| choices |
| | list_name | name | label |
| | risk | fire | 消防 |
| | risk | gas | 燃气 |
| settings |
| | form_id | version |
| | shop_check | 1 |
"""
SECOND = FIRST.replace("| shop_check | 1 |", "| shop_check | 2 |").replace(
    "| | geopoint | spot | 位置 | | | |", "| | text | phone | 电话 | | | |"
)


def own_form(document: str) -> Form:
    return compile_form(document.encode(), ".md", KIND).form


def publish(field: Field, document: str) -> None:
    field.town.services.register.publish_form(field.town.who.town, own_form(document))


def fill(phone: Phone, draft: Draft, answers: dict[str, Answer]) -> Draft:
    """Answers as the sheet does it: each one kept at once."""
    form = phone.store.form(KIND, draft.form)
    assert form is not None
    state = FormState(form, draft.answers, Moment(NOW))
    for key, answer in answers.items():
        while "[" in key and key.partition("/")[0] not in _instances(state):
            state.add(key.partition("[")[0])
        state.answer(key, answer)
        draft = phone.store.keep(msgspec.structs.replace(draft, answers=state.answers, at=key))
    return draft


def _instances(state: FormState) -> set[str]:
    return {one.key.partition("/")[0] for one in state.all_questions()}


CHECKED: dict[str, Answer] = {
    "shop": "兴旺小吃",
    "risks": ["fire"],
    "which": "后厨",
    "spot": {"lat": 31.5, "lon": 120.3, "accuracy": 6.0},
    "staff[1]/name": "李芳",
    "staff[1]/age": 40,
    "staff[2]/name": "小明",
}
STORED = {
    "shop": "兴旺小吃",
    "risks": ["fire"],
    "which": "后厨",
    "spot": {"lat": 31.5, "lon": 120.3, "accuracy": 6.0},
    "staff": [{"name": "李芳", "age": 40}, {"name": "小明"}],
    "people": 2,
}


def stored(field: Field, record: str) -> dict[str, Answer]:
    found = field.record(record)
    assert found is not None
    units = shown(found, field.town.services.register.rules(field.town.who.town, KIND))
    return {unit: value for unit, value in units.items() if not unit.startswith("@")}


def test_a_town_s_own_table_is_asked_sent_and_judged_again(field: Field) -> None:
    publish(field, FIRST)
    phone = field.phone()
    synced(phone)

    draft = fill(phone, phone.store.begin(KIND), CHECKED)
    phone.store.save_drafts(draft)
    synced(phone)

    assert phone.store.outbox() == ()
    assert stored(field, draft.record) == STORED
    assert check_units(own_form(FIRST), stored(field, draft.record), Moment(NOW)) == []


def test_the_dry_run_knows_what_is_being_filled_in_but_not_the_answers(field: Field) -> None:
    publish(field, FIRST)
    phone = field.phone()
    synced(phone)
    phone.store.save_drafts(fill(phone, phone.store.begin(KIND), {"shop": "面馆"}))
    fill(phone, phone.store.begin(KIND), CHECKED)
    synced(phone)
    register, town = field.town.services.register, field.town.who.town
    register.versions.keep(town, own_form(SECOND), Source())

    found = Publishing(register).preview(town, KIND, "2", field.town.clock.at)

    assert found.impact.unfinished == Unfinished(
        drafts=1, other_version=1, lose=1, lost=(Loss("spot", 1),)
    )
    with reading(field.town.services.engine) as conn:
        told = conn.execute(select(col(DeviceRow.drafts))).scalars().all()
    assert not any("兴旺" in text for text in told)


def test_the_server_refuses_what_is_wrong_inside_an_instance(field: Field) -> None:
    publish(field, FIRST)
    phone = field.phone()
    synced(phone)
    publish(field, FIRST.replace(". >= 16", ". >= 50").replace("check | 1 |", "check | 1b |"))

    wrong = {"staff": [{"name": "李芳", "age": "forty"}]}
    found = check_units(own_form(FIRST), wrong, Moment(NOW))

    assert [(one.unit, one.question, one.key) for one in found] == [("staff", "age", "not_integer")]


def test_a_phone_with_the_old_version_syncs_on_and_the_new_one_shows_and_edits_its_record(
    field: Field,
) -> None:
    publish(field, FIRST)
    old, new = field.phone("W1"), field.phone("W2")
    synced(old)
    publish(field, SECOND)
    draft = fill(old, old.store.begin(KIND), CHECKED)
    old.store.save_drafts(draft)
    synced(old)
    assert stored(field, draft.record) == STORED
    synced(new)

    opened = new.store.begin(KIND, draft.record)
    assert opened.form == "2"
    assert opened.answers["staff"] == STORED["staff"]
    changed = fill(new, opened, {"phone": "13800138000", "staff[2]/age": 17})
    new.store.save_drafts(changed)
    synced(new)

    after = stored(field, draft.record)
    assert after["staff"] == [{"name": "李芳", "age": 40}, {"name": "小明", "age": 17}]
    assert after["phone"] == "13800138000"
    assert after["spot"] == STORED["spot"]  # the new version does not ask it, and keeps it
    synced(old)
    again = old.store.begin(KIND, draft.record)
    assert again.answers["staff"] == after["staff"]


def test_a_draft_begun_under_the_old_version_is_saved_under_it(field: Field) -> None:
    publish(field, FIRST)
    phone = field.phone()
    synced(phone)
    draft = fill(phone, phone.store.begin(KIND), {"shop": "小店", "staff[1]/name": "李芳"})
    publish(field, SECOND)
    synced(phone)
    phone.restart()

    (kept,) = phone.store.drafts()
    assert kept.form == "1"
    phone.store.save_drafts(fill(phone, kept, {"spot": CHECKED["spot"]}))
    synced(phone)

    after = stored(field, draft.record)
    assert after["spot"] == CHECKED["spot"]
    assert after["staff"] == [{"name": "李芳"}]
