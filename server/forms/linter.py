"""What a form must have and must not ask before a town may publish it."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from server.forms.compiler import CompiledForm
from server.forms.forbidden import ethnic_word, forbidden_word
from server.forms.letters import strange_letters
from server.forms.problems import FormProblem, problem
from shared.forms.core import CORE
from shared.forms.core_question import CoreQuestion
from shared.forms.model import CHOICE_TYPES, SILENT_TYPES, Form, Node, Question
from shared.forms.references import references
from shared.policies import PrivacyClass

ETHNICITY = "ethnicity"
"""The one question that may name ethnic groups; nothing may be derived from it."""
_ETHNIC_TABLE = "codes_ethnicity"


def publishing_problems(compiled: CompiledForm) -> tuple[FormProblem, ...]:
    """Why the form cannot be published (`fatal`), or should rather not be."""
    form = compiled.form
    found = [
        *_core_problems(form, compiled.rows),
        *_forbidden_problems(form, compiled.rows),
        *_purpose_problems(form, compiled.rows),
        *_paper_problems(form, compiled.rows),
    ]
    return tuple(found)


def _core_problems(form: Form, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    for name, core in CORE.get(form.kind, {}).items():
        question = form.question(name)
        if question is None:
            wrong = problem("core_missing", name=name, types=core.type)
            yield replace(wrong, sheet="survey")
        else:
            for wrong in _core_faults(form, question, core):
                yield replace(wrong, sheet="survey", row=rows.get(question.path))


def _core_faults(form: Form, question: Question, core: CoreQuestion) -> Iterator[FormProblem]:
    if question.type is not core.type or question.reference != core.reference:
        wanted = f"{core.type} → {core.reference}" if core.reference else core.type
        yield replace(problem("core_type", name=question.name, types=wanted), column="type")
    if question.name not in form.draft_names:
        yield replace(problem("name_in_repeat", name=question.name), column="name")
    if question.unit != question.name:
        yield replace(
            problem("bad_word", value=question.unit, allowed=question.name),
            column="bind::doorstep:unit",
        )
    offered = {choice.name for choice in form.choices.get(question.choice_list, ())}
    lacking = sorted(core.choices - offered)
    if lacking and question.type in CHOICE_TYPES:
        yield problem("core_choice", name=question.name, codes=", ".join(lacking))


def _forbidden_problems(form: Form, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    for node in _nodes(form.children):
        word = next(filter(None, map(forbidden_word, _texts(form, node))), "")
        word = word or (_ethnic_word(form, node) if node.name != ETHNICITY else "")
        if word:
            wrong = problem("forbidden", word=word)
            yield replace(wrong, sheet="survey", row=rows.get(node.path))


def _paper_problems(form: Form, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    """What the printed form would show as boxes: the fonts do not have every script."""
    for node in _nodes(form.children):
        strange = strange_letters("".join(_texts(form, node)))
        if strange:
            found = problem("not_printable", letters=strange)
            yield replace(found, sheet="survey", row=rows.get(node.path))


def _nodes(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if not isinstance(node, Question):
            yield from _nodes(node.children)


def _texts(form: Form, node: Node) -> Iterator[str]:
    """Everything that the question says or offers, in every language."""
    yield node.name
    yield from node.label.values()
    if isinstance(node, Question):
        yield from (node.unit, *node.hint.values(), *node.guidance.values())
        for choice in form.choices.get(node.choice_list, ()):
            yield from (choice.name, *choice.label.values())


def _ethnic_word(form: Form, node: Node) -> str:
    """What makes of the node a mark by ethnic group: its words, or a rule that looks there."""
    word = next(filter(None, map(ethnic_word, _texts(form, node))), "")
    if word:
        return word
    rules = [node.relevant]
    if isinstance(node, Question):
        rules += [node.calculation, node.default_expression]
    if any(_ETHNIC_TABLE in rule for rule in rules):
        return ETHNICITY
    source = form.question(ETHNICITY)
    reads = {path for rule in filter(None, rules) for path in references(rule, node.path)}
    return ETHNICITY if source is not None and source.path in reads else ""


def _purpose_problems(form: Form, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    """Each answer about a person needs a purpose; a sensitive one its basis and retention, too."""
    for question in form.questions:
        if not question.stored or question.type in SILENT_TYPES or not question.on:
            continue
        complete = question.purpose and question.basis and question.retention
        if question.privacy is PrivacyClass.SENSITIVE and not complete:
            wrong = problem("sensitive_without_purpose")
        elif not question.purpose:
            wrong = problem("no_purpose")
        else:
            continue
        column = "bind::doorstep:purpose"
        yield replace(wrong, sheet="survey", row=rows.get(question.path), column=column)
