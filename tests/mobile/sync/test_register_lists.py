"""A form asks about the people, homes and duties that the phone knows."""

import pytest

from mobile.store.register_lists import phone_lists
from server.forms.compiler import compile_form
from server.forms.problems import FormRefusedError
from shared.forms.logic import FormState
from shared.forms.model import Form, decode_form, encode_form
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from tests.mobile.field import Field, Phone, synced
from tests.server.forms.bench_of_forms import NOW

SURVEY = """
| survey |
| | type | name | label | calculation | choice_filter | constraint |
| | text | household | 住户 | | | |
| | select_one_from_file register_members.csv | carer | 谁照料 | | relation != 0 | . != pulldata('register_members', 'name', 'relation', '9') |
| | select_multiple_from_file register_dwellings.csv | doors | 哪几户 | | | |
| | calculate | women | | count(instance('register_members')/root/item[sex = 2]) | | |
| | calculate | carer_name | | jr:choice-name(${carer}, '${carer}') | | |
| | calculate | due | | count(instance('register_duty')/root/item) | | |
| | calculate | homes | | count(instance('register_households')/root/item) | | |
"""  # noqa: E501
HOME, OTHER, DOOR, HEAD, WIFE, STRANGER = (
    f"01970000-0000-7000-8000-{number:012}" for number in range(6)
)


@pytest.fixture
def phone(field: Field) -> Phone:
    field.write(DOOR, "dwelling", code="12-301")
    field.write(HOME, head_name="王强", dwelling=DOOR)
    field.write(OTHER, head_name="李四", dwelling=DOOR)
    field.write(HEAD, "resident", household=HOME, name="王强", relation="0", sex="1")
    field.write(WIFE, "resident", household=HOME, name="赵敏", relation="1", sex="2")
    field.write(STRANGER, "resident", household=OTHER, name="李四", relation="0", sex="2")
    found = field.phone()
    synced(found)
    return found


def survey() -> Form:
    compiled = compile_form(SURVEY.encode(), ".md", "care")
    return decode_form(encode_form(compiled.form))


def opened(phone: Phone, household: str) -> FormState:
    lists = phone_lists(phone.store, household, NOW.date().isoformat())
    return FormState.fresh(survey(), Moment(NOW, lists=lists))


def test_a_form_offers_the_people_of_its_household_and_nobody_else(phone: Phone) -> None:
    state = opened(phone, HOME)

    offered = {choice.name: choice.label for choice in state.question("carer").choices}
    assert offered == {WIFE: {"default": "赵敏"}}
    state.answer("carer", WIFE)
    assert state.question("carer").fault == {}
    assert state.question("carer_name").value == "赵敏"
    assert (state.question("women").value, state.question("homes").value) == (1, 2)
    assert [choice.name for choice in state.question("doors").choices] == [DOOR]


def test_somebody_of_another_household_is_no_answer(phone: Phone) -> None:
    state = opened(phone, HOME)

    state.answer("carer", STRANGER)

    assert state.question("carer").fault
    assert opened(phone, "").question("carer").choices == ()


def test_the_server_takes_what_the_phone_takes_though_it_has_not_the_lists(phone: Phone) -> None:
    state = opened(phone, HOME)
    state.answer("carer", WIFE)
    state.answer("doors", [DOOR])

    assert check_units(survey(), state.units(), Moment(NOW)) == []
    (wrong,) = check_units(survey(), {"carer": "赵敏"}, Moment(NOW))
    assert wrong.key == "not_reference"


def test_what_a_list_does_not_have_is_refused() -> None:
    renamed = SURVEY.replace("| choice_filter |", "| parameters |").replace(
        "| relation != 0 |", "| value=phone |"
    )

    with pytest.raises(FormRefusedError, match='"register_members" has no column "phone"'):
        compile_form(renamed.encode(), ".md", "care")


def test_no_list_of_the_register_is_a_file() -> None:
    unknown = SURVEY.replace("register_dwellings.csv", "register_everything.csv")

    with pytest.raises(FormRefusedError, match=r"register_everything\.csv"):
        compile_form(unknown.encode(), ".md", "care")
