"""The built-in forms have all that the product needs, in both languages, with a purpose."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from server.forms.builtin import KINDS, WORK_KINDS, builtin_forms, compile_builtin, every_form
from server.forms.linter import publishing_problems
from shared.changes import Answer
from shared.codes import code_table
from shared.forms.core import CORE
from shared.forms.logic import FormState
from shared.forms.model import (
    SILENT_TYPES,
    Form,
    Group,
    Node,
    Question,
    QuestionType,
    decode_form,
    encode_form,
    unit_classes,
    unit_orders,
    unit_policies,
)
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from shared.forms.words import Words
from shared.policies import Policy, PrivacyClass
from shared.work.reading import FACTS

LANGUAGES = {"zh", "en"}
NOW = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))
RECORD = "01890a5d-ac96-774b-bcce-b302099a8057"


def texts(form: Form, nodes: tuple[Node, ...]) -> Iterator[tuple[str, Words]]:
    for node in nodes:
        if not (isinstance(node, Question) and node.type is QuestionType.HIDDEN):
            yield f"{node.name} label", node.label
        if isinstance(node, Question):
            yield from (
                (f"{node.name} {which}", words)
                for which, words in {
                    "hint": node.hint,
                    "required": node.required_message,
                    "constraint": node.constraint_message,
                    "purpose": node.purpose,
                }.items()
                if words
            )
            for choice in form.choices.get(node.choice_list, ()):
                yield f"{node.name}={choice.name}", choice.label
        else:
            yield from texts(form, node.children)


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_each_form_compiles_without_a_warning_and_could_be_published(kind: str) -> None:
    compiled = compile_builtin(kind)

    assert compiled.form.kind == kind
    assert compiled.warnings == ()
    assert publishing_problems(compiled) == ()


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_every_word_is_there_in_chinese_and_english(kind: str) -> None:
    form = every_form()[kind]

    assert form.title.keys() == LANGUAGES
    for place, words in texts(form, form.children):
        assert words.keys() == LANGUAGES, place
        assert all(words.values()), place


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_each_form_has_its_core_questions_as_units_of_their_own(kind: str) -> None:
    form = every_form()[kind]

    assert CORE[kind].keys() <= unit_policies(form).keys()
    for name, core in CORE[kind].items():
        assert form.by_name[name].core
        assert form.by_name[name].type is core.type


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_every_item_that_is_on_says_why_it_is_asked_on_what_basis_and_how_long_it_is_kept(
    kind: str,
) -> None:
    for question in every_form()[kind].questions:
        if question.stored and question.type not in SILENT_TYPES and question.on:
            assert question.purpose, question.name
            assert question.basis, question.name
            assert question.retention, question.name


def test_the_basic_information_table_has_its_28_items() -> None:
    items = {
        int(question.item): question
        for kind in ("dwelling", "household", "resident")
        for question in builtin_forms()[kind].questions
        if question.item
    }

    assert sorted(items) == list(range(1, 29))
    mandatory = {number for number, question in items.items() if question.mandatory}
    assert mandatory == {1, 2, 3, 6, 7, 9, 10, 11, 12, 20, 21}
    assert {number for number, question in items.items() if not question.on} == {14, 23}
    sensitive = {13, 14, 18, 23, 24, 25, 26}
    assert {
        number for number, question in items.items() if question.privacy is PrivacyClass.SENSITIVE
    } == sensitive


def test_every_item_about_a_person_may_be_declined() -> None:
    for question in builtin_forms()["resident"].questions:
        if question.item:
            assert question.allow_declined, question.name


def test_the_policies_are_those_that_the_merge_is_told() -> None:
    dwelling, household, resident, visit = (builtin_forms()[kind] for kind in KINDS)

    assert unit_policies(dwelling)["location"] is Policy.BETTER
    assert unit_policies(household)["phone"] is Policy.REVIEW
    assert unit_policies(household)["access_note"] is Policy.LATEST
    assert unit_policies(household)["last_seen"] is Policy.MAX
    assert unit_policies(household)["marks"] is Policy.UNION
    assert unit_orders(resident) == {"status": ("living_here", "moved", "died")}
    assert set(unit_policies(visit).values()) == {Policy.APPEND}
    assert unit_classes(resident)["id_number"] is PrivacyClass.SENSITIVE


def test_choices_come_from_the_code_tables() -> None:
    resident = builtin_forms()["resident"]

    offered = {choice.name: choice.label for choice in resident.choices["relation"]}

    assert offered == {
        code.code: {"zh": code.zh, "en": code.en} for code in code_table("relation").offered
    }


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_a_phone_reads_the_form_as_the_server_wrote_it(kind: str) -> None:
    form = every_form()[kind]

    assert decode_form(encode_form(form)) == form


@pytest.mark.parametrize("kind", KINDS + WORK_KINDS)
def test_pages_are_groups_with_headings(kind: str) -> None:
    for node in every_form()[kind].children:
        assert isinstance(node, Group)
        assert node.label


def test_a_household_needs_little_to_be_saved() -> None:
    state = FormState.fresh(builtin_forms()["household"], NOW)

    assert state.unanswered() == (
        "dwelling",
        "head_name",
        "tenure",
        "household_kind",
        "people_count",
    )
    assert state.question("visit_policy").value == "normal"


def test_a_whole_refusal_can_be_written_down() -> None:
    state = FormState.fresh(builtin_forms()["household"], NOW, {"dwelling": RECORD})
    for name in state.unanswered():
        state.answer(name, {"missing": "declined"})

    assert state.faults() == {}
    assert check_units(state.form, state.units(), NOW) == []


def test_a_landlord_is_asked_for_only_where_somebody_rents() -> None:
    state = FormState.fresh(builtin_forms()["household"], NOW, {"tenure": "own"})
    names = {asked.question.name for asked in state.visible()}
    assert "landlord_name" not in names

    state.answer("tenure", "rented")

    assert "landlord_name" in {asked.question.name for asked in state.visible()}


def test_a_child_is_not_asked_for_work_or_pension() -> None:
    state = FormState.fresh(builtin_forms()["resident"], NOW, {"birth_date": "2019-05-01"})
    names = {asked.question.name for asked in state.visible()}

    assert not names & {"employment", "pension", "party_member", "marital", "veteran"}
    assert {"name", "medical", "education"} <= names


def test_what_a_town_has_not_switched_on_is_not_asked() -> None:
    state = FormState.fresh(builtin_forms()["resident"], NOW)
    names = {asked.question.name for asked in state.visible()}

    assert not names & {"ethnicity", "maternal_service"}


@pytest.mark.parametrize(
    ("outcome", "asked"), [("done", True), ("partly_done", True), ("refused", False)]
)
def test_after_a_refusal_nothing_more_is_asked(outcome: str, asked: bool) -> None:
    state = FormState.fresh(builtin_forms()["visit"], NOW, {"outcome": outcome})

    assert ("persons_met" in {found.question.name for found in state.visible()}) is asked


def test_a_visit_as_the_app_saves_it_is_valid() -> None:
    answers: dict[str, Answer] = {
        "household": RECORD,
        "dwelling": RECORD,
        "started": "2026-03-01T09:00:00+08:00",
        "ended": "2026-03-01T09:20:00+08:00",
        "outcome": "done",
        "note": "家里一切都好。",
        "notices_given": ["service_card"],
    }
    state = FormState.fresh(builtin_forms()["visit"], NOW, answers)

    assert state.faults() == {}
    assert state.units() == {**answers, "mode": "door"}
    assert check_units(state.form, state.units(), NOW) == []


def asked(kind: str, answers: dict[str, Answer]) -> set[str]:
    state = FormState.fresh(every_form()[kind], NOW, answers)
    return {found.question.name for found in state.visible()}


def test_a_maternal_request_cannot_be_noted_without_her_consent() -> None:
    answers: dict[str, Answer] = {"case_kind": "maternal", "text": "想预约产检。"}
    state = FormState.fresh(every_form()["case"], NOW, answers)
    assert "consent" in state.faults()

    state.answer("consent", "no")
    assert "consent" in state.faults()
    state.answer("consent", "yes")

    assert state.faults() == {}


def test_a_step_asks_only_for_what_belongs_to_it() -> None:
    escalation = asked("case_step", {"case": RECORD, "action": "escalate"})
    session = asked("case_step", {"case": RECORD, "action": "session", "outcome": "agreed"})

    assert "reason" in escalation
    assert not escalation & {"to", "outcome", "invitees", "agreement"}
    assert {"participants", "outcome", "agreement"} <= session
    assert "reason" not in session


def test_words_about_a_protected_person_are_sealed() -> None:
    for kind in ("protection", "protection_step"):
        classes = unit_classes(every_form()[kind])
        words = {"text", "household", "safe_contact", "reason"} & classes.keys()
        assert {classes[name] for name in words} == {PrivacyClass.SENSITIVE}


@pytest.mark.parametrize("kind", WORK_KINDS)
def test_what_rules_and_lists_read_is_asked_and_is_nobodys_words(kind: str) -> None:
    form = every_form()[kind]
    for unit in FACTS[kind]:
        question = form.by_name[unit]
        free = question.type is QuestionType.TEXT and kind != "work_rules"
        assert not free, unit
        assert question.privacy is not PrivacyClass.SENSITIVE or question.reference, unit
