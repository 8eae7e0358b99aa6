"""A form travels as JSON and is read by phones of any age."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.forms.model import (
    Choice,
    Form,
    Group,
    Node,
    Question,
    QuestionType,
    Repeat,
    decode_form,
    encode_form,
    unit_classes,
    unit_orders,
    unit_policies,
)
from shared.forms.words import SENTENCES, in_language
from shared.policies import Policy, PrivacyClass

names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
words = st.dictionaries(st.sampled_from(["zh", "en", "default"]), st.text(max_size=20), max_size=3)
questions = st.builds(
    Question,
    name=names,
    path=names.map(lambda name: f"/data/{name}"),
    type=st.sampled_from(QuestionType),
    unit=names,
    label=words,
    hint=words,
    relevant=st.text(max_size=20),
    required=st.sampled_from(["", "true()"]),
    policy=st.sampled_from(Policy),
    order=st.lists(names, max_size=3).map(tuple),
    privacy=st.sampled_from(PrivacyClass),
    purpose=words,
    on=st.booleans(),
    parameters=st.dictionaries(names, names, max_size=2),
)


def _within(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    inner = st.lists(children, max_size=3).map(tuple)
    return st.builds(Group, name=names, path=names, label=words, children=inner) | st.builds(
        Repeat, name=names, path=names, unit=names, children=inner
    )


nodes: st.SearchStrategy[Node] = st.recursive(questions, _within, max_leaves=8)
forms = st.builds(
    Form,
    kind=names,
    id=names,
    version=names,
    title=words,
    languages=st.just(("zh", "en")),
    default_language=st.just("zh"),
    children=st.lists(nodes, max_size=4).map(tuple),
    choices=st.dictionaries(
        names, st.lists(st.builds(Choice, name=names, label=words), max_size=3).map(tuple)
    ),
)


def asked(name: str, unit: str = "", **more: object) -> Question:
    question = Question(name=name, path=f"/data/{name}", type=QuestionType.TEXT, unit=unit or name)
    return msgspec.structs.replace(question, **more)


def form_of(*children: Node) -> Form:
    return Form(
        kind="household",
        id="household",
        version="1",
        title={"zh": "住户"},
        languages=("zh", "en"),
        default_language="zh",
        children=children,
    )


@given(forms)
def test_a_form_comes_back_from_json_as_it_was(form: Form) -> None:
    assert decode_form(encode_form(form)) == form


@given(forms)
def test_every_stored_question_has_a_unit_with_a_policy_and_a_class(form: Form) -> None:
    assert unit_policies(form).keys() >= form.units.keys()
    assert unit_classes(form).keys() == form.units.keys()


def test_a_newer_form_is_read_by_an_older_phone() -> None:
    document = json.loads(encode_form(form_of(asked("a"), asked("b"))))
    document["children"][0] |= {"type": "hologram", "sparkle": {"much": True}}
    document["theme"] = "dark"

    form = decode_form(json.dumps(document))

    assert form.by_name["a"].type is QuestionType.UNSUPPORTED
    assert not form.by_name["a"].asked
    assert form.by_name["b"].type is QuestionType.TEXT


def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_form(b"<html>502 Bad Gateway</html>")


def test_questions_of_one_unit_merge_together_and_are_as_private_as_the_most_private() -> None:
    form = form_of(
        asked("born", unit="birth", policy=Policy.REVIEW, privacy=PrivacyClass.PERSONAL),
        asked("estimated", unit="birth", policy=Policy.REVIEW, privacy=PrivacyClass.SENSITIVE),
        asked("status", policy=Policy.ORDER, order=("here", "moved")),
    )

    assert list(form.units) == ["birth", "status"]
    assert unit_classes(form)["birth"] is PrivacyClass.SENSITIVE
    assert unit_orders(form) == {"status": ("here", "moved")}


def test_all_answers_of_a_repeat_are_one_unit() -> None:
    repeat = Repeat(name="car", path="/data/car", unit="car", children=(asked("plate"),))

    form = form_of(asked("name"), repeat)

    assert list(form.units) == ["name", "car"]
    assert unit_policies(form)["car"] is Policy.REVIEW


def test_a_note_has_no_unit() -> None:
    assert form_of(asked("hello", type=QuestionType.NOTE)).units == {}


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh", "户主"), ("zh-CN", "户主"), ("en", "Head"), ("en-GB", "Head"), ("ug", "户主")],
)
def test_a_text_falls_back_to_the_nearest_language(language: str, expected: str) -> None:
    assert in_language({"zh": "户主", "en": "Head"}, language, "zh") == expected


def test_a_text_in_no_known_language_is_still_shown() -> None:
    assert in_language({"default": "Head"}, "zh") == "Head"
    assert in_language({"fr": "Chef"}, "zh") == "Chef"
    assert in_language({}, "zh") == ""


def test_every_sentence_is_said_in_both_languages() -> None:
    for key, sentence in SENTENCES.items():
        assert sentence["zh"], key
        assert sentence["en"], key
