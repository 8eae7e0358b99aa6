"""Checks of a compiled form before it can be used: its rules must make sense together."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from server.forms.problems import FormProblem, problem
from server.forms.xlsform import PREFIX
from shared.forms.expressions import Expression, expression
from shared.forms.grammar import ExpressionError
from shared.forms.model import Form, Node, Question
from shared.forms.patterns import why_not
from shared.forms.plan import expressions_in, plan_of
from shared.forms.words import Words


def review(form: Form, rows: Mapping[str, int]) -> list[FormProblem]:
    """What is wrong with the form's expressions and units, with its row on the survey sheet."""
    found = [
        replace(wrong, sheet="survey", row=rows.get(node.path))
        for node in _all_nodes(form.children)
        for wrong in _expression_problems(node)
    ]
    found += _list_problems(form)
    if not found:
        found += _cycle_problems(form)
    return [*found, *_unit_problems(form, rows)]


def _list_problems(form: Form) -> Iterator[FormProblem]:
    """What is wrong with the answers that the labels of choices show."""
    labels = (choice.label for choices in form.choices.values() for choice in choices)
    for column, text in (found for label in labels for found in _shown("label", label)):
        for wrong in _faults(column, text):
            yield replace(wrong, sheet="choices")


def _all_nodes(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if not isinstance(node, Question):
            yield from _all_nodes(node.children)


def _expression_problems(node: Node) -> Iterator[FormProblem]:
    for column, text in _expressions(node):
        yield from _faults(column, text)


def _faults(column: str, text: str) -> Iterator[FormProblem]:
    try:
        why = _pattern_fault(expression(text))
    except ExpressionError as error:
        why = str(error)
    if why:
        yield replace(problem("bad_expression", text=text[:200], why=why), column=column)


def _pattern_fault(found: Expression) -> str:
    """What is wrong with a pattern that the expression has; "" when nothing is."""
    calls = (token for token in found.tree.iter() if token.symbol == "regex" and len(token) > 1)
    patterns = (token[1] for token in calls if token[1].symbol == "(string)")
    return next(filter(None, (why_not(str(pattern.value)) for pattern in patterns)), "")


def _expressions(node: Node) -> Iterator[tuple[str, str]]:
    """Every expression of the node, with the column it came from."""
    yield from _shown("label", node.label)
    columns = {"relevant": node.relevant}
    if isinstance(node, Question):
        yield from _shown("hint", node.hint)
        yield from _shown("guidance_hint", node.guidance)
        yield from _shown("constraint_message", node.constraint_message)
        yield from _shown("required_message", node.required_message)
        columns |= {
            "constraint": node.constraint,
            "required": node.required,
            "calculation": node.calculation,
            "read_only": node.readonly,
            "choice_filter": node.choice_filter,
            "default": node.default_expression,
        }
    yield from ((column, text) for column, text in columns.items() if text)


def _shown(column: str, words: Words) -> Iterator[tuple[str, str]]:
    for template in words.values():
        for text in expressions_in(template):
            yield column, text


def _cycle_problems(form: Form) -> list[FormProblem]:
    cycles = plan_of(form).cycles
    return [replace(problem("cycle", names=", ".join(cycles)), sheet="survey")] if cycles else []


def _unit_problems(form: Form, rows: Mapping[str, int]) -> Iterator[FormProblem]:
    for unit, members in form.units.items():
        for member in members[1:]:
            if member.unit == members[0].unit and member.policy is not members[0].policy:
                yield replace(
                    problem("unit_policies_differ", unit=unit),
                    sheet="survey",
                    row=rows.get(member.path),
                    column=f"bind::{PREFIX}:merge",
                )
